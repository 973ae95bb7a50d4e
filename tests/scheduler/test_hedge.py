"""A second attempt joins one that takes long; the first success wins."""

import anyio

from dagplan import Hedge, Limits, Retry, execute_plan
from dagplan.events import (
    Event,
    RunFinished,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepResult,
    StepRetried,
    StepStarted,
    StepSucceeded,
)
from tests.scheduler.plans import plan, step
from tests.scheduler.script import FOREVER, LATE, Do, Script, named, told

ONE = plan(step("a"))
BAD = ValueError("no")


# --- who wins ---------------------------------------------------------------


async def test_a_second_attempt_joins_after_some_time_and_may_win():
    script = Script({"a": [FOREVER, Do(1.0)]})
    run = await execute_plan(ONE, script, hedge=Hedge(after=2))
    assert told(run, "a") == [
        StepStarted(0.0, "a", 1),
        StepHedged(2.0, "a", 2),
        StepSucceeded(3.0, "a", "a", 2),
    ]
    assert script.cancelled == [(3.0, "a", 1)]
    assert run.results["a"] == StepResult("succeeded", "a", None, 2, 0.0, 3.0)
    assert len(script.keys("a")) == 1


async def test_the_first_attempt_may_win_all_the_same():
    script = Script({"a": [Do(3.0), FOREVER]})
    run = await execute_plan(ONE, script, hedge=Hedge(after=2))
    assert told(run, "a")[-1] == StepSucceeded(3.0, "a", "a", 1)
    assert script.cancelled == [(3.0, "a", 2)]


async def test_a_step_that_is_fast_enough_is_left_alone():
    script = Script({"a": [Do(1.9)]})
    run = await execute_plan(ONE, script, hedge=Hedge(after=2))
    assert script.starts == [(0.0, "a", 1)]
    assert not named(run, StepHedged)


async def test_the_loser_is_awaited_and_keeps_its_slot_until_then():
    script = Script({"a": [Do(9.0, clings=0.5), Do(1.0)]})
    graph = plan(step("a"), step("b", "a"), step("c", "a"))
    script.attempts = {**script.attempts, "b": [Do(2.0)], "c": [Do(2.0)]}
    run = await execute_plan(
        graph,
        script,
        limits=Limits(concurrency=2),
        hedge=Hedge(per_step={"a": Hedge(2)}),
    )
    assert script.starts == [
        (0.0, "a", 1),
        (2.0, "a", 2),
        (3.0, "b", 1),
        (3.5, "c", 1),
    ]
    assert script.most == 2
    assert told(run, "a")[-1].at == 3.0


async def test_a_run_does_not_end_before_the_loser():
    script = Script({"a": [Do(9.0, clings=0.5), Do(1.0)]})
    run = await execute_plan(ONE, script, hedge=Hedge(after=2))
    assert run.events[-1] == RunFinished(3.5, "answered")
    assert script.running == 0


async def test_a_loser_that_comes_in_after_all_changes_nothing():
    script = Script({"a": [Do(9.0, BAD, clings=0.5, swallows=True), Do(1.0)]})
    run = await execute_plan(ONE, script, hedge=Hedge(after=2))
    assert [type(event) for event in told(run, "a")] == [
        StepStarted,
        StepHedged,
        StepSucceeded,
    ]


async def test_when_the_first_attempt_fails_the_second_goes_on():
    script = Script({"a": [Do(3.0, BAD), Do(5.0)]})
    run = await execute_plan(ONE, script, hedge=Hedge(after=2))
    assert told(run, "a") == [
        StepStarted(0.0, "a", 1),
        StepHedged(2.0, "a", 2),
        StepSucceeded(7.0, "a", "a", 2),
    ]


async def test_when_the_second_attempt_fails_the_first_goes_on():
    script = Script({"a": [Do(6.0), Do(1.0, BAD)]})
    run = await execute_plan(ONE, script, hedge=Hedge(after=2))
    assert told(run, "a") == [
        StepStarted(0.0, "a", 1),
        StepHedged(2.0, "a", 2),
        StepSucceeded(6.0, "a", "a", 1),
    ]


async def test_only_the_failure_of_the_last_of_them_counts():
    script = Script({"a": [Do(3.0, BAD), Do(5.0, KeyError("last"))]})
    run = await execute_plan(ONE, script, hedge=Hedge(after=2))
    assert named(run, StepFailed) == [
        StepFailed(7.0, "a", "KeyError: 'last'", "KeyError")
    ]
    assert run.results["a"].attempts == 2


