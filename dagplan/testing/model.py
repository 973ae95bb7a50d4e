"""A langchain chat model that follows a script."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.callbacks import (  # noqa: TID253 - loaded with ScriptedModel only
    AsyncCallbackManagerForLLMRun,
    CallbackManagerForLLMRun,
)
from langchain_core.language_models import BaseChatModel  # noqa: TID253
from langchain_core.messages import (  # noqa: TID253
    AIMessage,
    AIMessageChunk,
    BaseMessage,
)
from langchain_core.messages.ai import UsageMetadata  # noqa: TID253
from langchain_core.messages.tool import tool_call_chunk  # noqa: TID253
from langchain_core.outputs import (  # noqa: TID253
    ChatGeneration,
    ChatGenerationChunk,
    ChatResult,
)
from langchain_core.runnables import Runnable  # noqa: TID253
from langchain_core.utils.function_calling import (  # noqa: TID253
    convert_to_openai_tool,
)
from pydantic import PrivateAttr

from dagplan.testing.planners import words
from dagplan.testing.turns import Turns

Said = str | Mapping[str, object] | AIMessage
Reply = Said | BaseException | Callable[[list[BaseMessage]], Said | BaseException]


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One call to a `ScriptedModel`.

    Attributes:
        messages: What it was sent.
        tools: The tools bound to it, as OpenAI writes them.
        options: The other options of the call, such as `response_format`.
    """

    messages: tuple[BaseMessage, ...]
    tools: tuple[Mapping[str, Any], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


class ScriptedModel(BaseChatModel):
    """A chat model that gives replies in turn.

    A text is the reply's content. A mapping is the arguments of the tool that the call
    must use (`tool_choice`), or else JSON as content. An `AIMessage` is the reply as it
    is, with tool calls for instance. An exception is raised. A function is given the
    messages and returns one of these. Tokens are a quarter of the characters.

    Args:
        replies: The replies, in the order of the calls.
        fields: Fields of langchain's chat models, and `model_name`.

    Attributes:
        model_name: The name that events and reports show.
    """

    model_name: str = "scripted"
    _turns: Turns[Any] = PrivateAttr()
    _calls: list[ModelCall] = PrivateAttr(default_factory=list)
    _bound: list[list[dict[str, Any]]] = PrivateAttr(default_factory=list)

    def __init__(self, *replies: Reply, **fields: Any) -> None:
        super().__init__(**fields)
        self._turns = Turns("replies", replies)

    @property
    def calls(self) -> list[ModelCall]:
        """What it was asked, in order."""
        return self._calls

    @property
    def bound(self) -> list[list[dict[str, Any]]]:
        """The tools of each `bind_tools`, as OpenAI writes them."""
        return self._bound

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(
        self,
        tools: Sequence[Any],
        *,
        tool_choice: str | dict[str, Any] | bool | None = None,
        **kwargs: Any,
    ) -> Runnable[Any, AIMessage]:
        """Bind tools; with a `tool_choice`, replies that are mappings call one."""
        written = [convert_to_openai_tool(tool) for tool in tools]
        self._bound.append(written)
        return self.bind(tools=written, tool_choice=tool_choice, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 - langchain's signature
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        message = self._reply(messages, kwargs)
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        # langchain would go through a thread, which no test's clock knows of.
        return self._generate(messages, **kwargs)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        yield from _chunks(self._reply(messages, kwargs))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in _chunks(self._reply(messages, kwargs)):
            yield chunk

    def _reply(self, messages: list[BaseMessage], options: dict[str, Any]) -> AIMessage:
        tools = options.get("tools") or []
        rest = {k: v for k, v in options.items() if k != "tools" and v is not None}
        self._calls.append(ModelCall(tuple(messages), tuple(tools), rest))
        asked = str(messages[-1].content) if messages else "no message"
        said = self._turns.take(asked)
        if callable(said):
            said = said(messages)
        if isinstance(said, BaseException):
            raise said
        message = _message(said, _chosen(tools, options.get("tool_choice")))
        return _counted(message, messages)


def _chosen(tools: Sequence[Mapping[str, Any]], choice: object) -> str | None:
    """Return the name of the tool that a call must use, if it must use one."""
    names = [tool["function"]["name"] for tool in tools if "function" in tool]
    if isinstance(choice, Mapping):
        choice = choice.get("function", {}).get("name")
    if not choice or choice in ("none", "auto") or not names:
        return None
    return choice if isinstance(choice, str) and choice in names else names[0]


def _message(said: Said, tool: str | None) -> AIMessage:
    if isinstance(said, AIMessage):
        return said.model_copy()
    if isinstance(said, str):
        return AIMessage(said)
    if tool is None:
        return AIMessage(json.dumps(said, ensure_ascii=False))
    call = {"name": tool, "args": dict(said), "id": "call_0", "type": "tool_call"}
    return AIMessage("", tool_calls=[call])


def _counted(message: AIMessage, messages: Sequence[BaseMessage]) -> AIMessage:
    if message.usage_metadata is None:
        read = sum(len(str(m.content)) for m in messages) // 4
        written = len(f"{message.content}{message.tool_calls or ''}") // 4
        message.usage_metadata = UsageMetadata(
            input_tokens=read, output_tokens=written, total_tokens=read + written
        )
    return message


def _chunks(message: AIMessage) -> Iterator[ChatGenerationChunk]:
    """Cut a message into words, then its tool calls and its token counts."""
    content = message.content
    pieces = words(content) if isinstance(content, str) else [content]
    for piece in pieces:
        yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
    calls = [
        tool_call_chunk(
            name=call["name"],
            args=json.dumps(call["args"], ensure_ascii=False),
            id=call["id"],
            index=index,
        )
        for index, call in enumerate(message.tool_calls)
    ]
    calls += [
        tool_call_chunk(name=c["name"], args=c["args"], id=c["id"], index=index)
        for index, c in enumerate(message.invalid_tool_calls, len(calls))
    ]
    last = AIMessageChunk(
        content="", tool_call_chunks=calls, usage_metadata=message.usage_metadata
    )
    yield ChatGenerationChunk(message=last)
