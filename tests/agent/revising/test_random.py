"""Random plans, and a replanner that wants random things at random moments."""

from random import Random
from typing import Any

import anyio
import pytest

from dagplan import Budget, Plan, PlanError, Revision, Step
from dagplan.agent import Agent
from dagplan.agent.answer import Invocation
from dagplan.events import Event, Revised, RunResumed, StepStarted, StepSucceeded
from dagplan.history import History
from dagplan.journal import MemoryJournal
from dagplan.policy import Replan
from dagplan.protocols import ReplanRequest, StepCall
from dagplan.scheduler import open_record
from dagplan.scheduler.rules import Rules
from dagplan.testing import ScriptedPlanner

MODES: list[Replan] = ["idle", "eager", "step", "never"]


class Whims:
    """Wants random changes, many of which cannot be made.

    Attributes:
        early: How often it was asked while steps ran.
        made: How many changes it wanted.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._names = 0
        self.early = 0
        self.made = 0

    async def decide(self, request: ReplanRequest, /) -> Revision | str | None:
        random = self._random
        self.early += request.still_running
        await anyio.sleep(random.choice([0.0, 0.3, 1.1, 2.7]))
        if not request.may_revise:
            return "done"
        kind = random.random()
        if kind < 0.15:
            return "done"
        if kind < 0.3:
            return None
        self.made += 1
        return self._change(request.plan)

    def _change(self, plan: Plan) -> Revision:
        random = self._random
        known = [step.id for step in plan.steps]
        drop = random.sample(known, random.choice([0, 0, 1, 2]) % (len(known) + 1))
        steps = [self._step(known, self._new()) for _ in range(random.randrange(3))]
        again = random.sample(known, random.choice([0, 0, 1]) % (len(known) + 1))
        earlier = [name for name in known if name not in again]
        steps += [self._step(earlier, name) for name in again]
        return Revision(steps=steps, drop=drop)

    def _new(self) -> str:
        self._names += 1
        return f"n{self._names}"

    def _step(self, known: list[str], name: str) -> Step:
        needs = self._random.sample(known, min(len(known), self._random.randrange(3)))
        task = f"{self._random.random():.3f}"
        return Step(id=name, task=task, depends_on=needs)


def random_plan(random: Random) -> Plan:
    names = [f"s{number}" for number in range(random.randrange(2, 8))]
    steps = [
        Step(
            id=name,
            task=name,
            depends_on=random.sample(names[:at], min(at, random.randrange(3))),
        )
        for at, name in enumerate(names)
    ]
    return Plan(steps=steps)


def runner(seed: int) -> Any:
    """Steps last and fail by what they are: the same work has the same end."""

    async def run_step(call: StepCall) -> str:
        fate = Random(f"{seed} {call.id} {call.task}")
        await anyio.sleep(fate.choice([0.0, 0.2, 1.0, 3.0]))
        if fate.random() < 0.35:
            raise LookupError(call.id)
        return call.task

    return run_step


async def play(seed: int, cuts: int = 0) -> tuple[list[Event], Whims]:
    """Ask a question; so often is the run cut off and goes on from its record."""
    random = Random(seed)
    plan, whims, journal = random_plan(random), Whims(random), MemoryJournal()
    events: list[Event] = []
    for cut in range(cuts + 1):
        most = random.choice([0.1, 1.0, 2.5]) if cut < cuts else 1_000.0
        events.clear()
        with anyio.move_on_after(most) as limit:
            async with open_record(journal, "mine") as record:
                await go_on(seed, plan, whims, Invocation(events.append, record))
        assert cut < cuts or not limit.cancelled_caught
    return events, whims


async def go_on(seed: int, plan: Plan, whims: Whims, invocation: Invocation) -> None:
    random = Random(seed)
    agent = Agent(
        planner=ScriptedPlanner(plan),
        replanner=whims,
        run_step=runner(seed),
        rules=Rules(lambda: 0.0, slots=random.choice([None, 1, 2])),
        budget=Budget(replans=random.randrange(6)),
        replan=MODES[seed % len(MODES)],
    )
    try:
        await agent.answer("why?", invocation)
    except PlanError:
        # It wanted the impossible three times.
        assert whims.made >= 3


def check(events: list[Event]) -> None:
    """Walk through the events: nothing that has begun is changed under the run."""
    history, begun = History(), list[tuple[str, Step]]()
    succeeded: set[str] = set()
    for event in events:
        if isinstance(event, Revised):
            check_change(event, history)
            succeeded -= {*event.dropped}
        if isinstance(event, RunResumed):
            # What was cut off or failed may run again.
            begun = [(name, step) for name, step in begun if name in succeeded]
        if isinstance(event, StepStarted):
            step = next(s for s in history.plan.steps if s.id == event.step_id)
            # No work is done twice.
            assert (event.step_id, step) not in begun
            begun.append((event.step_id, step))
        if isinstance(event, StepSucceeded):
            assert event.step_id not in succeeded
            succeeded.add(event.step_id)
        history.take(event)
    names = {step.id for step in history.plan.steps}
    assert succeeded <= names
    assert all(history.steps[name].status == "succeeded" for name in succeeded)
    final = {"succeeded", "failed", "skipped", "cancelled"}
    assert all(history.steps[name].status in final for name in names)


OPEN = ("waiting", "failed", "skipped", "cancelled")  # cut off, and waiting again


def check_change(event: Revised, history: History) -> None:
    status = {name: past.status for name, past in history.steps.items()}
    known = {step.id for step in history.plan.steps}
    for step in event.redefined:
        assert status.get(step.id, "waiting") in OPEN
    for step in event.added:
        assert step.id not in known
    for name in event.dropped:
        assert name in known
        assert status.get(name) != "succeeded"


@pytest.mark.parametrize("cuts", [0, 1, 3])
@pytest.mark.parametrize("start", range(0, 80, 20))
async def test_nothing_that_has_begun_is_changed_done_twice_or_lost(
    start: int, cuts: int
):
    early = changes = 0
    for seed in range(start, start + 20):
        events, whims = await play(seed, cuts)
        check(events)
        early += whims.early
        changes += sum(isinstance(event, Revised) for event in events)
    assert early
    assert changes
