"""A failed step is tried again after a wait, if its error may pass."""

from random import Random

import anyio
import pytest

from dagplan import Limits, Retry, Revision, execute_plan
from dagplan.errors import ToolError
from dagplan.events import (
    Event,
    StepCancelled,
    StepFailed,
    StepResult,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepSucceeded,
)
from dagplan.scheduler import open_execution
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.settings import RunSettings
from tests.scheduler.plans import plan, step
from tests.scheduler.script import LATE, Do, RefusedError, Script, named, never, told

ONE = plan(step("a"))
EXACT = Retry(attempts=3, backoff=1, jitter=0)


def wrapped(error: Exception) -> Exception:
    wrapper = ToolError("the tool failed")
    wrapper.__cause__ = error
    return wrapper


# --- how often and when -----------------------------------------------------


async def test_a_transient_error_is_tried_again_after_exact_waits():
    script = Script({"a": [LATE, LATE, Do(1.0)]})
    run = await execute_plan(ONE, script, retry=EXACT)
    assert told(run, "a") == [
        StepStarted(0.0, "a", 1),
        StepRetried(1.0, "a", 1, "TimeoutError: late", "TimeoutError", 1.0),
        StepStarted(2.0, "a", 2),
        StepRetried(3.0, "a", 2, "TimeoutError: late", "TimeoutError", 2.0),
        StepStarted(5.0, "a", 3),
        StepSucceeded(6.0, "a", "a", 3),
    ]
    assert script.starts == [(0.0, "a", 1), (2.0, "a", 2), (5.0, "a", 3)]
    assert run.results["a"] == StepResult("succeeded", "a", None, 3, 0.0, 6.0)


async def test_after_the_last_attempt_the_step_fails_with_its_last_error():
    last = Do(1.0, ConnectionError("lost"))
    run = await execute_plan(ONE, Script({"a": [LATE, LATE, last]}), retry=EXACT)
    assert told(run, "a")[-1] == StepFailed(
        6.0, "a", "ConnectionError: lost", "ConnectionError"
    )
    assert run.results["a"] == StepResult(
        "failed", None, "ConnectionError: lost", 3, 0.0, 6.0
    )
    assert len(named(run, StepFailed)) == 1


async def test_a_lasting_error_fails_the_step_at_once():
    script = Script({"a": [Do(1.0, ValueError("no"))]})
    run = await execute_plan(ONE, script, retry=EXACT)
    assert told(run, "a") == [
        StepStarted(0.0, "a", 1),
        StepFailed(1.0, "a", "ValueError: no", "ValueError"),
    ]


async def test_an_error_may_pass_once_and_then_last():
    script = Script({"a": [LATE, Do(1.0, ValueError("no"))]})
    run = await execute_plan(ONE, script, retry=EXACT)
    assert run.results["a"] == StepResult("failed", None, "ValueError: no", 2, 0.0, 3.0)


async def test_unless_told_nothing_is_tried_again():
    run = await execute_plan(ONE, Script({"a": [LATE]}))
    assert run.results["a"].attempts == 1


async def test_no_wait_is_longer_than_the_longest():
    retry = Retry(attempts=5, backoff=1, factor=10, max_backoff=20, jitter=0)
    run = await execute_plan(ONE, Script({"a": [LATE]}), retry=retry)
    waits = [e.wait for e in named(run, StepRetried)]
    assert waits == [1.0, 10.0, 20.0, 20.0]


async def test_without_backoff_it_is_tried_again_at_once():
    script = Script({"a": [Do(0.0, TimeoutError()), Do(0.0, TimeoutError()), Do()]})
    run = await execute_plan(ONE, script, retry=Retry(attempts=3, backoff=0))
    assert script.moments("a") == [0.0, 0.0, 0.0]
    assert run.outcome == "answered"


async def test_jitter_comes_from_the_chance_that_is_passed_in():
    retry = Retry(attempts=3, backoff=8, factor=1, jitter=0.5)
    script = Script({"a": [LATE]})
    await execute_plan(ONE, script, retry=retry, chance=Random(7).random)
    chance = Random(7).random
    first, second = (8 * (1 - 0.5 * chance()) for _ in range(2))
    assert script.moments("a") == pytest.approx([0, 1 + first, 2 + first + second])
    assert 4 < first != second > 4


