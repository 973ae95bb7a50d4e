"""The replanner: one call that answers, or revises the plan by its tools."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dagplan.cuts import CHARACTERS, RESULTS, shorten
from dagplan.errors import ModelError, PlanError
from dagplan.models import CUT_OFF, Caller, text_of
from dagplan.plan.revision import Revision
from dagplan.planning import prompts
from dagplan.planning.found import results_text
from dagplan.planning.mending import problems_text
from dagplan.planning.of_tools import OfTools
from dagplan.planning.revising_call import ask_for_change, with_tools
from dagplan.planning.tool_text import tools_text
from dagplan.planning.wire import revision_schema
from dagplan.protocols import ReplanRequest

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage


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
        self._schema = OfTools(revision_schema)

    async def decide(self, request: ReplanRequest) -> Revision | str | None:
        """Return the answer, a checked revision, or None; see `protocols.Replanner`."""
        running = request.still_running
        bound = None
        if request.may_revise:
            bound = self._with_tools(request, may_go_on=running)
        if bound is None and running:
            # It could only end the run.
            return None
        caller = Caller("replanner", request.emit, admit=request.admit)
        decision = await ask_for_change(
            bound or self._model,
            self._messages(request),
            request,
            caller,
            named=self._model,
            # While steps run most of what it writes goes with a call and is no answer.
            say=None if running else request.say,
        )
        if decision is None or isinstance(decision, Revision):
            return decision
        answer = answer_of(decision)
        if running:
            request.say(answer)
        return answer

    def _with_tools(
        self, request: ReplanRequest, *, may_go_on: bool
    ) -> "BaseChatModel | None":
        schema = self._schema(request.tools)
        return with_tools(self._model, schema, may_go_on=may_go_on)

    def _messages(self, request: ReplanRequest) -> "Sequence[BaseMessage]":
        from langchain_core.messages import HumanMessage, SystemMessage

        parts = situation(self._today, self._instructions)
        parts.append(
            tools_text(request.tools) if request.may_revise else prompts.ANSWER_ONLY
        )
        if request.still_running:
            parts.append(prompts.STILL_RUNNING)
        return [
            SystemMessage(prompts.REPLANNER),
            SystemMessage("\n\n".join(parts)),
            HumanMessage(found_text(request)),
            *late_problems(request),
            *bounds_reached(request),
        ]


def situation(today: str, instructions: str | None) -> list[str]:
    """Write what every planning model is told beside its prompt."""
    parts = [f"Today is {today}."]
    if instructions:
        parts.append(f"Instructions of the user: {instructions}")
    return parts


def found_text(request: ReplanRequest) -> str:
    """Write the question and what was found, cut to what a model can read."""
    question, room = with_room(request.question)
    results = results_text(request.plan, request.results, room)
    return f"Question: {question}\n\nResults:\n\n{results}"


def with_room(question: str) -> tuple[str, int]:
    """Cut a question, and return how many characters are left for what follows it."""
    cut = shorten(question, _QUESTION)
    return cut, min(RESULTS, CHARACTERS - len(cut))


def late_problems(request: ReplanRequest) -> "list[BaseMessage]":
    """Write why the revision before could not be made, if there was one."""
    from langchain_core.messages import HumanMessage

    if not request.problems:
        return []
    problems = problems_text(PlanError(request.problems))
    return [HumanMessage(f"{prompts.TOO_LATE}\n{problems}")]


def bounds_reached(request: ReplanRequest) -> "list[BaseMessage]":
    """Write that nothing more can be done and why, where that is so."""
    from langchain_core.messages import SystemMessage

    if not request.reached:
        return []
    why = "\n".join(f"- {bound.said}" for bound in request.reached)
    return [SystemMessage(f"{prompts.SPENT}\n{why}")]


def answer_of(reply: "AIMessage") -> str:
    """Return the text of an answer that is one.

    Raises:
        ModelError: It is empty, refused, or cut off at the token limit.
    """
    text = text_of(reply).strip()
    if reply.response_metadata.get("finish_reason") == "length":
        problem = CUT_OFF
    elif refusal := reply.additional_kwargs.get("refusal"):
        problem = f"it refused to answer: {refusal!s:.300}"
    elif not text:
        problem = "its answer was empty; ask again or name another model"
    else:
        return text
    raise ModelError(f"the replanner model failed: {problem}", role="replanner")
