"""The machine alone: events in, commands out, without clock or event loop."""

from functools import partial
from math import inf

import pytest

from dagplan import Hedge, Limits, Retry, Throttle, Timeout
from dagplan.events import (
    PlanFinished,
    Revised,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepPlanned,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepStuck,
    StepSucceeded,
    Throttled,
)
from dagplan.protocols import at_once
from dagplan.scheduler.limits import Share
from dagplan.scheduler.machine import Machine
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.stimuli import (
    Cancel,
    Gone,
    Raised,
    Returned,
    Start,
    Stop,
    Tick,
)
from tests.scheduler.alone import LATE, Alone
from tests.scheduler.plans import plan, step
from tests.scheduler.script import RefusedError, never

CHAIN = plan(step("a"), step("b", "a"))
SINGLE = Limits(concurrency=1)


# --- start and end ----------------------------------------------------------


def test_a_whole_plan_is_weighed_before_its_first_step_starts():
    machine = Alone(SINGLE)
    assert machine.begin(plan(step("x"), *CHAIN.steps)) == [(1, "a", 1)]


def test_a_step_starts_while_the_rest_of_the_plan_still_comes():
    machine = Alone()
    assert machine(StepPlanned(0.0, "b", step("b", "a"))) == []
    assert machine(StepPlanned(1.0, "a", step("a"))) == [(1, "a", 1)]
    assert machine(Returned(2.0, 1, 7)) == [
        StepSucceeded(2.0, "a", 7, 1),
        (2, "b", 1),
    ]
    assert machine(Returned(3.0, 2, 8)) == [StepSucceeded(3.0, "b", 8, 1)]
    assert not machine.idle()
    assert machine(PlanFinished(4.0)) == []
    assert machine.idle()


def test_a_start_is_told_before_it_is_commanded():
    machine = Alone().machine
    first, second = machine.handle(StepPlanned(0.0, "a", step("a")))
    assert first == StepStarted(0.0, "a", 1)
    assert isinstance(second, Start)


def test_a_call_has_the_values_and_seams_of_the_run():
    machine = Alone()
    graph = plan(step("a"), step("b", args={"q": "${a.n}"}))
    machine.begin(graph)
    start = machine.machine.handle(Returned(1.0, 1, {"n": 5}))[-1]
    assert isinstance(start, Start)
    assert start.call.args == {"q": 5}
    assert start.call.inputs == {"a": {"n": 5}}
    assert start.call.idempotency_key.startswith("run-")
    assert start.call.admit is at_once


def test_failures_skip_those_that_require_them_and_no_others():
    machine = Alone()
    graph = plan(*CHAIN.steps, step("c", "b"), step("d", optional=("a",)))
    machine.begin(graph)
    assert machine.raises(1.0, 1, ValueError("no")) == [
        StepFailed(1.0, "a", "ValueError: no", "ValueError"),
        StepSkipped(1.0, "b", "a"),
        StepSkipped(1.0, "c", "b"),
        (2, "d", 1),
    ]


def test_a_step_that_cannot_be_called_fails_and_takes_no_slot():
    machine = Alone(SINGLE)
    machine.begin(plan(step("a"), step("b", args={"q": "${a.n}"}), step("c", "a")))
    failed, start = machine(Returned(1.0, 1, {}))[1:]
    assert isinstance(failed, StepFailed)
    assert (failed.step_id, failed.kind) == ("b", "MissingValueError")
    assert start == (2, "c", 1)
    assert machine.used() == 1
    machine(Returned(2.0, 2, None))
    assert machine.over()
    assert machine.used() == 0


def test_never_more_attempts_than_slots_of_the_run_or_of_all():
    wide = plan(*map(step, "abcd"))
    assert len(Alone(Limits(concurrency=3), slots=2).begin(wide)) == 2
    assert len(Alone(Limits(concurrency=3), slots=9).begin(wide)) == 3
    assert len(Alone(Limits(concurrency=None)).begin(wide)) == 4


def test_items_take_the_place_of_their_step():
    machine = Alone(SINGLE)
    machine.begin(plan(step("l"), step("e", for_each="${l}"), step("z", "e")))
    assert machine(Returned(1.0, 1, ["x", "y"])) == [
        StepSucceeded(1.0, "l", ["x", "y"], 1),
        StepStarted(1.0, "e", 1, items=2),
        (2, "e[0]", 1),
    ]
    assert machine(Returned(2.0, 2, 0)) == [
        StepSucceeded(2.0, "e[0]", 0, 1),
        (3, "e[1]", 1),
    ]
    value = [{"item": "x", "value": 0}, {"item": "y", "value": 1}]
    assert machine(Returned(3.0, 3, 1)) == [
        StepSucceeded(3.0, "e[1]", 1, 1),
        StepSucceeded(3.0, "e", value, 1),
        (4, "z", 1),
    ]


def test_the_ends_of_a_plan_are_what_no_step_waits_for():
    machine = Alone()
    machine.begin(plan(*CHAIN.steps, step("c", "a")))
    assert machine.machine.ends() == ["b", "c"]


