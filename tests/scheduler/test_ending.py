"""A bound of the budget is reached: the machine begins nothing any more."""

import pytest

from dagplan import Hedge, Limits, Retry
from dagplan.events import (
    BudgetReached,
    PlanFinished,
    Revised,
    StepApproved,
    StepCancelled,
    StepFailed,
    StepParked,
    StepPlanned,
    StepSucceeded,
)
from dagplan.scheduler.stimuli import Cancel, Gone, Raised, Returned, Tick
from tests.scheduler.alone import LATE, Alone
from tests.scheduler.plans import plan, step

CHAIN = plan(step("a"), step("b", "a"))
SINGLE = Limits(concurrency=1)
AGAIN = Retry(attempts=3, backoff=10.0)


def reached(at: float, bound: str = "max_tokens") -> BudgetReached:
    return BudgetReached(at, bound, 100, 100)  # type: ignore[arg-type]


def test_what_runs_goes_on_and_what_never_began_is_cancelled_at_once():
    machine = Alone(SINGLE)
    machine.begin(plan(step("a"), step("b", "a"), step("c")))
    assert machine(reached(1.0)) == [StepCancelled(1.0, "b"), StepCancelled(1.0, "c")]
    assert not machine.idle()
    assert machine(Returned(2.0, 1, "found")) == [StepSucceeded(2.0, "a", "found", 1)]
    assert machine.over()


def test_the_deadline_also_cancels_what_runs():
    machine = Alone()
    machine.begin(CHAIN)
    assert machine(reached(1.0, "deadline")) == [Cancel(1), StepCancelled(1.0, "b")]
    assert not machine.idle()
    assert machine(Gone(1.5, 1)) == [StepCancelled(1.5, "a")]
    assert machine.over()


def test_a_step_that_is_past_cancelling_at_the_deadline_keeps_its_value():
    machine = Alone()
    machine.begin(CHAIN)
    machine(reached(1.0, "deadline"))
    assert machine(Returned(1.0, 1, 7)) == [StepSucceeded(1.0, "a", 7, 1)]
    assert machine.over()


def test_a_wait_to_be_tried_again_is_called_off_with_what_went_wrong():
    machine = Alone(retry=AGAIN)
    machine.begin(plan(step("a"), step("b", "a", optional=("a",))))
    machine.raises(1.0, 1)
    assert machine(reached(2.0)) == [
        StepCancelled(2.0, "b"),
        StepFailed(2.0, "a", "TimeoutError: late", "TimeoutError"),
    ]
    assert machine.over()
    assert machine(Tick(20.0)) == []


def test_a_step_that_waits_for_a_slot_after_its_wait_fails_with_what_went_wrong():
    machine = Alone(SINGLE, retry=AGAIN)
    machine.begin(plan(step("a"), step("b")))
    machine.raises(1.0, 1)
    assert machine(Tick(11.0)) == []
    assert machine.statuses() == {"a": "ready", "b": "running"}
    assert machine(reached(12.0)) == [
        StepFailed(12.0, "a", "TimeoutError: late", "TimeoutError")
    ]
    assert not machine.idle()
    machine(Returned(13.0, 2, None))
    assert machine.over()


def test_an_attempt_that_fails_afterwards_is_not_tried_again():
    machine = Alone(retry=AGAIN)
    machine.begin(CHAIN)
    machine(reached(1.0))
    assert machine.raises(2.0, 1) == [
        StepFailed(2.0, "a", "TimeoutError: late", "TimeoutError")
    ]
    assert machine.over()


def test_no_second_attempt_joins_one_that_takes_long():
    machine = Alone(hedge=Hedge(after=5.0))
    machine.begin(plan(step("a")))
    machine(reached(1.0))
    assert machine(Tick(5.0)) == []
    assert machine(Returned(6.0, 1, None)) == [StepSucceeded(6.0, "a", None, 1)]


def test_a_hedge_that_waits_for_a_slot_gets_none():
    machine = Alone(Limits(concurrency=2), hedge=Hedge(after=5.0))
    machine.begin(plan(step("a"), step("b")))
    machine(Tick(5.0))
    machine(reached(5.5))
    assert machine(Returned(6.0, 1, None)) == [StepSucceeded(6.0, "a", None, 1)]


def test_of_a_list_the_items_that_run_end_and_the_others_are_left_out():
    machine = Alone(SINGLE)
    machine.begin(plan(*listed(partial=True)))
    machine(Returned(1.0, 1, ["x", "y"]))
    assert machine(reached(2.0)) == [
        StepCancelled(2.0, "each[1]"),
        StepCancelled(2.0, "end"),
    ]
    value = [{"item": "x", "value": 7}]
    assert machine(Returned(3.0, 2, 7)) == [
        StepSucceeded(3.0, "each[0]", 7, 1),
        StepSucceeded(3.0, "each", value, 1),
    ]
    assert machine.over()