async def test_steps_that_failed_together_do_not_come_back_together():
    script = Script({"a": [LATE, Do()], "b": [LATE, Do()]})
    await execute_plan(
        plan(step("a"), step("b")), script, retry=Retry(), chance=Random(1).random
    )
    assert script.moments("a")[0] == script.moments("b")[0]
    assert abs(script.moments("a")[1] - script.moments("b")[1]) > 0.01


@pytest.mark.parametrize(
    ("after", "wait"), [(None, 2.0), (0.5, 2.0), (2.5, 2.5), (120, 120.0)]
)
async def test_the_longer_of_backoff_and_retry_after_is_waited(after, wait):
    script = Script({"a": [Do(1.0, RefusedError(after)), Do()]})
    retry = Retry(attempts=2, backoff=2, jitter=0)
    run = await execute_plan(ONE, script, retry=retry, chance=never)
    assert [e.wait for e in named(run, StepRetried)] == [wait]
    assert script.moments("a") == [0.0, 1.0 + wait]


async def test_no_jitter_cuts_a_retry_after_short():
    script = Script({"a": [Do(1.0, RefusedError(9)), Do()]})
    run = await execute_plan(ONE, script, retry=Retry(jitter=1), chance=lambda: 1.0)
    assert [e.wait for e in named(run, StepRetried)] == [9.0]
    assert script.moments("a")[1] >= 10.0


async def test_whoever_asks_to_wait_too_long_is_not_asked_again():
    run = await execute_plan(
        ONE, Script({"a": [Do(1.0, RefusedError(121))]}), retry=EXACT
    )
    assert run.results["a"].status == "failed"
    assert run.results["a"].ended == 1.0


# --- for which steps and errors ---------------------------------------------


async def test_a_tool_and_a_step_may_have_a_policy_of_their_own():
    retry = Retry(
        attempts=2,
        backoff=0,
        per_tool={"pay": Retry(attempts=1)},
        per_step={"dear": Retry(attempts=4, backoff=0)},
    )
    steps = [
        step("plain"),
        step("agent", tool=None),
        step("paid", tool="pay"),
        step("dear", tool="pay"),
    ]
    script = Script({key: [LATE] for key in ["plain", "agent", "paid", "dear"]})
    run = await execute_plan(plan(*steps), script, retry=retry)
    assert {k: r.attempts for k, r in run.results.items()} == {
        "plain": 2,
        "agent": 2,
        "paid": 1,
        "dear": 4,
    }


@pytest.mark.parametrize(
    ("errors", "error", "attempts"),
    [
        (ValueError, ValueError(), 3),
        (ValueError, TimeoutError(), 1),
        ((KeyError, ValueError), KeyError("k"), 3),
        (KeyError, wrapped(KeyError("k")), 3),
        (ToolError, wrapped(KeyError("k")), 3),
        ((), TimeoutError(), 1),
        (lambda error: "odd" in str(error), RuntimeError("odd"), 3),
        (lambda error: "odd" in str(error), RuntimeError("even"), 1),
    ],
)
async def test_errors_are_told_by_their_class_or_by_a_function(errors, error, attempts):
    retry = Retry(attempts=3, backoff=0, errors=errors)
    run = await execute_plan(ONE, Script({"a": [Do(0.0, error)]}), retry=retry)
    assert run.results["a"].attempts == attempts
    assert run.results["a"].status == "failed"


async def test_a_function_that_itself_fails_ends_the_step_alone():
    retry = Retry(attempts=3, errors=lambda error: error.status == 429)  # type: ignore[attr-defined]
    graph = plan(step("a"), step("b"))
    run = await execute_plan(graph, Script({"a": [LATE]}), retry=retry)
    assert run.results["a"].error == (
        "TimeoutError: late; Retry.errors failed on it: AttributeError"
    )
    assert run.results["b"].status == "succeeded"


# --- while it waits ---------------------------------------------------------


async def test_a_waiting_step_holds_no_slot():
    script = Script({"a": [LATE, Do(1.0)], "b": [Do(3.0)]})
    run = await execute_plan(
        plan(step("a"), step("b")),
        script,
        limits=Limits(concurrency=1),
        retry=Retry(attempts=2, backoff=3, jitter=0),
    )
    assert script.starts == [(0.0, "a", 1), (1.0, "b", 1), (4.0, "a", 2)]
    assert run.report.wall == 5.0


