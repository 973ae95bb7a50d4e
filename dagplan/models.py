"""How a chat model is called.

Every call of every role goes through here, so that each is recorded with its tokens,
and each failure becomes one clear line.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import anyio

from dagplan.errors import ModelError
from dagplan.events import ModelCalled, Role, Tokens
from dagplan.prices import price_of
from dagplan.protocols import Admit, Emit, at_once

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.runnables import RunnableConfig


_HUSHED: "RunnableConfig" = {"tags": ["nostream"]}
"""Keeps a call out of LangGraph's `messages` stream, into which the run itself writes
the answer: a model that may answer may also write JSON instead."""


CUT_OFF = "its answer was cut off at its token limit; allow it more tokens"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls a model, for the record.

    Attributes:
        role: What the call is for.
        emit: Tells the run of the call.
        step_id: The step that it is made for, if any.
        admit: Waits until one request may go out.
    """

    role: Role
    emit: Emit
    step_id: str | None = None
    admit: Admit = at_once

    def tell(
        self, called: "Called", answer: "AIMessage | None", started: float
    ) -> None:
        """Tell the run of a call that has just ended.

        Args:
            called: What was called.
            answer: What it answered; None if it did not.
            started: When it was called, by `anyio.current_time()`.
        """
        ended = anyio.current_time()
        tokens = tokens_of(answer)
        price = price_of(called.name, called.provider, tokens)
        self.emit(
            ModelCalled(
                at=ended,
                role=self.role,
                step_id=self.step_id,
                model=called.name,
                tokens=tokens,
                started=started,
                ended=ended,
                price=price,
            )
        )


@dataclass(frozen=True, slots=True)
class Called:
    """A model, as it is told apart from others.

    Attributes:
        name: Its name as its provider knows it.
        provider: Who serves it, as `provider_of` tells; None where that is not known.
    """

    name: str
    provider: str | None = None

    @classmethod
    def of(cls, model: "BaseChatModel") -> "Called":
        """Return what is known of a model."""
        return cls(model_name(model), provider_of(model))


async def ask(
    model: "BaseChatModel",
    messages: "Sequence[BaseMessage]",
    caller: Caller,
    *,
    say: Callable[[str], None] | None = None,
    hear: "Callable[[AIMessage], None] | None" = None,
    name_of: "BaseChatModel | None" = None,
    **options: Any,
) -> "AIMessage":
    """Call a model once and record the call.

    Args:
        model: The model, or one bound to tools.
        messages: The conversation.
        caller: Who calls.
        say: Takes the answer's text piece by piece as the model writes it.
        hear: Takes each piece of a message that is not for the reader.
        name_of: The model whose name to record, where `model` is a bound one.
        options: Passed to the model.

    Raises:
        ModelError: The call failed; the cause is chained.
    """
    await caller.admit()
    started = anyio.current_time()
    answer: AIMessage | None = None
    try:
        if say is not None:
            answer = await _streamed(model, messages, _spoken(say), **options)
        elif hear is not None:
            answer = await _streamed(model, messages, hear, **options)
        else:
            answer = await model.ainvoke(list(messages), config=_HUSHED, **options)
    except Exception as error:
        raise ModelError(explain(error, caller.role), role=caller.role) from error
    finally:
        caller.tell(Called.of(name_of or model), answer, started)
    return answer


async def _streamed(
    model: "BaseChatModel",
    messages: "Sequence[BaseMessage]",
    take: "Callable[[AIMessage], None]",
    **options: Any,
) -> "AIMessage":
    chunks: list[Any] = []
    async for chunk in model.astream(list(messages), config=_HUSHED, **options):
        chunks.append(chunk)
        take(chunk)
    if not chunks:
        raise ValueError("the model sent an empty stream")
    # All at once: to add each to all before it takes ever longer.
    first, *others = chunks
    return cast("AIMessage", first + others if others else first)


def _spoken(say: Callable[[str], None]) -> "Callable[[AIMessage], None]":
    def take(chunk: "AIMessage") -> None:
        if text := text_of(chunk):
            say(text)

    return take


