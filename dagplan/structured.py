"""How a chat model is asked for JSON of a given shape, in a form that it takes.

OpenAI's interface has a `response_format`; most models call tools; some do neither and
are shown the shape. Servers that speak OpenAI's interface without all of it refuse the
form that they lack, and are asked in the next.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from dagplan.errors import ModelError
from dagplan.models import CUT_OFF, Caller, ask, calls_of, text_of, unheard

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage

JsonSchema = dict[str, object]
Hear = Callable[[str], None]
"""Takes a text piece by piece as a model writes it."""

Form = Literal["format", "tool", "json_object", "text"]
"""`response_format` with the schema; a tool that must be called; `response_format`
for any object; nothing but a message."""

_REFUSALS = frozenset({400, 404, 415, 422, 501})
_ABOUT_FORM = re.compile(
    r"response.?format|schema|json|tool|function|structured", re.IGNORECASE
)
_TOO_LONG = "context length"  # of the messages "or functions"


@dataclass(frozen=True, slots=True)
class Schema:
    """The shape that an answer must have.

    Attributes:
        name: Letters, digits, `_` and `-`; providers show it to the model.
        schema: A JSON schema whose root is an object.
        strict: Whether the provider is asked to enforce it; not every schema can be.
        loose: The same for those who enforce nothing, without what strict mode makes
            models write; None where there is no difference.
    """

    name: str
    schema: JsonSchema
    strict: bool = True
    loose: JsonSchema | None = None

    @property
    def shown(self) -> JsonSchema:
        """The schema for those who enforce nothing."""
        return self.loose or self.schema


class JsonModel:
    """A chat model as it is asked for JSON.

    Args:
        model: Any langchain chat model.

    Attributes:
        model: The same.
    """

    def __init__(self, model: "BaseChatModel") -> None:
        self.model = model
        self._forms: list[Form] = ["tool", "text"]
        if is_openai(model):
            self._forms = ["format", "tool", "json_object", "text"]

    async def ask(
        self,
        messages: "Sequence[BaseMessage]",
        schema: Schema,
        caller: Caller,
        hear: Hear | None = None,
    ) -> str:
        """Ask for one JSON object of a schema and return it as text, unparsed.

        Args:
            messages: The conversation.
            schema: The shape of the object.
            caller: Who asks.
            hear: Takes the text piece by piece, from models that stream.

        Raises:
            ModelError: The call failed; the cause is chained.
        """
        while True:
            form = self._forms[0]
            try:
                return await self._ask(form, messages, schema, caller, hear)
            except (ModelError, NotImplementedError) as error:
                if form == "text" or not _is_refusal(error):
                    raise
                # Another call may have been refused in the same way meanwhile.
                if self._forms[0] == form:
                    del self._forms[0]

    async def _ask(
        self,
        form: Form,
        messages: "Sequence[BaseMessage]",
        schema: Schema,
        caller: Caller,
        hear: Hear | None,
    ) -> str:
        if form == "tool":
            return await self._by_tool(messages, schema, caller, hear)
        options: dict[str, Any] = {}
        if form == "format":
            options = self._in_body(response_format(schema))
        else:
            messages = [*messages, _shown(schema)]
        if form == "json_object":
            options = self._in_body({"type": "json_object"})
        take = None if hear is None else _text_heard(hear)
        answer = await ask(self.model, messages, caller, hear=take, **options)
        if options:
            _must_be_whole(answer, caller)
        return text_of(answer)

    def _in_body(self, wanted: JsonSchema) -> dict[str, Any]:
        """Return the options by which OpenAI's clients send a `response_format`.

        As the option of that name they parse the text once more with each piece that
        comes, and with the schema at last, which takes a fifth of all the time that a
        run computes. Of the newer interface, which is without that, langchain has to
        know that it is one.
        """
        if getattr(self.model, "use_responses_api", None):
            return {"response_format": wanted}
        besides = getattr(self.model, "extra_body", None) or {}
        return {"extra_body": {**besides, "response_format": wanted}}

    async def _by_tool(
        self,
        messages: "Sequence[BaseMessage]",
        schema: Schema,
        caller: Caller,
        hear: Hear | None,
    ) -> str:
        function = {
            "name": schema.name,
            "description": "Write the result.",
            "parameters": schema.shown,
        }
        bound = self.model.bind_tools(
            [{"type": "function", "function": function}], tool_choice="any"
        )
        answer = await ask(
            cast("BaseChatModel", bound),
            messages,
            caller,
            hear=unheard if hear is None else _arguments_heard(hear),
            name_of=self.model,
        )
        # Several are not one object, and whoever reads them says so.
        return "\n".join(call.text for call in calls_of(answer)) or text_of(answer)


def is_openai(model: "BaseChatModel") -> bool:
    """Tell whether a model takes OpenAI's `response_format`."""
    return any(kind.__name__ == "BaseChatOpenAI" for kind in type(model).__mro__)


def response_format(schema: Schema) -> dict[str, object]:
    """Write a schema as OpenAI's `response_format`."""
    wanted = {"name": schema.name, "schema": schema.schema, "strict": schema.strict}
    return {"type": "json_schema", "json_schema": wanted}


def _shown(schema: Schema) -> "BaseMessage":
    from langchain_core.messages import HumanMessage

    shape = json.dumps(schema.shown, ensure_ascii=False)
    return HumanMessage(
        f"Write one JSON object of this schema and nothing else:\n{shape}"
    )


def _must_be_whole(answer: "AIMessage", caller: Caller) -> None:
    """Refuse an object of which the provider says that its end is missing."""
    problems = {
        "length": CUT_OFF,
        "content_filter": "the provider's content filter stopped its answer",
    }
    reason = answer.response_metadata.get("finish_reason")
    if reason in problems:
        raise ModelError(
            f"the {caller.role} model failed: {problems[reason]}",
            role=caller.role,
            cut_off=reason == "length",
        )


def _text_heard(hear: Hear) -> "Callable[[AIMessage], None]":
    def take(chunk: "AIMessage") -> None:
        if text := text_of(chunk):
            hear(text)

    return take


def _arguments_heard(hear: Hear) -> "Callable[[AIMessage], None]":
    """Take the arguments of the tool that is called first."""
    first: object = None

    def take(chunk: "AIMessage") -> None:
        nonlocal first
        for part in getattr(chunk, "tool_call_chunks", None) or ():
            first = part["index"] if first is None else first
            if part["args"] and part["index"] == first:
                hear(part["args"])

    return take


def _is_refusal(error: Exception) -> bool:
    """Tell whether a provider, or langchain, lacks the form that was asked for."""
    if isinstance(error, NotImplementedError):
        return True
    cause = error.__cause__
    if getattr(cause, "status_code", None) not in _REFUSALS or _TOO_LONG in str(cause):
        return False
    return _ABOUT_FORM.search(str(cause)) is not None
