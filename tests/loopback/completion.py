"""A scripted reply as the provider's message: JSON body, or stream of chunks."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, assert_never, get_args

from .recorded import Recorded
from .replies import Content, Early, Json, Refusal, Text, ToolCalls

FinishReason = Early | Literal["stop", "tool_calls"]
CREATED = 1_750_000_000  # a fixed moment: replies are the same in every run
CACHE_MINIMUM = 1_024
CACHE_STEP = 128


def compact(value: object) -> str:
    """JSON text as providers send it: no spaces, characters unescaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, counted as characters / 4, rounded up.

    Attributes:
        prompt: Tokens of the request.
        completion: Tokens of the reply.
        cached: Those of `prompt` that an earlier request of the test began with.
    """

    prompt: int
    completion: int
    cached: int = 0

    def body(self) -> dict[str, Any]:
        """The `usage` object."""
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "prompt_tokens_details": {"cached_tokens": self.cached, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        }


def tokens(text: str) -> int:
    """A deterministic stand-in for a tokenizer: characters / 4, rounded up."""
    return -(-len(text) // 4)


def prompt_text(request: Recorded) -> str:
    """What of a request counts as prompt, in the order in which it is cached."""
    parts = ("tools", "response_format", "messages")
    return compact([request.body[part] for part in parts if part in request.body])


def cached_tokens(prompt: str, earlier: Sequence[str]) -> int:
    """Tokens of the longest beginning shared with an earlier prompt.

    As OpenAI documents its prompt caching: from 1,024 tokens, in steps of 128.
    """
    shared = max((_shared(prompt, other) // 4 for other in earlier), default=0)
    return shared // CACHE_STEP * CACHE_STEP if shared >= CACHE_MINIMUM else 0


def _shared(one: str, other: str) -> int:
    """Characters of the common beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


@dataclass(frozen=True, slots=True)
class Completion:
    """One message of the model.

    Attributes:
        content: The text; None beside a refusal or bare tool calls.
        calls: Pairs of function name and arguments as JSON text.
        refusal: The text of a refusal.
        finish: Why the model stopped.
    """

    content: str | None = None
    calls: Sequence[tuple[str, str]] = ()
    refusal: str | None = None
    finish: FinishReason = "stop"
    number: int = field(default=0, kw_only=True)

    @property
    def whole(self) -> bool:
        """Whether nothing stopped it before its end."""
        return self.finish not in get_args(Early)

    def call(self, index: int) -> dict[str, Any]:
        """One tool call as it stands in a message."""
        name, arguments = self.calls[index]
        return {
            "id": f"call_{self.number}_{index}",
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        }

    def cost(self) -> int:
        """Tokens of the reply."""
        calls = "".join(name + arguments for name, arguments in self.calls)
        return tokens((self.content or "") + (self.refusal or "") + calls)


def completion(reply: Content, number: int) -> Completion:
    """The message that `reply` stands for.

    Args:
        reply: What was scripted.
        number: Order of the request; ids are made of it.
    """
    match reply:
        case Text(text):
            return Completion(text, number=number)
        case Json(value):
            return Completion(compact(value), number=number)
        case Refusal(text):
            return Completion(refusal=text, number=number)
        case ToolCalls(calls, text):
            written = tuple((name, _arguments(args)) for name, args in calls)
            return Completion(text or None, written, finish="tool_calls", number=number)
        case _:
            assert_never(reply)


def _arguments(args: Mapping[str, Any] | str) -> str:
    return args if isinstance(args, str) else compact(dict(args))


def body(message: Completion, model: str, usage: Usage) -> dict[str, Any]:
    """The JSON body of a reply that is not streamed."""
    calls = [message.call(index) for index in range(len(message.calls))]
    return {
        "id": f"chatcmpl-{message.number}",
        "object": "chat.completion",
        "created": CREATED,
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": message.content,
                    "refusal": message.refusal,
                    **({"tool_calls": calls} if calls else {}),
                },
                "logprobs": None,
                "finish_reason": message.finish,
            }
        ],
        "usage": usage.body(),
        "service_tier": "default",
        "system_fingerprint": "fp_loopback",
    }


@dataclass(frozen=True, slots=True)
class Chunks:
    """A streamed reply, in order.

    Attributes:
        opening: The chunk with the role, and one for each further start.
        content: The chunks that carry content, refusal or tool calls.
        closing: Finish reason, and usage if it was asked for.
    """

    opening: dict[str, Any]
    content: list[dict[str, Any]]
    closing: list[dict[str, Any]]


def chunks(
    message: Completion, model: str, usage: Usage | None, characters: int
) -> Chunks:
    """The reply as chunks of at most `characters` characters of content.

    Args:
        message: The reply.
        model: Name of the model that was asked.
        usage: For a last chunk without choices; None where it was not asked for.
        characters: Size of the pieces.
    """
    base: dict[str, Any] = {
        "id": f"chatcmpl-{message.number}",
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": model,
        "service_tier": "default",
        "system_fingerprint": "fp_loopback",
    }
    if usage is not None:
        base["usage"] = None

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**base, "choices": [choice]}

    empty = None if message.content is None else ""
    closing = [chunk({}, message.finish)]
    if usage is not None:
        closing.append({**base, "choices": [], "usage": usage.body()})
    return Chunks(
        opening=chunk({"role": "assistant", "content": empty, "refusal": None}),
        content=[chunk(delta) for delta in _deltas(message, characters)],
        closing=closing,
    )


def _deltas(message: Completion, characters: int) -> Iterator[dict[str, Any]]:
    for piece in _pieces(message.content or "", characters):
        yield {"content": piece}
    for piece in _pieces(message.refusal or "", characters):
        yield {"refusal": piece}
    for index, (name, arguments) in enumerate(message.calls):
        start = {**message.call(index), "function": {"name": name, "arguments": ""}}
        yield {"tool_calls": [{"index": index, **start}]}
        for piece in _pieces(arguments, characters):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))