async def test_a_retry_follows_the_last_failure_and_hedges_use_none_up():
    lost = TimeoutError("lost")
    script = Script({"a": [Do(3.0, lost), Do(2.0, lost), Do(1.0)]})
    run = await execute_plan(
        ONE, script, hedge=Hedge(after=2), retry=Retry(attempts=2, backoff=1, jitter=0)
    )
    assert told(run, "a") == [
        StepStarted(0.0, "a", 1),
        StepHedged(2.0, "a", 2),
        StepRetried(4.0, "a", 2, "TimeoutError: lost", "TimeoutError", 1.0),
        StepStarted(5.0, "a", 3),
        StepSucceeded(6.0, "a", "a", 3),
    ]
    assert len(script.keys("a")) == 1


# --- how many ---------------------------------------------------------------


async def test_one_attempt_is_joined_once():
    script = Script({"a": [Do(20.0)]})
    await execute_plan(ONE, script, hedge=Hedge(after=2))
    assert script.moments("a") == [0.0, 2.0]


async def test_an_attempt_left_alone_by_its_hedge_is_not_joined_again():
    script = Script({"a": [Do(20.0), Do(1.0, BAD)]})
    await execute_plan(ONE, script, hedge=Hedge(after=2))
    assert script.moments("a") == [0.0, 2.0]


async def test_each_attempt_of_a_retried_step_may_be_joined():
    script = Script({"a": [LATE, FOREVER, Do(1.0)]})
    await execute_plan(
        ONE, script, hedge=Hedge(after=2), retry=Retry(backoff=1, jitter=0)
    )
    assert script.moments("a") == [0.0, 2.0, 4.0]


# --- slots ------------------------------------------------------------------


async def test_a_hedge_waits_for_a_slot_and_goes_before_ready_steps():
    script = Script(
        {"a": [FOREVER, Do(1.0)], "b": [Do(5.0)]} | {key: [Do(1.0)] for key in "cd"}
    )
    run = await execute_plan(
        plan(*(step(i) for i in "abcd")),
        script,
        limits=Limits(concurrency=2),
        hedge=Hedge(per_step={"a": Hedge(after=2)}),
    )
    assert script.starts == [
        (0.0, "a", 1),
        (0.0, "b", 1),
        (5.0, "a", 2),
        (6.0, "c", 1),
        (6.0, "d", 1),
    ]
    assert script.most == 2
    assert run.outcome == "answered"


async def test_a_hedge_that_finds_no_slot_in_time_is_let_go():
    script = Script({"a": [Do(3.0)], "b": [Do(3.0)]})
    await execute_plan(
        plan(step("a"), step("b")),
        script,
        limits=Limits(concurrency=1),
        hedge=Hedge(after=1),
    )
    assert script.starts == [(0.0, "a", 1), (3.0, "b", 1)]


async def test_a_hedge_takes_a_slot_of_its_tool_too():
    script = Script({"a": [Do(5.0)], "b": [Do(5.0)]})
    await execute_plan(
        plan(step("a"), step("b", tool="other")),
        script,
        limits=Limits(per_tool={"work": 1}),
        hedge=Hedge(after=1),
    )
    assert script.starts == [(0.0, "a", 1), (0.0, "b", 1), (1.0, "b", 2)]


# --- for which steps --------------------------------------------------------


async def test_tools_that_must_not_run_twice_are_left_out():
    hedge = Hedge(
        after=2, per_tool={"pay": Hedge()}, per_step={"refund": Hedge(after=3)}
    )
    steps = [step("a"), step("b", tool="pay"), step("refund", tool="pay")]
    script = Script({s.id: [Do(9.0)] for s in steps})
    await execute_plan(plan(*steps), script, hedge=hedge)
    assert {s.id: script.moments(s.id) for s in steps} == {
        "a": [0.0, 2.0],
        "b": [0.0],
        "refund": [0.0, 3.0],
    }


async def test_nothing_is_joined_any_more_once_the_run_stops():
    seen: list[Event] = []
    script = Script({"a": [Do(9.0, clings=5.0)], "goal": [Do(1.0)]})
    await execute_plan(
        plan(step("a"), step("goal")),
        script,
        hedge=Hedge(after=2),
        until=["goal"],
        on_event=seen.append,
    )
    assert script.moments("a") == [0.0]
    assert not named(seen, StepHedged)
    assert seen[-1].at == 6.0


