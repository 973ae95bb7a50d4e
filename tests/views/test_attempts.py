from dagplan.events import (
    Revised,
    RunStarted,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepRetried,
    StepStarted,
    StepSucceeded,
)
from dagplan.views.attempts import Attempt, attempt_log
from tests.views.plans import eventful


def test_each_attempt_has_its_times_its_outcome_and_its_error() -> None:
    found = attempt_log(
        [
            StepStarted(0.0, "a"),
            StepRetried(1.0, "a", 1, "late", "TimeoutError", 0.5),
            StepStarted(1.5, "a", 2),
            StepFailed(2.0, "a", "no", "ValueError"),
            StepStarted(2.0, "b"),
            StepCancelled(2.5, "b"),
        ]
    )

    assert found.attempts == (
        Attempt("a", 1, 0.0, 1.0, "failed", "late"),
        Attempt("a", 2, 1.5, 2.0, "failed", "no"),
        Attempt("b", 1, 2.0, 2.5, "cancelled"),
    )


def test_where_one_attempt_wins_the_one_beside_it_was_cancelled() -> None:
    found = attempt_log(
        [
            StepStarted(0.0, "a"),
            StepHedged(1.0, "a", 2),
            StepSucceeded(1.5, "a", "x", 2),
        ]
    )

    assert found.attempts == (
        Attempt("a", 1, 0.0, 1.5, "cancelled"),
        Attempt("a", 2, 1.0, 1.5, "succeeded", hedge=True),
    )


def test_what_goes_on_runs_up_to_the_last_event() -> None:
    found = attempt_log([StepStarted(0.0, "a"), StepStarted(2.0, "b")])

    assert found.attempts[0] == Attempt("a", 1, 0.0, 2.0, "running")
    assert found.total == 2.0


def test_the_number_of_attempts_that_run_is_known_at_each_moment() -> None:
    assert attempt_log(eventful()).running() == [
        (0.5, 2),
        (1.0, 1),
        (1.25, 2),
        (1.5, 3),
        (2.0, 1),
        (2.5, 2),
        (3.0, 1),
        (3.5, 0),
        (4.0, 1),
        (5.0, 0),
    ]


def test_a_for_each_step_itself_takes_no_slot() -> None:
    names = [attempt.step_id for attempt in attempt_log(eventful()).attempts]

    assert names == ["a", "b", "b", "a", "c[0]", "c[1]", "d"]


def test_what_a_revision_drops_runs_no_longer() -> None:
    found = attempt_log(
        [
            StepStarted(0.0, "a"),
            StepStarted(0.0, "b[0]"),
            StepStarted(0.0, "c"),
            Revised(1.0, dropped=("a", "b")),
            StepSucceeded(2.0, "c", 1),
        ]
    )

    assert [(a.step_id, a.ended, a.outcome) for a in found.attempts] == [
        ("a", 1.0, "cancelled"),
        ("b[0]", 1.0, "cancelled"),
        ("c", 2.0, "succeeded"),
    ]


def test_no_more_attempts_run_than_there_are_slots() -> None:
    """The first attempt may have failed meanwhile, of which nobody tells."""
    found = attempt_log(
        [
            RunStarted(0.0, "", "", 2),
            StepStarted(0.0, "a"),
            StepHedged(1.0, "a", 2),
            StepStarted(2.0, "b"),
        ]
    )

    assert found.running() == [(0.0, 1), (1.0, 2), (2.0, 0)]
