"""The replanner: one call that answers, or revises the plan by its only tool."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dagplan.cuts import CHARACTERS, RESULTS, shorten
from dagplan.errors import ModelError, PlanError
from dagplan.models import Caller, ask, text_of
from dagplan.plan.revision import Revision, revised
from dagplan.planning import prompts
from dagplan.planning.context import problems_text
from dagplan.planning.found import results_text
from dagplan.planning.tool_text import tools_text
from dagplan.planning.wire import read_revision, revision_schema
from dagplan.protocols import ReplanRequest

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage

REPAIRS = 2
"""How often an invalid revision goes back to the model with all its problems."""

_QUESTION = CHARACTERS - RESULTS // 3  # characters; results have the rest


class ModelReplanner:
    """Asks a chat model for the answer, or for a revision of the plan.

    Args:
        model: Any langchain chat model; one without tools can only answer.
        today: Today's date in ISO 8601.
        instructions: What the user wants of every plan and answer.
    """

    def __init__(
        self, model: "BaseChatModel", *, today: str, instructions: str | None = None
    ) -> None:
        self._model = model
        self._today = today
        self._instructions = instructions

    async def decide(self, request: ReplanRequest) -> Revision | str:
        """Return the answer or a checked revision; see `protocols.Replanner`."""
        model: Any = self._bound(request) if request.may_revise else self._model
        messages = self._messages(request)
        caller = Caller("replanner", request.emit, admit=request.admit)
        for attempt in range(REPAIRS + 1):
            reply = await ask(
                model, messages, caller, say=request.say, name_of=self._model
            )
            if not (reply.tool_calls or reply.invalid_tool_calls):
                return _answer(reply)
            try:
                return _revision(reply, request)
            except PlanError as error:
                if attempt == REPAIRS:
                    raise
                messages = [*messages, reply, *_refusals(reply, error)]
        raise AssertionError("the last attempt returns or raises")

    def _bound(self, request: ReplanRequest) -> Any:
        schema = revision_schema(request.tools)
        function = {
            "name": schema.name,
            "description": "Change the plan to find what is missing.",
            "parameters": schema.schema,
            "strict": schema.strict,
        }
        try:
            return self._model.bind_tools([{"type": "function", "function": function}])
        except NotImplementedError:
            return self._model

    def _messages(self, request: ReplanRequest) -> "Sequence[BaseMessage]":
        from langchain_core.messages import HumanMessage, SystemMessage

        situation = [f"Today is {self._today}."]
        if self._instructions:
            situation.append(f"Instructions of the user: {self._instructions}")
        if request.may_revise:
            situation.append(tools_text(request.tools))
        else:
            situation.append(prompts.ANSWER_ONLY)
        question = shorten(request.question, _QUESTION)
        room = min(RESULTS, CHARACTERS - len(question))
        results = results_text(request.plan, request.results, room)
        return [
            SystemMessage(prompts.REPLANNER),
            SystemMessage("\n\n".join(situation)),
            HumanMessage(f"Question: {question}\n\nResults:\n\n{results}"),
        ]


def _answer(reply: "AIMessage") -> str:
    """Return the text of an answer that is one.

    Raises:
        ModelError: It is empty, refused, or cut off at the token limit.
    """
    text = text_of(reply).strip()
    if reply.response_metadata.get("finish_reason") == "length":
        problem = "its answer was cut off at its token limit; allow it more tokens"
    elif refusal := reply.additional_kwargs.get("refusal"):
        problem = f"it refused to answer: {refusal!s:.300}"
    elif not text:
        problem = "its answer was empty; ask again or name another model"
    else:
        return text
    raise ModelError(f"the replanner model failed: {problem}", role="replanner")


def _revision(reply: "AIMessage", request: ReplanRequest) -> Revision:
    calls = [*reply.tool_calls, *reply.invalid_tool_calls]
    # Several calls at once are one revision: nothing of what was asked for is lost.
    parts = [read_revision(call["args"], request.tools) for call in calls]
    revision = Revision(
        steps=[step for part in parts for step in part.steps],
        drop=[name for part in parts for name in part.drop],
    )
    results = request.results.items()
    settled = {name: r.value for name, r in results if r.status == "succeeded"}
    revised(request.plan, revision, settled, request.tools)
    return revision


def _refusals(reply: "AIMessage", error: PlanError) -> "list[BaseMessage]":
    from langchain_core.messages import ToolMessage

    wish = f"{prompts.REPAIR}\n{problems_text(error)}"
    calls = [*reply.tool_calls, *reply.invalid_tool_calls]
    return [ToolMessage(wish, tool_call_id=call["id"] or "") for call in calls]