# --- retries ----------------------------------------------------------------


def test_a_retry_begins_at_its_moment_and_not_before():
    machine = Alone(retry=Retry(attempts=2, backoff=3, jitter=0))
    machine.begin(CHAIN)
    assert machine.wake_at == inf
    assert machine.raises(1.0, 1) == [
        StepRetried(1.0, "a", 1, "TimeoutError: late", "TimeoutError", 3.0)
    ]
    assert machine.wake_at == 4.0
    assert not machine.idle()
    assert machine(Tick(3.9)) == []
    assert machine(Tick(4.0)) == [(2, "a", 2)]
    assert machine.wake_at == inf
    assert machine.raises(5.0, 2)[0] == StepFailed(
        5.0, "a", "TimeoutError: late", "TimeoutError"
    )


def test_chance_is_asked_once_for_a_retry_and_never_without():
    draws = iter([0.5])
    machine = Machine(
        Rules(lambda: next(draws), retry=Retry(attempts=2, backoff=8, jitter=0.5)),
        Share(Throttle(), lambda: None),
        lambda event: None,
        lambda tool: at_once,
    )
    machine.handle(StepPlanned(0.0, "a", step("a")))
    retried = machine.handle(Raised(0.0, 1, LATE, "late"))[0]
    assert isinstance(retried, StepRetried)
    assert retried.wait == 6.0
    machine.handle(Tick(6.0))
    assert isinstance(machine.handle(Raised(7.0, 2, LATE, "late"))[0], StepFailed)


def test_a_refusal_is_told_before_what_follows_from_it():
    machine = Alone(retry=Retry(attempts=2, backoff=0))
    machine.begin(plan(step("a"), step("b", optional=("a",))))
    error = RefusedError(5)
    throttled, retried = machine.raises(1.0, 1, error)
    assert throttled == Throttled(1.0, "a", "api.test", 5.0)
    assert isinstance(retried, StepRetried)
    assert machine(Tick(6.0)) == [(2, "a", 2)]


# --- timeouts ---------------------------------------------------------------


def test_a_late_attempt_fails_at_once_and_its_slot_is_free_when_it_is_gone():
    machine = Alone(SINGLE, timeout=Timeout(attempt=2))
    machine.begin(plan(step("a"), step("b")))
    assert machine.wake_at == 2.0
    text = "TimeoutError: attempt 1 took longer than 2 s"
    assert machine(Tick(2.0)) == [
        Cancel(1),
        StepFailed(2.0, "a", text, "TimeoutError"),
    ]
    assert machine.used() == 1
    assert machine(Gone(2.5, 1)) == [(2, "b", 1)]
    assert machine(Returned(3.0, 2, None))[0] == StepSucceeded(3.0, "b", None, 1)
    assert machine.wake_at == inf


@pytest.mark.parametrize(
    "ended",
    [Gone(3.5, 1), Returned(3.5, 1, "late"), Raised(3.5, 1, ValueError("no"), "no")],
)
def test_however_a_late_attempt_ends_nothing_follows(ended):
    machine = Alone(SINGLE, timeout=Timeout(attempt=2))
    machine.begin(CHAIN)
    machine(Tick(2.0))
    assert machine.idle()
    assert not machine.over()
    assert machine(Tick(3.0)) == [StepStuck(3.0, "a", 1)]
    assert machine(ended) == []
    assert machine.over()
    assert machine.used() == 0


def test_a_refusal_that_comes_too_late_is_one_all_the_same():
    machine = Alone(timeout=Timeout(attempt=2))
    machine.begin(CHAIN)
    machine(Tick(2.0))
    assert machine.raises(2.5, 1, RefusedError(5)) == [
        Throttled(2.5, "a", "api.test", 5.0)
    ]


def test_the_earliest_of_all_timers_is_the_moment_to_wake():
    machine = Alone(timeout=Timeout(attempt=5, step=9), hedge=Hedge(after=3))
    machine.begin(CHAIN)
    assert machine.wake_at == 3.0
    assert machine(Tick(3.0)) == [StepHedged(3.0, "a", 2), (2, "a", 2)]
    assert machine.wake_at == 5.0
    machine(Returned(4.0, 2, None))
    # The loser is to be gone by then; that of the dependent comes later.
    assert machine.wake_at == 5.0
    machine(Gone(4.0, 1))
    assert machine.wake_at == 7.0


# --- hedges -----------------------------------------------------------------


def test_the_first_success_cancels_the_other_attempt():
    machine = Alone(hedge=Hedge(after=3))
    machine.begin(CHAIN)
    machine(Tick(3.0))
    assert machine(Returned(4.0, 2, "won")) == [
        Cancel(1),
        StepSucceeded(4.0, "a", "won", 2),
        (3, "b", 1),
    ]
    assert machine(Returned(4.1, 1, "lost")) == []
    assert machine.machine.results()["a"].value == "won"


