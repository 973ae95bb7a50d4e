"""The planner: one model call, and at most two more where its plan is invalid."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dagplan.errors import PlanError
from dagplan.models import Caller, ask_json
from dagplan.plan.check import check_plan
from dagplan.plan.limits import PlanLimits
from dagplan.plan.model import Plan
from dagplan.planning import prompts
from dagplan.planning.context import problems_text, tools_text
from dagplan.planning.wire import plan_schema, read_plan
from dagplan.protocols import PlanRequest

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

REPAIRS = 2
"""How often an invalid plan goes back to the model with all its problems."""


class ModelPlanner:
    """Asks a chat model for a plan.

    Args:
        model: Any langchain chat model.
        today: Today's date in ISO 8601; questions say "this year".
        instructions: What the user wants of every plan and answer.
        limits: Bounds on the size of a plan.
    """

    def __init__(
        self,
        model: "BaseChatModel",
        *,
        today: str,
        instructions: str | None = None,
        limits: PlanLimits = PlanLimits(),
    ) -> None:
        self._model = model
        self._today = today
        self._instructions = instructions
        self._limits = limits

    async def plan(self, request: PlanRequest) -> Plan:
        """Return a checked plan; see `protocols.Planner`."""
        from langchain_core.messages import AIMessage, HumanMessage

        messages = self._messages(request)
        schema = plan_schema(request.tools)
        caller = Caller("planner", request.emit, admit=request.admit)
        for attempt in range(REPAIRS + 1):
            text = await ask_json(self._model, messages, schema, caller)
            try:
                plan = read_plan(text, request.tools)
                check_plan(plan, request.tools, self._limits)
            except PlanError as error:
                if attempt == REPAIRS:
                    raise PlanError(error.problems, source=text) from error
                wish = f"{prompts.REPAIR}\n{problems_text(error)}"
                messages = [*messages, AIMessage(text), HumanMessage(wish)]
            else:
                return plan
        raise AssertionError("the last attempt returns or raises")

    def _messages(self, request: PlanRequest) -> "Sequence[BaseMessage]":
        from langchain_core.messages import HumanMessage, SystemMessage

        situation = [f"Today is {self._today}.", tools_text(request.tools)]
        if self._instructions:
            situation.append(f"Instructions of the user: {self._instructions}")
        return [
            SystemMessage(prompts.PLANNER),
            SystemMessage("\n\n".join(situation)),
            HumanMessage(request.question),
        ]
