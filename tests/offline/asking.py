"""Asking the rules a question for real: plan, run, revise, answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dagplan.events import StepResult
from dagplan.offline import RulePlanner, RuleReplanner
from dagplan.plan.graph import layers
from dagplan.plan.model import Plan
from dagplan.plan.revision import Revision, revised
from dagplan.protocols import PlanRequest, ReplanRequest
from dagplan.providers import Settings, default_tools
from dagplan.scheduler import execute_plan
from dagplan.steps import PlannedStepRunner
from dagplan.tools.countries import country_figure
from dagplan.tools.spec import by_name

TOOLS = default_tools(Settings(tavily_api_key=None))
SPECS = [tool.spec for tool in TOOLS]


@dataclass(frozen=True)
class Asked:
    """A question that was answered.

    Attributes:
        plan: The plan as it was run at last.
        revisions: What the replanner changed.
        results: What became of the steps.
        answer: The answer, all of it.
        said: What was given to `say`.
    """

    plan: Plan
    revisions: list[Revision]
    results: Mapping[str, StepResult]
    answer: str
    said: list[str]

    @property
    def last(self) -> object:
        """The value of the plan's last step."""
        return self.results[self.plan.steps[-1].id].value

    @property
    def told(self) -> str:
        """What was found, without corrections, sources and failures."""
        parts = self.answer.split("\n\n")
        return next(p for p in parts if not p.startswith("No "))

    @property
    def shape(self) -> list[list[str]]:
        """Ids of the steps, by how long the longest path to them is."""
        return layers(self.plan)


async def planned(question: str) -> Plan:
    """Plan a question; the plan passes the check against the real tools."""
    plan = await RulePlanner().plan(PlanRequest(question, SPECS, print))
    plan.check(TOOLS)
    return plan


async def ask(question: str, *, replans: int = 3) -> Asked:
    """Answer a question with the real tools on the real scheduler."""
    plan = await planned(question)
    revisions: list[Revision] = []
    said: list[str] = []
    while True:
        run = await execute_plan(plan, PlannedStepRunner(by_name(TOOLS)))
        more = len(revisions) < replans
        request = replan_request(
            question, plan, run.results, said.append, may_revise=more
        )
        decided = await RuleReplanner().decide(request)
        if isinstance(decided, str):
            return Asked(plan, revisions, run.results, decided, said)
        assert decided is not None
        settled = [s.id for s in plan.steps if run.results[s.id].status == "succeeded"]
        plan = revised(plan, decided, settled, SPECS)
        revisions.append(decided)


def replan_request(
    question: str,
    plan: Plan,
    results: Mapping[str, StepResult],
    say: Callable[[str], None],
    *,
    may_revise: bool = True,
) -> ReplanRequest:
    """Make what a replanner is given."""
    return ReplanRequest(question, plan, results, SPECS, may_revise, print, say)


def figure(place: str, name: str) -> int | float:
    """Look a figure of a country up in the data."""
    return country_figure(place, name)["value"]  # type: ignore[arg-type]
