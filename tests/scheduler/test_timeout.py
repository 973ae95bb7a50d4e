"""An attempt and a step may take only so long."""

import pytest

from dagplan import Hedge, Limits, Retry, Timeout, execute_plan
from dagplan.events import (
    StepFailed,
    StepHedged,
    StepResult,
    StepRetried,
    StepStarted,
    StepStuck,
    StepSucceeded,
)
from tests.scheduler.plans import plan, step
from tests.scheduler.script import FOREVER, LATE, Do, Script, named, told

ONE = plan(step("a"))
TWICE = Retry(attempts=2, backoff=1, jitter=0)
OUT = "TimeoutError: attempt 1 took longer than 2 s"


# --- an attempt -------------------------------------------------------------


async def test_an_attempt_that_takes_too_long_is_cancelled_and_fails():
    script = Script({"a": [FOREVER]})
    run = await execute_plan(ONE, script, timeout=Timeout(attempt=2))
    assert told(run, "a") == [
        StepStarted(0.0, "a", 1),
        StepFailed(2.0, "a", OUT, "TimeoutError"),
    ]
    assert script.cancelled == [(2.0, "a", 1)]
    assert run.results["a"] == StepResult("failed", None, OUT, 1, 0.0, 2.0)
    assert run.report.wall == 2.0


async def test_an_attempt_that_ends_in_time_does_not():
    run = await execute_plan(ONE, Script({"a": [Do(1.9)]}), timeout=Timeout(attempt=2))
    assert run.results["a"] == StepResult("succeeded", "a", None, 1, 0.0, 1.9)


async def test_a_timeout_is_tried_again_and_each_attempt_has_its_own_time():
    script = Script({"a": [FOREVER, Do(1.9)]})
    run = await execute_plan(ONE, script, timeout=Timeout(attempt=2), retry=TWICE)
    assert told(run, "a") == [
        StepStarted(0.0, "a", 1),
        StepRetried(2.0, "a", 1, OUT, "TimeoutError", 1.0),
        StepStarted(3.0, "a", 2),
        StepSucceeded(4.9, "a", "a", 2),
    ]


async def test_a_timeout_is_an_error_that_may_be_left_untried():
    script = Script({"a": [FOREVER]})
    retry = Retry(attempts=3, errors=ConnectionError)
    run = await execute_plan(ONE, script, timeout=Timeout(attempt=2), retry=retry)
    assert run.results["a"].attempts == 1


async def test_time_spent_waiting_for_a_slot_does_not_count():
    script = Script({"a": [Do(1.5)], "b": [Do(1.5)], "c": [Do(1.5)]})
    run = await execute_plan(
        plan(*(step(i) for i in "abc")),
        script,
        limits=Limits(concurrency=1),
        timeout=Timeout(attempt=2, step=2),
    )
    assert run.outcome == "answered"
    assert run.report.wall == 4.5


async def test_an_attempt_that_clings_keeps_its_slot_until_it_has_ended():
    script = Script({"a": [Do(9.0, clings=0.5), Do(1.0)], "b": [Do(1.0)]})
    run = await execute_plan(
        plan(step("a"), step("b"), step("c", "a")),
        script,
        limits=Limits(concurrency=1),
        timeout=Timeout(attempt=2),
        retry=Retry(attempts=2, backoff=0),
    )
    assert told(run, "a")[1] == StepRetried(2.0, "a", 1, OUT, "TimeoutError", 0.0)
    assert script.starts == [
        (0.0, "a", 1),
        (2.5, "a", 2),
        (3.5, "b", 1),
        (4.5, "c", 1),
    ]
    assert script.most == 1


async def test_what_an_attempt_returns_too_late_does_not_count():
    script = Script({"a": [Do(9.0, clings=0.5, swallows=True)]})
    run = await execute_plan(
        plan(step("a"), step("b", "a")), script, timeout=Timeout(2)
    )
    assert run.results["a"] == StepResult("failed", None, OUT, 1, 0.0, 2.0)
    assert run.results["b"].status == "skipped"
    assert len(told(run, "a")) == 2
    assert run.report.wall == 2.5


async def test_what_an_attempt_raises_too_late_does_not_count():
    late = Do(9.0, ValueError("no"), clings=0.5, swallows=True)
    run = await execute_plan(
        ONE, Script({"a": [late, Do()]}), timeout=Timeout(2), retry=TWICE
    )
    assert run.results["a"] == StepResult("succeeded", "a", None, 2, 0.0, 3.0)
    assert not named(run, StepFailed)


async def test_of_two_attempts_each_has_its_own_time():
    script = Script({"a": [FOREVER, Do(2.5)]})
    run = await execute_plan(ONE, script, timeout=Timeout(attempt=3), hedge=Hedge(2))
    assert told(run, "a") == [
        StepStarted(0.0, "a", 1),
        StepHedged(2.0, "a", 2),
        StepSucceeded(4.5, "a", "a", 2),
    ]
    assert script.cancelled == [(3.0, "a", 1)]


