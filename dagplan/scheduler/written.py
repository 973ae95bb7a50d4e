"""The plan of a run as it is recorded, while it is written and afterwards."""

from collections.abc import Iterator

from dagplan.events import PlanFinished, Revised, StepPlanned
from dagplan.history import History, difference
from dagplan.plan.model import Plan, Step
from dagplan.plan.revision import Revision

Planned = StepPlanned | PlanFinished


class WrittenPlan:
    """What is recorded of the plan; the machine may know less of it.

    Args:
        history: What the run had come to when it was resumed; None for a new one.

    Attributes:
        whole: Whether all of it is recorded.
    """

    def __init__(self, history: History | None) -> None:
        self.whole = history is not None and history.planned
        self._plan = Plan(steps=[]) if history is None else history.plan
        self._known = {step.id: step for step in self._plan.steps}
        # Steps that began before the plan was whole.
        self._begun: set[str] = set()

    def begin(self, step: Step) -> bool:
        """Note a step that begins before the plan is whole; tell whether it is new."""
        is_new = step.id not in self._known
        self._known[step.id] = step
        self._begun.add(step.id)
        return is_new

    def complete(self, plan: Plan) -> None:
        """Note that a plan is recorded as a whole."""
        self._plan, self.whole = plan, True

    def proposed(self, plan: Plan, at: float) -> Iterator[Planned | Revised]:
        """Return what is to be recorded for a plan, and note that it is."""
        before, was_whole = self._plan, self.whole
        self.complete(plan)
        finished = PlanFinished(at, plan.answer)
        if not was_whole and self._is_kept_in(plan):
            yield from planned(plan, at, self._known)
        elif before.steps != plan.steps:
            yield difference(before, plan, at)
            yield finished
        elif before.answer != plan.answer:
            yield finished

    def rest(self, plan: Plan, at: float) -> Iterator[Planned]:
        """Return what the machine has not taken of a plan that is to begin."""
        return planned(plan, at, self._begun)

    def _is_kept_in(self, plan: Plan) -> bool:
        """Tell whether a plan holds the steps that are known so far, as they are."""
        if not self._known:
            return True
        steps = {step.id: step for step in plan.steps}
        return all(steps.get(name) == step for name, step in self._known.items())


def planned(
    plan: Plan, at: float, known: dict[str, Step] | set[str]
) -> Iterator[Planned]:
    """Return the events of a plan, but for steps that are known."""
    for step in plan.steps:
        if step.id not in known:
            yield StepPlanned(at, step.id, step)
    yield PlanFinished(at, plan.answer)


def change_of(plan: Plan, revision: Revision, at: float) -> Revised:
    """Return what a revision changes.

    Args:
        plan: The plan before the revision.
        revision: The change, which `revised` accepted.
        at: Seconds since the run began.
    """
    known = {step.id for step in plan.steps}
    return Revised(
        at=at,
        added=tuple(s for s in revision.steps if s.id not in known),
        redefined=tuple(s for s in revision.steps if s.id in known),
        dropped=tuple(revision.drop),
    )