def text_of(message: "BaseMessage") -> str:
    """Return the text of a message, without reasoning, images or tool calls."""
    content = message.content
    if isinstance(content, str):
        return content
    parts = (
        part if isinstance(part, str) else part.get("text", "") for part in content
    )
    return "".join(part for part in parts if isinstance(part, str))


def unheard(chunk: "AIMessage") -> None:
    """Take a piece of a message that is streamed for what `calls_of` finds in it."""
    del chunk


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that a model calls.

    Attributes:
        name: Its name.
        id: Names the call in the conversation.
        text: The arguments as the model wrote them, which may be no JSON.
    """

    name: str
    id: str
    text: str


def calls_of(message: "AIMessage") -> list[ToolCall]:
    """Return the calls of a message, with their arguments as they were written.

    langchain parses them so that they can be shown half written: what was cut off is
    closed, and of two equal keys one is dropped. The parsed ones are taken only where a
    provider hands over no others.
    """
    pieces = getattr(message, "tool_call_chunks", None)
    if pieces:
        return [_call(one["name"], one["id"], one["args"]) for one in pieces]
    written = message.additional_kwargs.get("tool_calls")
    if written:
        return [
            _call(one["function"]["name"], one["id"], one["function"]["arguments"])
            for one in written
        ]
    parsed = [
        _call(one["name"], one["id"], json.dumps(one["args"], ensure_ascii=False))
        for one in message.tool_calls
    ]
    return [
        *parsed,
        *(_call(c["name"], c["id"], c["args"]) for c in message.invalid_tool_calls),
    ]


def _call(name: str | None, call_id: str | None, text: str | None) -> ToolCall:
    return ToolCall(name or "", call_id or "", text or "")


def tokens_of(message: "AIMessage | None") -> Tokens | None:
    """Return the tokens of a call; None where the provider did not count them."""
    usage = None if message is None else message.usage_metadata
    if not usage:
        return None
    cached = usage.get("input_token_details", {}).get("cache_read") or 0
    return Tokens(usage["input_tokens"], usage["output_tokens"], cached)


def model_name(model: "BaseChatModel") -> str:
    """Return a model's name as its provider knows it."""
    for attribute in ("model_name", "model"):
        name = getattr(model, attribute, None)
        if isinstance(name, str) and name:
            return name
    return type(model).__name__


_ADDRESSES = ("anthropic_api_url", "groq_api_base", "endpoint", "base_url")
_NO_PROVIDERS = ("core", "community", "openai")


def provider_of(model: "BaseChatModel") -> str | None:
    """Return who serves a model: the address that is called, else the provider's name.

    None where neither is known. Anybody can serve a model under any name, so that the
    name of the model says nothing about it.
    """
    # OpenAI's client knows best: it also reads the environment.
    client = getattr(model, "root_async_client", None)
    for holder, name in ((client, "base_url"), *((model, a) for a in _ADDRESSES)):
        if address := getattr(holder, name, None):
            return str(address)
    package = type(model).__module__.partition(".")[0]
    provider = package.removeprefix("langchain_")
    is_known = provider != package and provider not in _NO_PROVIDERS
    return provider if is_known else None


def explain(error: Exception, role: str) -> str:
    """Say on one line why a call to a model failed, and what to do about it."""
    status = getattr(error, "status_code", None)
    said = " ".join(str(getattr(error, "message", "") or error).split())[:300]
    kind = type(error).__name__
    if status in (401, 403):
        cause = f"the provider refused the key ({status}); check OPENAI_API_KEY"
    elif status == 404:
        cause = f"the provider knows no such model or address (404): {said}"
    elif status == 429:
        cause = f"the provider's rate limit or quota is reached (429): {said}"
    elif status is not None:
        cause = f"the provider answered {status}: {said}"
    elif "Timeout" in kind:
        cause = "the provider did not answer in time; raise DAGPLAN_REQUEST_TIMEOUT"
    elif "Connection" in kind or "Connect" in kind:
        cause = f"the provider cannot be reached ({said}); check OPENAI_BASE_URL"
    else:
        cause = f"{kind}: {said}"
    return f"the {role} model failed: {cause}"
