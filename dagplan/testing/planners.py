"""Planners and replanners that follow a script."""

import re

from dagplan.plan.model import Plan
from dagplan.plan.revision import Revision
from dagplan.protocols import PlanRequest, ReplanRequest
from dagplan.testing.turns import Turns

_WORDS = re.compile(r"\s*\S+\s*|\s+")


class ScriptedPlanner:
    """A `Planner` that gives plans in turn.

    Args:
        plans_or_errors: Plans to return and exceptions to raise.

    Attributes:
        requests: What it was asked, in order.
    """

    def __init__(self, *plans_or_errors: Plan | BaseException) -> None:
        self._turns = Turns[Plan]("plans", plans_or_errors)
        self.requests: list[PlanRequest] = []

    async def plan(self, request: PlanRequest, /) -> Plan:
        """Return the next plan; see `protocols.Planner`."""
        self.requests.append(request)
        return self._turns.take(request.question)


class ScriptedReplanner:
    """A `Replanner` that takes decisions in turn.

    Args:
        decisions: Answers as text and revisions to return, None to change nothing now,
            exceptions to raise. An answer is also said, word by word.

    Attributes:
        requests: What it was asked, in order.
    """

    def __init__(self, *decisions: Revision | str | BaseException | None) -> None:
        self._turns = Turns[Revision | str | None]("decisions", decisions)
        self.requests: list[ReplanRequest] = []

    async def decide(self, request: ReplanRequest, /) -> Revision | str | None:
        """Return the next decision; see `protocols.Replanner`."""
        self.requests.append(request)
        decision = self._turns.take(request.question)
        if isinstance(decision, str):
            for word in words(decision):
                request.say(word)
        return decision


def words(text: str) -> list[str]:
    """Cut a text into words with the space around them; joined they are the text."""
    return _WORDS.findall(text)
