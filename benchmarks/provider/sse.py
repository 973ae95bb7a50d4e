"""A reply as OpenAI writes it: one JSON body, or events of a stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .asked import Asked, Reply, compact
from .pieces import pieces

_CREATED = 1_750_000_000  # a fixed moment: replies are the same in every run


@dataclass(frozen=True, slots=True)
class Event:
    """A piece of a stream.

    Attributes:
        token: With which token of the reply it is due, from 0.
        data: What is sent.
    """

    token: int
    data: bytes


def body(asked: Asked, reply: Reply) -> dict[str, Any]:
    """Write a reply that is not streamed."""
    calls = [
        _call(asked, at, name, args) for at, (name, args) in enumerate(reply.calls)
    ]
    message = {
        "role": "assistant",
        "content": reply.text or None,
        "refusal": None,
        **({"tool_calls": calls} if calls else {}),
    }
    choice = {"index": 0, "message": message, "finish_reason": _finish(reply)}
    return {
        **_head(asked, "chat.completion"),
        "choices": [choice],
        "usage": _usage(asked, reply),
    }


def events(asked: Asked, reply: Reply) -> Iterator[Event]:
    """Write a reply as a stream, an event for each token and some around them."""
    head = _head(asked, "chat.completion.chunk")

    def event(token: int, delta: dict[str, Any], finish: str | None = None) -> Event:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return Event(token, _data({**head, "choices": [choice]}))

    yield event(0, {"role": "assistant", "content": ""})
    token = 0
    for delta, counts in _deltas(asked, reply):
        yield event(token, delta)
        token += counts
    last = max(token - 1, 0)
    yield event(last, {}, _finish(reply))
    if (asked.body.get("stream_options") or {}).get("include_usage"):
        usage = {**head, "choices": [], "usage": _usage(asked, reply)}
        yield Event(last, _data(usage))


def _deltas(asked: Asked, reply: Reply) -> Iterator[tuple[dict[str, Any], int]]:
    """Give what each event holds, with the tokens that it stands for."""
    for piece in pieces(reply.text):
        yield {"content": piece}, 1
    for at, (name, args) in enumerate(reply.calls):
        begun = {"index": at, **_call(asked, at, name, "")}
        yield {"tool_calls": [begun]}, len(pieces(name))
        for piece in pieces(args):
            part = {"index": at, "function": {"arguments": piece}}
            yield {"tool_calls": [part]}, 1


def _call(asked: Asked, at: int, name: str, args: str) -> dict[str, Any]:
    turn = len(asked.body["messages"])
    function = {"name": name, "arguments": args}
    return {"id": f"call_{turn}_{at}", "type": "function", "function": function}


def _head(asked: Asked, kind: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": kind,
        "created": _CREATED,
        "model": asked.body.get("model"),
    }


def _finish(reply: Reply) -> str:
    return "tool_calls" if reply.calls else "stop"


def _usage(asked: Asked, reply: Reply) -> dict[str, int]:
    return {
        "prompt_tokens": asked.prompt,
        "completion_tokens": reply.length,
        "total_tokens": asked.prompt + reply.length,
    }


def _data(value: object) -> bytes:
    return f"data: {compact(value)}\n\n".encode()