async def test_leaving_a_run_ends_both_attempts_and_the_step_once():
    seen: list[Event] = []
    script = Script({"a": [FOREVER]})
    with anyio.move_on_after(3):
        await execute_plan(ONE, script, hedge=Hedge(after=2), on_event=seen.append)
    assert sorted(script.cancelled) == [(3.0, "a", 1), (3.0, "a", 2)]
    assert named(seen, StepCancelled) == [StepCancelled(3.0, "a")]


# --- learned ----------------------------------------------------------------

TEN = [f"s{i}" for i in range(1, 11)]
TO_TEN = {name: [Do(float(i))] for i, name in enumerate(TEN, 1)}


async def test_the_time_is_learned_also_for_what_had_begun_before():
    script = Script(TO_TEN | {"slow": [FOREVER, Do(1.0)], "next": [FOREVER, Do(1.0)]})
    graph = plan(*map(step, TEN), step("slow"), step("next", "s10"))
    run = await execute_plan(graph, script, hedge=Hedge(quantile=0.5))
    assert named(run, StepHedged) == [
        StepHedged(10.0, "slow", 2),
        StepHedged(15.0, "next", 2),
    ]


async def test_the_learned_time_counts_from_the_start_of_an_attempt():
    script = Script(TO_TEN | {"slow": [FOREVER, Do(1.0)]})
    graph = plan(*map(step, TEN), step("slow", "s6"))
    run = await execute_plan(graph, script, hedge=Hedge(quantile=0.5))
    assert named(run, StepHedged) == [StepHedged(11.0, "slow", 2)]


async def test_until_enough_is_known_a_given_time_holds():
    script = Script(TO_TEN | {"slow": [FOREVER, Do(1.0)]})
    graph = plan(*map(step, TEN), step("slow"))
    run = await execute_plan(graph, script, hedge=Hedge(after=20, quantile=0.1))
    assert named(run, StepHedged) == [StepHedged(10.0, "slow", 2)]
    graph = plan(*map(step, TEN[:9]), step("slow"))
    run = await execute_plan(graph, script, hedge=Hedge(after=20, quantile=0.1))
    assert named(run, StepHedged) == [StepHedged(20.0, "slow", 2)]


async def test_what_was_joined_by_a_given_time_is_not_joined_by_a_learned_one():
    script = Script(TO_TEN | {"slow": [Do(30.0), Do(1.0, BAD)]})
    graph = plan(*map(step, TEN), step("slow"))
    hedge = Hedge(per_step={"slow": Hedge(after=3, quantile=0.5)})
    await execute_plan(graph, script, hedge=hedge)
    assert script.moments("slow") == [0.0, 3.0]


async def test_a_learned_time_takes_the_place_of_the_given_one():
    script = Script(TO_TEN | {"next": [Do(9.0)]})
    graph = plan(*map(step, TEN), step("next", "s10"))
    run = await execute_plan(
        graph, script, hedge=Hedge(quantile=0.5, after=7), limits=Limits(concurrency=11)
    )
    assert StepHedged(15.0, "next", 2) in run.events


async def test_each_tool_is_learned_by_itself():
    script = Script(TO_TEN | {"slow": [Do(30.0)]})
    graph = plan(*map(step, TEN), step("slow", tool="other"))
    run = await execute_plan(graph, script, hedge=Hedge(quantile=0.5))
    assert not named(run, StepHedged)


async def test_failures_teach_nothing():
    quick = {name: [Do(0.1, BAD)] for name in TEN}
    script = Script(quick | {"slow": [Do(30.0)]})
    graph = plan(*map(step, TEN), step("slow"))
    run = await execute_plan(graph, script, hedge=Hedge(quantile=0.5))
    assert not named(run, StepHedged)


async def test_an_attempt_is_joined_once_by_what_is_given_or_by_what_is_learned():
    quick = [step(f"q{i}") for i in range(9)]
    fails = Do(error=ValueError("no"))
    script = Script({"late": [Do(2.0)], "wait": [Do(1.5)], "a": [Do(5.0), fails]})
    run = await execute_plan(
        plan(*quick, step("late"), step("wait", tool="other"), step("a", "wait")),
        script,
        hedge=Hedge(after=1.0, quantile=0.5, per_step={"late": Hedge()}),
    )
    # At 2.0 the tenth step of the tool tells how long they take, and the one that joins
    # then fails; at 2.5 the time that was given is over.
    hedges = [e for e in named(run, StepHedged) if e.step_id == "a"]
    assert [(e.at, e.attempt) for e in hedges] == [(2.0, 2)]
    assert run.results["a"].status == "succeeded"
