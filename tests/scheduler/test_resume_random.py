"""Random plans, cut off after random commits and resumed until they end."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import anyio
import pytest

from dagplan import Limits, Plan, Run, execute_plan
from dagplan.events import Event, StepStarted, StepSucceeded
from dagplan.plan.digest import digest
from dagplan.protocols import Journal, StepCall
from tests.scheduler.records import Noting, holding
from tests.simulate.case import Flow
from tests.simulate.plans import case_of


class World:
    """Runs steps whose values tell all that they were given, and that fail by chance.

    Args:
        flow: The plan.
        seed: Decides which steps and items fail.
        process: Decides which others fail this time only; None for none.
    """

    def __init__(self, flow: Flow, seed: int, process: int | None = None) -> None:
        self._process = process
        self._makes = {task.id: task.makes for task in flow.tasks}
        self._seed = seed
        self.begun: list[str] = []

    async def __call__(self, call: StepCall) -> object:
        self.begun.append(call.idempotency_key)
        dice = Random(f"{self._seed} {call.step.id} {call.inputs.get('item')}")
        await anyio.sleep(dice.choice((0.0, 1.0, 2.0)))
        if dice.random() < 0.15:
            raise ValueError(f"no {call.step.id}")
        late = Random(f"{self._process} {dice.random()}")
        if self._process is not None and late.random() < 0.15:
            raise TimeoutError("not this time")
        told = digest([call.step.id, dict(call.args), dict(call.inputs)])
        makes = self._makes[call.step.id]
        return told if makes is None else [told[: i % 3 + 2] for i in range(makes)]


def told(run: Run) -> Mapping[str, object]:
    """Return what a run came to."""
    return {
        step_id: (result.status, result.value)
        for step_id, result in run.results.items()
    }


async def played(plan: Plan, world: World, journal: Journal) -> Run:
    limits = Limits(concurrency=3)
    return await execute_plan(plan, world, limits=limits, journal=journal, run_id="r")


def finished(events: Sequence[Event]) -> set[str]:
    """Return the digests of the work whose result was committed."""
    begun: dict[str, str] = {}
    done: set[str] = set()
    for event in events:
        if isinstance(event, StepStarted) and event.digest is not None:
            begun[event.step_id] = event.digest
        elif isinstance(event, StepSucceeded):
            done.add(begun[event.step_id])
    return done


@pytest.mark.parametrize("fails_at_times", [False, True])
@pytest.mark.parametrize("seed", range(150))
async def test_a_run_comes_to_the_same_however_often_it_is_cut_off(
    seed: int, fails_at_times
):
    dice = Random(seed)
    flow = case_of(seed).flows[0]
    if fails_at_times:
        # Items that were left out once stay so: what they found can differ.
        whole_lists = tuple(replace(task, partial=False) for task in flow.tasks)
        flow = replace(flow, tasks=whole_lists)
    plan = flow.plan()
    whole = await played(plan, World(flow, seed), Noting())
    events: Sequence[Event] = ()
    for process in range(dice.randint(1, 4)):
        journal = Noting()
        world = World(flow, seed, process if fails_at_times else None)
        journal.inner = await holding(events)  # type: ignore[assignment]
        run = await played(plan, world, journal)
        assert fails_at_times or told(run) == told(whole)
        repeated = {f"r-{name}" for name in finished(events)} & {*world.begun}
        assert not repeated
        kept = dice.randint(0, len(journal.batches))
        events = [*events, *(e for b in journal.batches[:kept] for e in b)]
    run = await played(plan, World(flow, seed), await holding(events))
    assert told(run) == told(whole)