def test_a_hedge_waits_for_a_slot_and_goes_first():
    machine = Alone(Limits(concurrency=2), hedge=Hedge(per_step={"a": Hedge(after=3)}))
    machine.begin(plan(step("a"), step("b"), step("c")))
    assert machine(Tick(3.0)) == []
    assert machine(Returned(5.0, 2, None))[1:] == [StepHedged(5.0, "a", 2), (3, "a", 2)]
    assert machine.raises(6.0, 3) == [(4, "c", 1)]


def test_a_hedge_takes_a_slot_of_its_run():
    machine = Alone(slots=1, hedge=Hedge(after=3))
    machine.begin(plan(step("a"), step("b")))
    assert machine(Tick(3.0)) == []
    assert machine(Returned(4.0, 1, None))[1:] == [(2, "b", 1)]


# --- limits -----------------------------------------------------------------


def test_a_full_window_says_when_to_look_again():
    machine = Alone(Limits(requests_per_minute=1))
    assert machine.begin(plan(step("a"), step("b"))) == [(1, "a", 1)]
    assert machine.wake_at == pytest.approx(60.6)
    assert machine(Tick(60.5)) == []
    assert machine(Tick(60.6)) == [(2, "b", 1)]
    assert machine.wake_at == inf


def test_a_run_that_is_held_up_by_another_is_woken_when_there_is_room():
    throttle, woken = Throttle(SINGLE), list[str]()

    def machine(name):
        throttle.bind("loop", 0.0)
        share = Share(throttle, partial(woken.append, name))
        return Machine(Rules(never), share, lambda event: None, lambda tool: at_once)

    one, other = machine("one"), machine("other")
    one.handle(StepPlanned(0.0, "a", step("a")))
    assert other.handle(StepPlanned(0.0, "b", step("b"))) == []
    assert other.wake_at == inf
    one.handle(Returned(1.0, 1, None))
    assert woken == ["other"]
    assert len(other.handle(Tick(1.0))) == 2


# --- stopping ---------------------------------------------------------------


def test_a_stop_cancels_what_runs_and_ends_what_waits():
    machine = Alone(SINGLE, retry=Retry(attempts=9))
    machine.begin(plan(step("a"), step("b"), step("c", "a")))
    assert machine(Stop(1.0)) == [
        Cancel(1),
        StepCancelled(1.0, "b"),
        StepCancelled(1.0, "c"),
    ]
    assert not machine.idle()
    assert machine(Gone(1.5, 1)) == [StepCancelled(1.5, "a")]
    assert machine.over()
    assert machine(Stop(2.0)) == []


def test_what_ends_by_itself_after_a_stop_has_that_end_and_no_retry():
    machine = Alone(retry=Retry(attempts=9))
    machine.begin(plan(step("a"), step("b")))
    machine(Stop(1.0))
    assert machine(Returned(1.1, 1, 7)) == [StepSucceeded(1.1, "a", 7, 1)]
    assert machine.raises(1.2, 2) == [
        StepFailed(1.2, "b", "TimeoutError: late", "TimeoutError")
    ]
    assert machine.statuses() == {"a": "succeeded", "b": "failed"}


def test_the_end_of_the_goals_is_a_stop():
    machine = Alone(until=["a"])
    machine.begin(plan(step("a"), step("x"), step("b", "a")))
    assert machine(Returned(1.0, 1, None)) == [
        StepSucceeded(1.0, "a", None, 1),
        Cancel(2),
        StepCancelled(1.0, "b"),
    ]


# --- revisions --------------------------------------------------------------


def test_a_dropped_attempt_is_cancelled_and_what_it_returns_is_void():
    machine = Alone(SINGLE)
    machine.begin(plan(step("a"), step("b")))
    assert machine(Revised(1.0, dropped=("a",))) == [Cancel(1)]
    assert machine.statuses() == {"b": "ready"}
    assert machine(Returned(1.5, 1, 7)) == [(2, "b", 1)]
    assert machine.statuses() == {"b": "running"}


def test_a_redefined_step_waits_anew():
    machine = Alone()
    machine.begin(CHAIN)
    machine.raises(1.0, 1, ValueError("no"))
    assert machine.statuses() == {"a": "failed", "b": "skipped"}
    assert machine(Revised(2.0, redefined=(step("a"),))) == [(2, "a", 1)]
    assert machine.statuses() == {"a": "running", "b": "waiting"}


# --- replay -----------------------------------------------------------------


def test_the_same_stimuli_give_the_same_commands():
    def played():
        rules = {
            "retry": Retry(attempts=2, backoff=1, jitter=0),
            "timeout": Timeout(attempt=5),
            "hedge": Hedge(after=2),
        }
        machine = Alone(Limits(concurrency=2), **rules)
        told = machine.begin(plan(*map(step, "abc"), step("d", "a", "b")))
        told += machine.raises(1.0, 1)
        for stimulus in (
            Returned(1.5, 2, 1),
            Tick(2.0),
            Tick(4.0),
            Returned(5.0, 3, 2),
            Tick(6.0),
            Stop(7.0),
        ):
            told += machine(stimulus)
        return told

    assert played() == played()
    assert len(played()) > 10
