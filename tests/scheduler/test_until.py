"""A run may end when its goals have ended; whatever else runs no longer matters."""

import anyio
import pytest

from dagplan import Limits, Retry, execute_plan, stream_plan
from dagplan.errors import PlanError
from dagplan.events import RunFinished, StepCancelled, StepStarted
from tests.scheduler.plans import plan, step
from tests.scheduler.script import FOREVER, LATE, Do, Script, named

GRAPH = plan(
    step("a"),
    step("goal", "a"),
    step("slow"),
    step("behind", "slow"),
    step("after", "goal"),
)
TIMES = {"a": [Do(1.0)], "goal": [Do(1.0)], "slow": [FOREVER]}
BAD = Do(1.0, ValueError("no"))


async def test_the_run_ends_when_its_goal_has_ended():
    script = Script(TIMES)
    run = await execute_plan(GRAPH, script, until=["goal"])
    assert run.events[-1] == RunFinished(2.0, "answered")
    assert script.cancelled == [(2.0, "slow", 1)]
    assert sorted(e.step_id for e in named(run, StepCancelled)) == [
        "after",
        "behind",
        "slow",
    ]
    assert {k: r.status for k, r in run.results.items()} == {
        "a": "succeeded",
        "goal": "succeeded",
        "slow": "cancelled",
        "behind": "cancelled",
        "after": "cancelled",
    }


async def test_what_is_cancelled_has_times_only_if_it_began():
    run = await execute_plan(GRAPH, Script(TIMES), until=["goal"])
    slow, behind = run.results["slow"], run.results["behind"]
    assert (slow.started, slow.ended, slow.attempts) == (0.0, 2.0, 1)
    assert (behind.started, behind.ended, behind.attempts) == (None, None, 0)


async def test_a_goal_that_fails_ends_the_run_too():
    run = await execute_plan(GRAPH, Script(TIMES | {"goal": [BAD]}), until=["goal"])
    assert run.events[-1] == RunFinished(2.0, "failed")
    assert run.results["slow"].status == "cancelled"


async def test_a_goal_that_is_skipped_ends_the_run_too():
    run = await execute_plan(GRAPH, Script(TIMES | {"a": [BAD]}), until=["goal"])
    assert run.events[-1] == RunFinished(1.0, "failed")
    assert run.results["goal"].status == "skipped"


async def test_a_goal_that_is_tried_again_has_not_ended():
    script = Script(TIMES | {"goal": [LATE, Do(1.0)]})
    retry = Retry(attempts=2, backoff=1, jitter=0)
    run = await execute_plan(GRAPH, script, until=["goal"], retry=retry)
    assert run.events[-1] == RunFinished(4.0, "answered")


async def test_the_last_of_several_goals_counts():
    script = Script({"a": [Do(1.0)], "b": [BAD], "c": [Do(3.0)], "d": [FOREVER]})
    graph = plan(*map(step, "abcd"))
    run = await execute_plan(graph, script, until={"a", "c"})
    assert run.events[-1] == RunFinished(3.0, "answered")
    run = await execute_plan(graph, script, until={"a", "b", "c"})
    assert run.events[-1] == RunFinished(3.0, "failed")


async def test_a_failure_that_is_no_goal_does_not_fail_the_run():
    graph = plan(step("bad"), step("goal", optional=("bad",)))
    run = await execute_plan(graph, Script({"bad": [BAD]}), until=["goal"])
    assert run.outcome == "answered"
    run = await execute_plan(graph, Script({"bad": [BAD]}), until=["bad", "goal"])
    assert run.outcome == "failed"


async def test_a_goal_for_each_waits_for_all_its_items():
    graph = plan(
        step("list", args={"value": [1, 2]}),
        step("each", for_each="${list}"),
        step("slow"),
    )
    times = {"each[0]": [Do(1.0)], "each[1]": [Do(3.0)], "slow": [FOREVER]}
    run = await execute_plan(graph, Script(times), until=["each"])
    assert run.events[-1] == RunFinished(3.0, "answered")
    assert run.results["each"].status == "succeeded"


async def test_the_items_of_a_step_that_is_no_goal_are_cancelled_with_it():
    graph = plan(
        step("list", args={"value": [1, 2]}),
        step("each", for_each="${list}"),
        step("goal"),
    )
    times = {"each": [FOREVER], "goal": [Do(1.0)]}
    run = await execute_plan(
        graph, Script(times), until=["goal"], limits=Limits(concurrency=2)
    )
    ids = ["each", "each[0]", "each[1]"]
    assert {run.results[i].status for i in ids} == {"cancelled"}
    cancelled = [e.step_id for e in named(run, StepCancelled)]
    assert sorted(cancelled) == ids


async def test_what_clings_is_awaited():
    script = Script(TIMES | {"slow": [Do(9.0, clings=0.5)]})
    run = await execute_plan(GRAPH, script, until=["goal"])
    assert run.events[-1] == RunFinished(2.5, "answered")
    assert run.results["goal"].ended == 2.0


async def test_a_step_that_ends_well_although_it_was_cancelled_has_its_value():
    script = Script(TIMES | {"slow": [Do(9.0, swallows=True)]})
    run = await execute_plan(GRAPH, script, until=["goal"])
    assert run.results["slow"].value == "slow"
    assert run.results["behind"].status == "cancelled"


async def test_everything_is_begun_all_the_same():
    script = Script({"goal": [Do(2.0)]})
    await execute_plan(
        plan(step("goal"), step("x"), step("y", "x")), script, until=["goal"]
    )
    assert script.order() == ["goal", "x", "y"]


async def test_when_slots_are_short_what_the_goals_need_goes_first():
    graph = plan(
        step("x"), step("y", "x"), step("z", "y"), step("need"), step("goal", "need")
    )
    script = Script()
    run = await execute_plan(
        graph, script, until=["goal"], limits=Limits(concurrency=1)
    )
    assert script.order() == ["need", "goal"]
    assert len(named(run, StepStarted)) == 2


async def test_nothing_begins_in_the_slot_that_the_last_goal_frees():
    script = Script({"goal": [Do(1.0)]})
    limits = Limits(concurrency=1)
    await execute_plan(
        plan(step("goal"), step("x")), script, until=["goal"], limits=limits
    )
    assert script.order() == ["goal"]


async def test_unknown_goals_are_refused_with_the_remedy():
    with pytest.raises(PlanError, match="unknown-goal") as caught:
        await execute_plan(GRAPH, Script(), until=["goal", "gaol", "none"])
    assert [problem.value for problem in caught.value.problems] == ["'gaol'", "'none'"]
    assert caught.value.problems[0].remedy == "name steps of the plan in until"


async def test_unknown_goals_of_a_stream_are_refused_too():
    with pytest.raises(PlanError, match="unknown-goal"):
        async with stream_plan(GRAPH, Script(), until=["gaol"]):
            pass


async def test_a_stream_ends_with_the_goal():
    async with stream_plan(GRAPH, Script(TIMES), until=["goal"]) as events:
        last = [event async for event in events][-1]
    assert last == RunFinished(2.0, "answered")
    assert events.run is not None
    assert events.run.results["slow"].status == "cancelled"


async def test_the_time_of_the_rest_does_not_matter():
    script = Script(TIMES)
    with anyio.fail_after(3):
        await execute_plan(GRAPH, script, until=["goal"])
    assert script.running == 0
