"""The planner: one model call, and at most two more where its plan is invalid."""

import json
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from dagplan.errors import ModelError, PlanError
from dagplan.models import Caller
from dagplan.plan.limits import PlanLimits
from dagplan.plan.model import Plan
from dagplan.plan.wording import template_problems
from dagplan.planning import prompts
from dagplan.planning.asking import ASK, may_ask, refuse_to_plan
from dagplan.planning.draft import Draft
from dagplan.planning.mending import problems_text
from dagplan.planning.of_tools import OfTools
from dagplan.planning.tool_text import tools_text
from dagplan.planning.wire import plan_schema, write_step
from dagplan.protocols import PlanRequest
from dagplan.structured import JsonModel

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

REPAIRS = 2
"""How often an invalid plan goes back to the model with all its problems."""


class ModelPlanner:
    """Asks a chat model for a plan.

    Steps are offered while the rest is still being written. What was offered is kept:
    a repair, or a second call after a stream that broke, asks only for what is missing.

    Args:
        model: Any langchain chat model, or one of which it is known how it writes JSON.
        today: Today's date in ISO 8601; questions say "this year".
        instructions: What the user wants of every plan and answer.
        limits: Bounds on the size of a plan.
        agents_only_write: Whether agent steps have no tools.
    """

    def __init__(
        self,
        model: "BaseChatModel | JsonModel",
        *,
        today: str,
        instructions: str | None = None,
        limits: PlanLimits = PlanLimits(),
        agents_only_write: bool = False,
    ) -> None:
        self._model = model if isinstance(model, JsonModel) else JsonModel(model)
        self._today = today
        self._instructions = instructions
        self._limits = limits
        self._agents_only_write = agents_only_write
        self._schema = OfTools(plan_schema)
        self._asking_schema = OfTools(partial(plan_schema, ask=ASK))

    async def plan(self, request: PlanRequest) -> Plan:
        """Return a checked plan; see `protocols.Planner`."""
        messages = self._messages(request)
        schema_of = self._asking_schema if may_ask(request) else self._schema
        schema = schema_of(request.tools)
        caller = Caller("planner", request.emit, admit=request.admit)
        draft = Draft(request.tools, self._limits, request.offer, request.kept)
        hear = None if request.offer is None else draft.hear
        for attempt in range(REPAIRS + 1):
            draft.begin()
            before = len(draft.kept)
            try:
                text = await self._model.ask(messages, schema, caller, hear)
            except ModelError as error:
                # Nothing gained, nothing will be by asking again.
                gained = len(draft.kept) > before
                if not (error.cut_off and gained) or attempt == REPAIRS:
                    raise
                messages += _repair(draft.text, prompts.CUT_OFF, draft.kept)
                continue
            try:
                refuse_to_plan(text, request, draft.kept)
                return _worded(draft.finish(text), request)
            except PlanError as error:
                if attempt == REPAIRS:
                    raise PlanError(error.problems, source=text) from error
                wish = f"{prompts.REPAIR}\n{problems_text(error)}"
                messages += _repair(text, wish, draft.kept)
        raise AssertionError("the last attempt returns or raises")

    def _messages(self, request: PlanRequest) -> "list[BaseMessage]":
        from langchain_core.messages import HumanMessage, SystemMessage

        situation = [f"Today is {self._today}.", tools_text(request.tools)]
        if may_ask(request):
            situation.append(prompts.ASKING)
        if self._agents_only_write:
            situation.append(prompts.AGENTS_ONLY_WRITE)
        if request.wording != "auto":
            situation.append(prompts.WORDING[request.wording])
        if self._instructions:
            situation.append(f"Instructions of the user: {self._instructions}")
        messages: list[BaseMessage] = [
            SystemMessage(prompts.PLANNER),
            SystemMessage("\n\n".join(situation)),
            HumanMessage(request.question),
        ]
        if request.kept:
            begun = json.dumps([*map(write_step, request.kept)], ensure_ascii=False)
            messages.append(HumanMessage(f"{prompts.BEGUN}\n{begun}"))
        return messages


def _worded(plan: Plan, request: PlanRequest) -> Plan:
    """Return a plan that answers as is wanted.

    Raises:
        PlanError: Its template is to be the answer, and could never be.
    """
    problems = template_problems(plan, request.tools)
    if request.wording == "template" and problems:
        raise PlanError(problems)
    return plan


def _repair(text: str, wish: str, kept: Iterable[str]) -> "Sequence[BaseMessage]":
    """Write what follows an invalid answer in the conversation."""
    from langchain_core.messages import AIMessage, HumanMessage

    if names := ", ".join(kept):
        wish = f"{wish}\n{prompts.KEPT} {names}"
    return [AIMessage(text), HumanMessage(wish)]