def test_a_list_that_must_be_whole_fails_and_says_what_is_missing():
    machine = Alone(SINGLE)
    machine.begin(plan(*listed()))
    machine(Returned(1.0, 1, ["x", "y"]))
    machine(reached(2.0))
    *_, last = machine(Returned(3.0, 2, 7))
    text = "1 of 2 items failed, first 'y': cancelled"
    assert last == StepFailed(3.0, "each", text, "StepError")


def test_a_list_of_which_no_item_runs_ends_at_once():
    machine = Alone(retry=AGAIN)
    machine.begin(plan(*listed()))
    machine(Returned(1.0, 1, ["x"]))
    machine.raises(2.0, 2)
    error = "TimeoutError: late"
    assert machine(reached(3.0)) == [
        StepCancelled(3.0, "end"),
        StepFailed(3.0, "each[0]", error, "TimeoutError"),
        StepFailed(
            3.0, "each", f"1 of 1 items failed, first 'x': {error}", "StepError"
        ),
    ]
    assert machine.over()


def test_a_list_is_not_gone_over_to_any_more():
    machine = Alone()
    machine.begin(plan(*listed()))
    machine(reached(0.5))
    machine(Returned(1.0, 1, ["x"]))
    assert machine.statuses()["each"] == "cancelled"
    assert machine.over()


def test_a_call_that_waits_for_the_user_is_not_waited_for():
    machine = Alone(ask_first=frozenset({"pay"}))
    (parked,) = machine.begin(plan(step("a", tool="pay")))
    assert isinstance(parked, StepParked)
    assert machine(reached(1.0)) == [StepCancelled(1.0, "a")]
    assert machine.machine.held == []
    yes = StepApproved(2.0, "a", parked.digest, approved=True)
    assert machine(yes) == []


def test_what_is_planned_later_is_cancelled_and_the_plan_can_end():
    machine = Alone()
    machine(StepPlanned(0.0, "a", step("a")))
    machine(reached(1.0))
    told = machine(
        StepPlanned(2.0, "b", step("b")),
        StepPlanned(2.0, "c", step("c", "b")),
        PlanFinished(2.0),
    )
    assert told == [StepCancelled(2.0, "b"), StepCancelled(2.0, "c")]
    machine(Returned(3.0, 1, None))
    assert machine.over()


def test_what_has_effects_and_waits_for_the_whole_plan_never_begins():
    machine = Alone(side_effects=frozenset({"pay"}))
    machine(StepPlanned(0.0, "a", step("a", tool="pay")))
    assert machine(reached(1.0)) == [StepCancelled(1.0, "a")]
    assert machine(PlanFinished(2.0)) == []
    assert machine.over()


def test_what_a_revision_adds_is_cancelled():
    machine = Alone()
    machine.begin(plan(step("a")))
    machine.raises(1.0, 1)
    machine(reached(2.0))
    told = machine(Revised(3.0, added=(step("b"),), redefined=(step("a"),)))
    assert {event.step_id for event in told} == {"a", "b"}
    assert machine.statuses() == {"a": "cancelled", "b": "cancelled"}


def test_goals_that_will_not_be_reached_end_the_run():
    machine = Alone(until=["b"])
    machine.begin(CHAIN)
    assert machine(reached(1.0)) == [StepCancelled(1.0, "b"), Cancel(1)]


@pytest.mark.parametrize("bound", ["max_model_calls", "max_cost", "deadline"])
def test_a_second_bound_changes_nothing_but_the_deadline(bound):
    machine = Alone()
    machine.begin(CHAIN)
    machine(reached(1.0))
    ended = [Cancel(1)] if bound == "deadline" else []
    assert machine(reached(2.0, bound)) == ended


def test_ten_thousand_steps_that_free_one_another_are_called_off_without_recursion():
    steps = [step("s0"), *(step(f"s{n}", f"s{n - 1}") for n in range(1, 10_000))]
    machine = Alone()
    machine.begin(plan(*steps))
    assert len(machine(reached(1.0))) == 9_999
    assert len(machine(Raised(2.0, 1, LATE, "late"))) == 1
    assert machine.over()


def listed(*, partial=False):
    return (
        step("a"),
        step("each", for_each="${a}", partial=partial),
        step("end", "each"),
    )
