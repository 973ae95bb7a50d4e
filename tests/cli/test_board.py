"""Where a run stands, from its events."""

from dagplan.cli.board import Board
from dagplan.events import (
    Event,
    PlanFinished,
    Revised,
    RunFinished,
    RunStarted,
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
from dagplan.plan import Step

A = Step(id="a", tool="look", args={"q": "x"})
B = Step(id="b", tool="look", args={"q": "${a}"})
C = Step(id="c", tool="look", args={"q": "y"})


def board(*events: Event, now: float = 0.0) -> Board:
    made = Board(lambda: now)
    for event in (
        RunStarted(0.0, "2025-01-01T00:00:00", "q", 16),
        *(StepPlanned(0.0, step.id, step) for step in (A, B, C)),
        PlanFinished(0.0, "It is ${b}."),
        *events,
    ):
        made.take(event)
    return made


def statuses(made: Board) -> dict[str, str]:
    return {step_id: result.status for step_id, result in made.results.items()}


def test_the_plan_is_the_one_that_was_planned():
    made = board()

    assert [step.id for step in made.plan.steps] == ["a", "b", "c"]
    assert made.plan.answer == "It is ${b}."
    assert made.planned
    assert not made.over


def test_steps_stand_where_their_last_event_left_them():
    made = board(
        StepStarted(0.1, "a"),
        StepStarted(0.1, "c"),
        StepFailed(0.3, "a", "no x", "ToolError"),
        StepSkipped(0.3, "b", "a"),
        StepSucceeded(0.5, "c", 7),
        RunFinished(0.6, "answered"),
    )

    assert statuses(made) == {"a": "failed", "c": "succeeded", "b": "skipped"}
    assert made.results["a"].error == "no x"
    assert made.results["b"].error == "needs 'a', which has no value"
    assert (made.results["c"].value, made.results["c"].ended) == (7, 0.5)
    assert (made.done, made.total, made.over) == (1, 3, True)


def test_items_run_in_place_of_their_step_and_do_not_count_as_steps():
    made = board(
        StepStarted(0.1, "a", items=2),
        StepStarted(0.1, "a[0]"),
        StepStarted(0.2, "a[1]"),
        StepSucceeded(0.3, "a[0]", 1),
    )

    assert made.running() == {"a[1]": 0.2}
    assert made.done == 0


def test_cancelled_steps_do_not_run_any_more():
    assert board(StepStarted(0.1, "a"), StepCancelled(0.2, "a")).running() == {}


def test_a_revision_changes_the_plan_and_lets_skipped_steps_wait_again():
    redefined = Step(id="a", tool="look", args={"q": "z"})
    added = Step(id="d", tool="look", args={"q": "z"})
    made = board(
        StepFailed(0.1, "a", "no x", "ToolError"),
        StepSkipped(0.1, "b", "a"),
        Revised(0.2, added=(added,), redefined=(redefined,), dropped=("c",)),
    )

    assert [step.id for step in made.plan.steps] == ["a", "b", "d"]
    assert made.plan.steps[0].args == {"q": "z"}
    assert made.plan.answer is None
    assert statuses(made) == {}


def test_a_step_that_still_cannot_run_stays_skipped_after_a_revision():
    added = Step(id="d", tool="look", args={"q": "${b}"})
    made = board(
        StepFailed(0.1, "a", "no x", "ToolError"),
        StepSkipped(0.1, "b", "a"),
        Revised(0.2, added=(added,)),
    )

    assert statuses(made) == {"a": "failed", "b": "skipped"}


def test_a_revision_forgets_the_items_of_what_it_redefines():
    made = board(
        StepStarted(0.1, "a", items=1),
        StepFailed(0.2, "a[0]", "no", "ToolError"),
        StepFailed(0.2, "a", "no", "ToolError"),
        Revised(0.3, redefined=(A,)),
    )

    assert statuses(made) == {}


def test_time_runs_from_the_start_of_the_run():
    times = iter([10.0, 12.5])
    made = Board(lambda: next(times))
    assert made.elapsed == 0.0
    made.take(RunStarted(0.0, "", "q", None))

    assert made.elapsed == 2.5


def test_computing_is_counted_from_the_first_step_to_the_last():
    cpu = iter([5.0, 5.0, 5.25, 5.75])
    made = Board(lambda: 0.0, lambda: next(cpu))
    assert made.computing == 0.0
    for event in (
        StepStarted(0.1, "a"),
        StepStarted(0.1, "b"),
        StepSucceeded(0.2, "a", 1),
        StepSucceeded(0.3, "b", 1),
    ):
        made.take(event)

    assert made.computing == 0.75


def test_a_step_that_will_be_tried_again_waits_and_says_why():
    events: list[Event] = [
        StepStarted(0.1, "a"),
        StepRetried(0.5, "a", 1, "late", "TimeoutError", 2.0),
    ]
    made = board(*events)

    assert made.running() == {}
    assert made.retrying == {"a": 2.5}
    assert (made.results["a"].status, made.results["a"].error) == ("waiting", "late")
    made.take(StepStarted(2.5, "a", 2))
    assert made.running() == {"a": 2.5}
    assert made.results["a"].error is None
    for end in (
        StepCancelled(1.0, "a"),
        StepFailed(1.0, "a", "no", "E"),
        Revised(1.0, redefined=(A,)),
        Revised(1.0, dropped=("a",)),
    ):
        assert board(*events, end).retrying == {}


def test_hedges_count_as_attempts_of_the_step_that_runs():
    made = board(StepStarted(0.1, "a"), StepHedged(0.5, "a", 2))

    assert made.running() == {"a": 0.1}
    assert made.results["a"].attempts == 2


def test_steps_that_do_not_end_are_named_once():
    stuck = [StepStuck(1, "c", 1), StepStuck(2, "a", 1), StepStuck(3, "c", 2)]

    assert board(*stuck).stuck == ["c", "a"]


def test_a_provider_is_waited_for_as_long_as_it_asked_at_most():
    made = board(Throttled(1.0, "a", "x", 5.0), Throttled(2.0, "c", "x", 1.0))

    assert made.throttled == {"x": 6.0}
