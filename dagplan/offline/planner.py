"""`RulePlanner`: a plan without a model."""

from dataclasses import dataclass

from dagplan.offline.gazetteer import Gazetteer
from dagplan.offline.grammar import parse
from dagplan.offline.outline import build
from dagplan.plan.check import check_plan
from dagplan.plan.model import Plan
from dagplan.protocols import PlanRequest


@dataclass(frozen=True, slots=True)
class RulePlanner:
    """Plans questions of known families over the default tools; asks no model.

    Attributes:
        names: The places that it knows; None for those of the default tools.
    """

    names: Gazetteer | None = None

    async def plan(self, request: PlanRequest, /) -> Plan:
        """Return the plan of a question; equal questions give equal plans.

        Raises:
            QuestionError: The question is empty or too long.
            UnsupportedQuestionError: A part of it is not understood; the message
                lists what is, and how to set a model.
            PlanError: `request.tools` lacks a tool that the plan calls.
        """
        plan = build(parse(request.question, known(self.names))).plan
        check_plan(plan, request.tools)
        return plan


def known(names: Gazetteer | None) -> Gazetteer:
    """Return the names that were given, else those of the default tools."""
    if names is not None:
        return names
    # Reading the world takes 0.1 s: only who plans by rules should wait for it.
    from dagplan.offline.world_names import world_gazetteer

    return world_gazetteer()