async def test_a_waiting_step_is_waiting_and_says_why():
    settings = RunSettings(rules=Rules(never, retry=EXACT))
    async with open_execution(Script({"a": [LATE]}), settings) as execution:
        execution.plan(ONE)
        await anyio.sleep(1.5)
        assert execution.results()["a"] == StepResult(
            "waiting", None, "TimeoutError: late", 1, 0.0, None
        )
        assert not execution.machine.idle


async def test_it_comes_back_to_its_place_before_others_that_wait():
    script = Script(
        {"a": [Do(0.0, TimeoutError()), Do(1.0)]}
        | {key: [Do(1.0)] for key in ["b", "c", "d"]}
    )
    await execute_plan(
        plan(*(step(i) for i in "abcd")),
        script,
        limits=Limits(concurrency=1),
        retry=Retry(attempts=2, backoff=0.5, jitter=0),
    )
    assert script.order() == ["a", "b", "a", "c", "d"]


async def test_dependents_wait_for_the_last_attempt():
    script = Script({"a": [LATE, LATE, Do(1.0)]})
    run = await execute_plan(
        plan(step("a"), step("b", "a"), step("c", "a", optional=("a",))),
        script,
        retry=EXACT,
    )
    assert run.results["b"].started == 6.0
    assert run.results["c"].started == 6.0


async def test_dependents_are_skipped_once_when_the_last_attempt_has_failed():
    run = await execute_plan(
        plan(step("a"), step("b", "a"), step("c", "b")),
        Script({"a": [LATE]}),
        retry=EXACT,
    )
    assert named(run, StepSkipped) == [
        StepSkipped(6.0, "b", "a"),
        StepSkipped(6.0, "c", "b"),
    ]


async def test_a_run_that_is_left_while_a_step_waits_cancels_it():
    seen: list[Event] = []
    script = Script({"a": [LATE]})
    with anyio.move_on_after(1.5):
        await execute_plan(ONE, script, retry=EXACT, on_event=seen.append)
    assert told(seen, "a")[-1] == StepCancelled(1.5, "a")
    assert script.starts == [(0.0, "a", 1)]


async def test_a_step_redefined_while_it_waits_begins_afresh():
    script = Script({"a": [LATE]})
    settings = RunSettings(rules=Rules(never, retry=Retry(attempts=2, backoff=5)))
    async with open_execution(script, settings) as execution:
        execution.plan(ONE)
        await anyio.sleep(2)
        script.attempts = {}
        new = step("a", args={"value": "new"})
        execution.revise(ONE, Revision(steps=[new]))
        await execution.idle()
        await execution.finish("answered")
    assert script.starts == [(0.0, "a", 1), (2.0, "a", 1)]
    assert execution.results()["a"] == StepResult("succeeded", "new", None, 1, 2.0, 2.0)
    assert len(script.keys("a")) == 2


# --- idempotency keys -------------------------------------------------------


async def test_all_attempts_at_a_step_have_one_key_and_no_other_step_has_it():
    lost = [LATE, LATE, Do()]
    script = Script({"a": lost, "b": lost, "each": lost})
    graph = plan(
        step("a"),
        step("b"),
        step("list", args={"value": [5, 5, 5]}),
        step("each", for_each="${list}"),
    )
    await execute_plan(graph, script, retry=EXACT)
    await execute_plan(graph, script, retry=EXACT)
    ids = ["a", "b", "list", "each[0]", "each[1]", "each[2]"]
    assert len(script.calls) == 2 * (5 * 3 + 1)
    assert {i: len(script.keys(i)) for i in ids} == dict.fromkeys(ids, 2)
    assert len(set().union(*map(script.keys, ids))) == 2 * len(ids)


async def test_another_definition_of_a_step_has_another_key():
    script = Script({"a": [Do(0.0, ValueError("no")), Do()]})
    async with open_execution(script, RunSettings()) as execution:
        execution.plan(ONE)
        await execution.idle()
        execution.revise(ONE, Revision(steps=[step("a", args={"q": 1})]))
        await execution.idle()
        await execution.finish("failed")
    assert len(script.calls) == 2
    assert len(script.keys("a")) == 2
