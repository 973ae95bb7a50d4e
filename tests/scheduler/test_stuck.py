"""An attempt that does not end when it is cancelled is named after a second."""

import anyio
import pytest

from dagplan import Hedge, Retry, Revision, Timeout, execute_plan, stream_plan
from dagplan.events import Event, RunFinished, StepStuck
from dagplan.policy import GRACE
from dagplan.scheduler import open_execution
from dagplan.scheduler.settings import RunSettings
from tests.scheduler.plans import plan, step
from tests.scheduler.script import FOREVER, Do, Script, named

ONE = plan(step("a"))
CLINGS = Do(9.0, clings=3 * GRACE)
ENDS = Do(9.0, clings=0.9 * GRACE)
STUCK = [StepStuck(2.0 + GRACE, "a", 1)]

both = pytest.mark.parametrize(("line", "stuck"), [(CLINGS, STUCK), (ENDS, [])])


@both
async def test_by_its_timeout(line, stuck):
    run = await execute_plan(ONE, Script({"a": [line]}), timeout=Timeout(attempt=2))
    assert named(run, StepStuck) == stuck


@both
async def test_by_the_time_of_its_step(line, stuck):
    run = await execute_plan(ONE, Script({"a": [line]}), timeout=Timeout(step=2))
    assert named(run, StepStuck) == stuck


@both
async def test_by_losing_to_a_hedge(line, stuck):
    run = await execute_plan(
        ONE, Script({"a": [line, Do(1.0)]}), hedge=Hedge(after=1.0)
    )
    assert named(run, StepStuck) == stuck
    assert run.outcome == "answered"


@both
async def test_by_the_end_of_the_goals(line, stuck):
    script = Script({"a": [line], "goal": [Do(2.0)]})
    run = await execute_plan(plan(step("a"), step("goal")), script, until=["goal"])
    assert named(run, StepStuck) == stuck


@both
async def test_by_leaving_the_run(line, stuck):
    seen: list[Event] = []
    with anyio.move_on_after(2):
        await execute_plan(ONE, Script({"a": [line]}), on_event=seen.append)
    assert named(seen, StepStuck) == stuck
    assert seen[-1] == RunFinished(2.0 + line.clings, "cancelled")


@both
async def test_by_leaving_a_stream(line, stuck):
    script = Script({"a": [line], "b": [Do(2.0)]})
    async with stream_plan(plan(step("a"), step("b")), script) as events:
        async for event in events:
            if event.at == 2.0:
                break
    assert events.run is not None
    assert named(events.run, StepStuck) == stuck


@both
async def test_by_a_revision_that_drops_its_step(line, stuck):
    async with open_execution(Script({"a": [line]}), RunSettings()) as execution:
        execution.plan(ONE)
        await anyio.sleep(2)
        execution.revise(ONE, Revision(steps=[], drop=["a"]))
        await execution.over()
        await execution.finish("answered")
    assert named(execution.log.events, StepStuck) == stuck


async def test_it_is_named_once_however_long_it_clings():
    script = Script({"a": [Do(9.0, clings=60.0)]})
    run = await execute_plan(ONE, script, timeout=Timeout(attempt=2, step=30))
    assert named(run, StepStuck) == STUCK


async def test_it_is_named_once_though_the_run_is_left_as_well():
    seen: list[Event] = []
    script = Script({"a": [Do(9.0, clings=60.0)]})
    with anyio.move_on_after(2.5):
        await execute_plan(
            ONE, script, timeout=Timeout(attempt=2), on_event=seen.append
        )
    assert named(seen, StepStuck) == STUCK


async def test_each_attempt_that_clings_is_named():
    script = Script({"a": [CLINGS]})
    run = await execute_plan(
        ONE, script, timeout=Timeout(attempt=2), retry=Retry(attempts=2, backoff=0)
    )
    # The slots are free enough for the second to begin while the first clings.
    assert named(run, StepStuck) == [
        StepStuck(2.0 + GRACE, "a", 1),
        StepStuck(4.0 + GRACE, "a", 2),
    ]


async def test_an_attempt_that_was_never_cancelled_is_not_stuck():
    run = await execute_plan(ONE, Script({"a": [Do(60.0)]}), timeout=Timeout(step=90))
    assert not named(run, StepStuck)


async def test_one_that_ends_at_once_is_not_stuck():
    run = await execute_plan(ONE, Script({"a": [FOREVER]}), timeout=Timeout(attempt=2))
    assert run.events[-1] == RunFinished(2.0, "failed")
    assert not named(run, StepStuck)