async def test_the_last_of_two_attempts_to_be_late_fails_the_step():
    script = Script({"a": [FOREVER]})
    run = await execute_plan(ONE, script, timeout=Timeout(attempt=3), hedge=Hedge(2))
    assert told(run, "a")[-1] == StepFailed(
        5.0, "a", "TimeoutError: attempt 2 took longer than 3 s", "TimeoutError"
    )
    assert script.cancelled == [(3.0, "a", 1), (5.0, "a", 2)]


# --- a step -----------------------------------------------------------------


async def test_a_step_has_so_long_from_its_first_start():
    script = Script({"a": [LATE, FOREVER]})
    run = await execute_plan(ONE, script, timeout=Timeout(step=5), retry=TWICE)
    assert script.starts == [(0.0, "a", 1), (2.0, "a", 2)]
    assert script.cancelled == [(5.0, "a", 2)]
    text = (
        "TimeoutError: the step took longer than 5 s; before that: TimeoutError: late"
    )
    assert told(run, "a")[-1] == StepFailed(5.0, "a", text, "TimeoutError")
    assert run.results["a"] == StepResult("failed", None, text, 2, 0.0, 5.0)


async def test_a_step_whose_time_is_up_is_not_tried_again():
    script = Script({"a": [FOREVER]})
    run = await execute_plan(
        ONE, script, timeout=Timeout(step=5), retry=Retry(attempts=9, backoff=0)
    )
    assert run.results["a"].attempts == 1
    assert not named(run, StepRetried)


@pytest.mark.parametrize(("backoff", "begun"), [(3.9, [0.0, 4.9]), (4.0, [0.0])])
async def test_no_attempt_is_planned_that_could_only_begin_too_late(backoff, begun):
    script = Script({"a": [LATE]})
    retry = Retry(attempts=2, backoff=backoff, jitter=0)
    run = await execute_plan(ONE, script, timeout=Timeout(step=5), retry=retry)
    assert script.moments("a") == begun
    if len(begun) == 1:
        assert run.results["a"] == StepResult(
            "failed", None, "TimeoutError: late", 1, 0.0, 1.0
        )


async def test_a_step_that_finds_no_slot_again_in_time_fails():
    script = Script({"a": [Do(0.0, TimeoutError("late"))], "b": [Do(10.0)]})
    run = await execute_plan(
        plan(step("a"), step("b"), step("c")),
        script,
        limits=Limits(concurrency=1),
        timeout=Timeout(per_step={"a": Timeout(step=5)}),
        retry=TWICE,
    )
    assert run.results["a"].status == "failed"
    assert run.results["a"].ended == 5.0
    assert script.order() == ["a", "b", "c"]


async def test_both_attempts_end_when_the_time_of_the_step_is_up():
    script = Script({"a": [FOREVER]})
    run = await execute_plan(ONE, script, timeout=Timeout(step=5), hedge=Hedge(2))
    assert sorted(script.cancelled) == [(5.0, "a", 1), (5.0, "a", 2)]
    assert run.results["a"].attempts == 2
    assert len(named(run, StepFailed)) == 1


# --- for which steps --------------------------------------------------------


async def test_a_tool_and_a_step_may_have_a_time_of_their_own():
    timeout = Timeout(
        attempt=1,
        per_tool={"slow": Timeout(attempt=3)},
        per_step={"free": Timeout()},
    )
    steps = [step("a"), step("b", tool="slow"), step("free", tool="slow")]
    script = Script({key: [Do(9.0)] for key in ["a", "b", "free"]})
    run = await execute_plan(plan(*steps), script, timeout=timeout)
    assert {k: r.ended for k, r in run.results.items()} == {
        "a": 1.0,
        "b": 3.0,
        "free": 9.0,
    }


async def test_items_have_their_time_each_by_itself():
    script = Script({"each": [Do(1.5)], "each[1]": [FOREVER]})
    graph = plan(
        step("list", args={"value": [1, 2, 3]}),
        step("each", for_each="${list}", partial=True),
    )
    run = await execute_plan(
        graph, script, limits=Limits(concurrency=1), timeout=Timeout(step=2)
    )
    assert run.results["each"].status == "succeeded"
    assert run.results["each[1]"].status == "failed"
    assert [run.results[f"each[{i}]"].ended for i in range(3)] == [1.5, 3.5, 5.0]


async def test_optional_dependents_go_on_with_none():
    script = Script({"a": [FOREVER]})
    graph = plan(step("a"), step("b", optional=("a",), args={"q": "${a}"}))
    run = await execute_plan(graph, script, timeout=Timeout(attempt=2))
    call = script.calls[-1]
    assert (call.id, call.inputs, call.args) == ("b", {"a": None}, {"q": None})
    assert run.results["b"].started == 2.0
    assert run.outcome == "answered"


async def test_no_timer_is_left_of_an_attempt_that_has_ended():
    script = Script({"a": [Do(1.0)], "b": [Do(9.0)]})
    run = await execute_plan(
        plan(step("a"), step("b", "a")), script, timeout=Timeout(attempt=10, step=10)
    )
    assert run.outcome == "answered"
    assert run.report.wall == 10.0
    assert not named(run, StepStuck)
