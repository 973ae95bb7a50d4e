"""The report is a fold of events: every figure is a difference of two moments."""

import pytest

from dagplan.events import (
    ModelCalled,
    PlanFinished,
    Revised,
    RunFinished,
    RunStarted,
    StepFailed,
    StepPlanned,
    StepSkipped,
    StepStarted,
    StepSucceeded,
    Tokens,
)
from dagplan.plan import Step
from dagplan.report import report


def planned(at, step_id, *depends_on):
    return StepPlanned(
        at, step_id, Step(id=step_id, task="t", depends_on=[*depends_on])
    )


def called(role, started, ended, tokens=None):
    return ModelCalled(ended, role, None, "m", tokens, started, ended)


TWO_CHAINS = [
    RunStarted(0, "2026-01-01T00:00:00+00:00", "?", 2),
    called("planner", 0, 1, Tokens(100, 20)),
    planned(1, "a"),
    planned(1, "b", "a"),
    planned(1, "c"),
    PlanFinished(1),
    StepStarted(1, "a"),
    StepStarted(1, "c"),
    StepSucceeded(3, "a", 1),
    StepStarted(3, "b"),
    StepFailed(4, "c", "no", "ValueError"),
    StepSucceeded(7, "b", 2),
    called("replanner", 7, 9, Tokens(50, 5)),
    RunFinished(9, "answered"),
]


def test_the_figures_of_a_run():
    figures = report(TWO_CHAINS)
    assert figures.wall == 9
    assert figures.first_step == 1
    assert figures.planning == 1
    assert figures.answering == 2
    assert figures.serial_sum == 1 + (2 + 4 + 3) + 2
    assert figures.critical_path == 1 + (2 + 4) + 2
    assert figures.lower_bound == 9
    assert figures.speedup == pytest.approx(12 / 9)
    assert figures.efficiency == 1
    assert figures.steps == {"failed": 1, "succeeded": 2}
    assert figures.model_calls == {"planner": 1, "replanner": 1}
    assert figures.tokens == Tokens(150, 25)


def test_with_one_slot_the_bound_is_the_work():
    one_slot = [RunStarted(0, "", "?", 1), *TWO_CHAINS[1:]]
    assert report(one_slot).lower_bound == 1 + 9 + 2


def test_the_time_of_a_revision_is_planning():
    events = [
        *TWO_CHAINS[:12],
        Revised(9, added=(Step(id="d", task="t", depends_on=["b"]),)),
        StepStarted(9, "d"),
        StepSucceeded(10, "d", 3),
        RunFinished(10, "answered"),
    ]
    figures = report(events)
    assert figures.planning == 1 + 2
    assert figures.answering == 0
    assert figures.critical_path == 3 + (2 + 4 + 1)


def test_items_count_each_and_their_step_does_not():
    events = [
        RunStarted(0, "", "", None),
        planned(0, "each"),
        PlanFinished(0),
        StepStarted(0, "each", items=2),
        StepStarted(0, "each[0]"),
        StepStarted(0, "each[1]"),
        StepSucceeded(1, "each[0]", 1),
        StepSucceeded(4, "each[1]", 1),
        StepSucceeded(4, "each", []),
        RunFinished(4, "answered"),
    ]
    figures = report(events)
    assert figures.steps == {"succeeded": 2}
    assert figures.serial_sum == 5
    assert figures.critical_path == 4


def test_skipped_steps_are_counted():
    events = [*TWO_CHAINS[:-1], StepSkipped(8, "x", "c"), TWO_CHAINS[-1]]
    assert report(events).steps == {"failed": 1, "skipped": 1, "succeeded": 2}


def test_a_run_that_has_not_ended_has_a_report_so_far():
    assert report(TWO_CHAINS[:9]).wall == 3
    assert report([]).speedup == 1


def test_what_a_redefined_step_took_before_counts_but_not_in_its_new_chain():
    events = [
        RunStarted(0, "", "", None),
        planned(0, "a"),
        planned(0, "b"),
        PlanFinished(0),
        StepStarted(0, "a"),
        StepStarted(0, "b"),
        StepFailed(1, "a", "no", "ValueError"),
        StepSucceeded(1, "b", 1),
        Revised(1, redefined=(Step(id="a", task="t", depends_on=["b"]),)),
        StepStarted(1, "a"),
        StepSucceeded(2, "a", 2),
        RunFinished(2, "answered"),
    ]
    figures = report(events)
    assert figures.wall == figures.critical_path == 2
    assert figures.serial_sum == 3
    assert figures.efficiency == 1
    assert figures.steps == {"succeeded": 2}


def test_while_steps_run_nothing_is_answering():
    figures = report([*TWO_CHAINS[:10], StepFailed(5, "c", "no", "ValueError")])
    assert figures.answering == 0
    assert figures.efficiency <= 1
