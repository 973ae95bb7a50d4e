"""How a chat model is called.

Every call of every role goes through here, so that each is recorded with its tokens,
and each failure becomes one clear line.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import anyio

from dagplan.errors import ModelError
from dagplan.events import ModelCalled, Role, Tokens
from dagplan.protocols import Admit, Emit, at_once

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.runnables import RunnableConfig


_HUSHED: "RunnableConfig" = {"tags": ["nostream"]}
"""Keeps a call out of LangGraph's `messages` stream, into which the run itself writes
the answer: a model that may answer may also write JSON instead."""


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
        raise ModelError(
            explain(error, caller.role),
            role=caller.role,
            cut_off="LengthFinish" in type(error).__name__,
        ) from error
    finally:
        ended = anyio.current_time()
        caller.emit(
            ModelCalled(
                at=ended,
                role=caller.role,
                step_id=caller.step_id,
                model=model_name(name_of or model),
                tokens=tokens_of(answer),
                started=started,
                ended=ended,
            )
        )
    return answer


async def _streamed(
    model: "BaseChatModel",
    messages: "Sequence[BaseMessage]",
    take: "Callable[[AIMessage], None]",
    **options: Any,
) -> "AIMessage":
    from langchain_core.messages import message_chunk_to_message

    whole: Any = None
    async for chunk in model.astream(list(messages), config=_HUSHED, **options):
        whole = chunk if whole is None else whole + chunk
        take(chunk)
    if whole is None:
        raise ValueError("the model sent an empty stream")
    return cast("AIMessage", message_chunk_to_message(whole))


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


def tokens_of(message: "AIMessage | None") -> Tokens | None:
    """Return the tokens of a call; None where the provider did not count them."""
    usage = None if message is None else message.usage_metadata
    return None if not usage else Tokens(usage["input_tokens"], usage["output_tokens"])


def model_name(model: "BaseChatModel") -> str:
    """Return a model's name as its provider knows it."""
    for attribute in ("model_name", "model"):
        name = getattr(model, attribute, None)
        if isinstance(name, str) and name:
            return name
    return type(model).__name__


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
    elif "LengthFinish" in kind:
        cause = "its answer was cut off at its token limit; allow it more tokens"
    elif "Timeout" in kind:
        cause = "the provider did not answer in time; raise DAGPLAN_REQUEST_TIMEOUT"
    elif "Connection" in kind or "Connect" in kind:
        cause = f"the provider cannot be reached ({said}); check OPENAI_BASE_URL"
    else:
        cause = f"{kind}: {said}"
    return f"the {role} model failed: {cause}"
