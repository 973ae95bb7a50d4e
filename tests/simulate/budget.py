"""What must hold once a bound of the budget is reached."""

from collections.abc import Iterator
from math import inf

from dagplan.events import BudgetReached, StepHedged, StepRetried, StepStarted
from tests.simulate.world import Began, Ended, Story

EPS = 1e-6
Found = Iterator[tuple[str, str]]


def held_of(story: Story, index: int) -> float:
    """Return when a run left off, by the world's clock; infinity if it never did."""
    return _first(story, index, deadline=False)


def late_of(story: Story, index: int) -> float:
    """Return when a run's time was up; infinity if it never was."""
    return _first(story, index, deadline=True)


def _first(story: Story, index: int, *, deadline: bool) -> float:
    for entry in story.log:
        what = entry.what
        if entry.flow != index or not isinstance(what, BudgetReached):
            continue
        if not deadline or what.bound == "deadline":
            return entry.at
    return inf


def check_budget(story: Story, index: int) -> Found:
    """Check that bounds are told when they are reached, and that nothing begins then."""
    told = story.runs[index]
    flow = told.flow
    seen: set[str] = set()
    for entry in story.log:
        what = entry.what
        if entry.flow != index or isinstance(what, Began | Ended):
            continue
        if isinstance(what, BudgetReached):
            if what.bound in seen:
                yield "bound-twice", f"{what}"
            seen.add(what.bound)
            due = flow.deadline if what.bound == "deadline" else flow.spends
            if due is None or abs(what.at - due) > EPS:
                yield "bound", f"{what}, due at {due}"
        elif seen and isinstance(what, StepStarted | StepHedged | StepRetried):
            yield "after-the-bound", f"{what} after {sorted(seen)}"
    over = told.events[-1].at
    for name, due in (("deadline", flow.deadline), ("max_model_calls", flow.spends)):
        if due is not None and due < over - EPS and name not in seen:
            yield "bound", f"nothing told of {name} at {due}, over at {over}"
