"""The replanner of strict control flow: whoever decides does not see, and conversely."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dagplan.models import Caller, ask
from dagplan.plan.revision import Revision
from dagplan.planning import prompts
from dagplan.planning.outline import outline_text
from dagplan.planning.replanner import (
    ModelReplanner,
    answer_of,
    bounds_reached,
    found_text,
    late_problems,
    situation,
    with_room,
)
from dagplan.planning.revising_call import ask_for_change
from dagplan.planning.tool_text import tools_text
from dagplan.protocols import ReplanRequest

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage


class BlindReplanner(ModelReplanner):
    """Asks one call to revise, which sees no data, and another one to answer.

    The revising call has the tools. It is shown the question and, of each step, its id,
    tool, arguments and task as planned, its status, the kinds of its errors and the type
    of its value, both out of fixed lists (outline.py). Of what steps found or said it is
    shown nothing: no values, keys, items, counts or error texts.

    The answering call is shown what was found. No tool is bound to it, and nothing that
    it writes is read as anything but the answer.

    So what a step returns can change which steps fail, what type a value has, how many
    items a planned `for_each` has, and through `${id}` the very arguments that were
    planned to take its value. It cannot add, drop or retarget any other call, or change
    any other argument.
    """

    async def decide(self, request: ReplanRequest) -> Revision | str | None:
        """Return a checked revision, the answer, or None; see `protocols.Replanner`."""
        caller = Caller("replanner", request.emit, admit=request.admit)
        if request.may_revise and (request.still_running or _lacks_something(request)):
            revision = await self._revision(request, caller)
            if revision is not None:
                return revision
        if request.still_running:
            # Whoever might answer early would have to see first.
            return None
        reply = await ask(
            self._model, self._answering(request), caller, say=request.say
        )
        return answer_of(reply)

    async def _revision(
        self, request: ReplanRequest, caller: Caller
    ) -> Revision | None:
        bound = self._with_tools(request, may_go_on=True)
        if bound is None:
            return None
        decision = await ask_for_change(
            bound, self._revising(request), request, caller, named=self._model
        )
        # Text is no answer: whoever wrote it has seen nothing.
        return decision if isinstance(decision, Revision) else None

    def _revising(self, request: ReplanRequest) -> "Sequence[BaseMessage]":
        from langchain_core.messages import HumanMessage, SystemMessage

        parts = situation(self._today, self._instructions)
        parts += [tools_text(request.tools), prompts.AGENTS_ONLY_WRITE]
        if request.still_running:
            parts.append(prompts.STILL_RUNNING_BLIND)
        question, room = with_room(request.question)
        outline = outline_text(request.plan, request.results, request.kinds, room)
        return [
            SystemMessage(prompts.BLIND_REPLANNER),
            SystemMessage("\n\n".join(parts)),
            HumanMessage(f"Question: {question}\n\nSteps:\n\n{outline}"),
            *late_problems(request),
        ]

    def _answering(self, request: ReplanRequest) -> "Sequence[BaseMessage]":
        from langchain_core.messages import HumanMessage, SystemMessage

        parts = [*situation(self._today, self._instructions), prompts.ANSWER_ONLY]
        return [
            SystemMessage(prompts.ANSWERER),
            SystemMessage("\n\n".join(parts)),
            HumanMessage(found_text(request)),
            *bounds_reached(request),
        ]


def _lacks_something(request: ReplanRequest) -> bool:
    """Tell whether there is anything to mend that can be seen without the data."""
    return any(
        result.status != "succeeded" or result.value is None
        for result in request.results.values()
    )
