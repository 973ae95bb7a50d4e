"""The report is a fold of events: every figure is a difference of two moments."""

import pytest

from dagplan.events import (
    BudgetReached,
    ModelCalled,
    PlanFinished,
    QuestionAnswered,
    QuestionAsked,
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
    Tokens,
)
from dagplan.plan import Step
from dagplan.report import report
from dagplan.usage import Usage


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


def retried(at, step_id, wait, attempt=1):
    return StepRetried(at, step_id, attempt, "late", "TimeoutError", wait)


RETRIED = [
    RunStarted(0, "", "", 1),
    planned(0, "a"),
    planned(0, "b", "a"),
    PlanFinished(0),
    StepStarted(0, "a"),
    retried(2, "a", 0.5),
    StepStarted(3.5, "a", 2),
    StepSucceeded(4.5, "a", 1, 2),
    StepStarted(4.5, "b"),
    StepSucceeded(6.5, "b", 2),
    RunFinished(6.5, "answered"),
]


def test_attempts_are_work_and_the_waits_between_them_only_lengthen_the_chain():
    figures = report(RETRIED)
    assert figures.retries == 1
    assert figures.serial_sum == (2 + 1) + 2
    # It asked to wait 0.5 s; the second after that it waited for a slot.
    assert figures.critical_path == (2 + 0.5 + 1) + 2
    assert figures.lower_bound <= figures.wall
    assert figures.steps == {"succeeded": 2}


def test_waits_of_items_lengthen_the_chain_of_their_step():
    events = [
        RunStarted(0, "", "", None),
        planned(0, "each"),
        PlanFinished(0),
        StepStarted(0, "each", items=2),
        StepStarted(0, "each[0]"),
        StepStarted(0, "each[1]"),
        retried(1, "each[1]", 4),
        StepSucceeded(3, "each[0]", 1),
        StepStarted(5, "each[1]", 2),
        StepSucceeded(6, "each[1]", 1, 2),
        StepSucceeded(6, "each", []),
        RunFinished(6, "answered"),
    ]
    figures = report(events)
    assert figures.serial_sum == 1 + 3 + 1
    assert figures.critical_path == figures.wall == 6


def test_a_hedge_adds_no_work():
    events = [
        RunStarted(0, "", "", 2),
        planned(0, "a"),
        PlanFinished(0),
        StepStarted(0, "a"),
        StepHedged(2, "a", 2),
        StepSucceeded(3, "a", 1, 2),
        StepStuck(4, "a", 1),
        RunFinished(4, "answered"),
    ]
    figures = report(events)
    assert figures.hedges == 1
    assert figures.serial_sum == 3 + 1
    assert figures.lower_bound == 4


def test_what_providers_ask_to_wait_is_added_up():
    wishes = [Throttled(1, None, "api.openai.com", 2.5), Throttled(2, "a", "x", 1)]
    assert report([*TWO_CHAINS[:1], *wishes]).throttled == 3.5


def test_while_a_step_waits_to_be_retried_nothing_is_planned_or_answered():
    redefined = Revised(3, redefined=(Step(id="a", task="t"),))
    events = [*RETRIED[:5], retried(2, "a", 9), redefined]
    figures = report(events)
    assert figures.planning == figures.answering == 0
    assert figures.critical_path == figures.wall == 3
    figures = report([*events, StepStarted(3, "a"), StepSucceeded(5, "a", 1)])
    assert figures.critical_path == 3
    assert figures.serial_sum == 2 + 2


@pytest.mark.parametrize(
    "end", [StepCancelled(3, "a"), StepFailed(3, "a", "late", "TimeoutError")]
)
def test_a_step_may_end_while_it_waits(end):
    figures = report([*RETRIED[:5], retried(2, "a", 9), end, RunFinished(4, "failed")])
    assert figures.critical_path == 2 + 1 + 1
    assert figures.answering == 1
    assert sum(figures.steps.values()) == 1


def test_at_any_moment_no_bound_is_longer_than_the_run():
    for events in (TWO_CHAINS, RETRIED):
        for count in range(len(events) + 1):
            figures = report(events[:count])
            assert figures.lower_bound <= figures.wall * (1 + 1e-9)


def test_no_chain_leads_through_what_a_skipped_step_did_not_wait_for():
    events = [
        RunStarted(0, "", "", None),
        planned(0, "quick"),
        planned(0, "slow"),
        planned(0, "both", "quick", "slow"),
        planned(0, "last", "both"),
        PlanFinished(0),
        StepStarted(0, "quick"),
        StepStarted(0, "slow"),
        StepFailed(1, "quick", "no", "ValueError"),
        StepSkipped(1, "both", "quick"),
        StepStarted(1, "last"),
        StepSucceeded(9, "last", 1),
        StepSucceeded(9, "slow", 1),
        RunFinished(9, "answered"),
    ]
    assert report(events).critical_path == 9
    slow_first = [
        *events[:6],
        StepStarted(0, "slow"),
        StepSucceeded(5, "slow", 1),
        StepStarted(5, "quick"),
        StepFailed(6, "quick", "no", "ValueError"),
        StepSkipped(6, "both", "quick"),
        StepStarted(6, "last"),
        StepSucceeded(14, "last", 1),
        RunFinished(14, "answered"),
    ]
    assert report(slow_first).critical_path == 1 + 8


def test_what_ran_before_a_revision_did_not_wait_for_what_it_redefined():
    redefined = Step(id="a", task="t", depends_on=["slow"])
    events = [
        RunStarted(0, "", "", None),
        planned(0, "slow"),
        planned(0, "a"),
        planned(0, "b", "a"),
        PlanFinished(0),
        StepStarted(0, "slow"),
        StepFailed(0, "a", "no", "ValueError"),
        StepStarted(0, "b"),
        StepFailed(9, "b", "no", "ValueError"),
        Revised(9, redefined=(redefined,)),
        StepSucceeded(10, "slow", 1),
        StepStarted(10, "a"),
        StepSucceeded(12, "a", 1),
        RunFinished(12, "answered"),
    ]
    assert report(events).critical_path == 12


def test_while_a_plan_streams_in_only_the_wait_for_its_first_step_is_planning():
    events = [
        RunStarted(0, "", "?", 16),
        planned(1, "a"),
        StepStarted(1, "a"),
        planned(2, "b"),
        StepStarted(2, "b"),
        StepSucceeded(3, "a", 1),
        called("planner", 0, 4),
        PlanFinished(4),
        StepSucceeded(6, "b", 1),
        RunFinished(6, "answered"),
    ]
    figures = report(events)
    assert figures.planning == 1
    assert figures.serial_sum == 1 + (2 + 4)
    # It could not start sooner: it was written a second after the first.
    assert figures.critical_path == figures.lower_bound == 1 + (1 + 4)
    assert figures.efficiency == 1


def test_a_planner_that_pauses_while_nothing_runs_is_waited_for():
    events = [
        RunStarted(0, "", "?", 16),
        planned(1, "a"),
        StepStarted(1, "a"),
        StepSucceeded(2, "a", 1),
        planned(5, "b"),
        StepStarted(5, "b"),
        PlanFinished(5),
        StepSucceeded(6, "b", 1),
        RunFinished(6, "answered"),
    ]
    figures = report(events)
    assert figures.planning == 1 + 3
    assert figures.critical_path == figures.wall == 6


def test_a_step_written_late_cannot_have_started_before_though_its_needs_were_met():
    events = [
        RunStarted(0, "", "?", 16),
        planned(0, "a"),
        planned(0, "long"),
        StepStarted(0, "a"),
        StepStarted(0, "long"),
        StepSucceeded(1, "a", 1),
        planned(3, "b", "a"),
        StepStarted(3, "b"),
        PlanFinished(3),
        StepSucceeded(4, "long", 1),
        StepSucceeded(5, "b", 1),
        RunFinished(5, "answered"),
    ]
    assert report(events).critical_path == 3 + 2


def test_the_time_in_which_the_user_thinks_is_not_the_planners():
    told = report(
        [
            RunStarted(0, "2026-01-01T00:00:00+00:00", "?", 2),
            called("planner", 0, 1),
            QuestionAsked(1, "d", "Which?"),
            QuestionAnswered(31, "d", "This."),
            called("planner", 31, 33),
            planned(33, "a"),
            PlanFinished(33),
            StepStarted(33, "a"),
            StepSucceeded(35, "a", 1),
            RunFinished(36, "answered"),
        ]
    )
    assert (told.planning, told.answering, told.wall) == (3, 1, 36)
    assert told.critical_path == 6


# --- usage --------------------------------------------------------------------


def spent(role, step_id, tokens, price):
    return ModelCalled(1, role, step_id, "m", tokens, 0, 1, price)


def test_calls_tokens_and_price_are_told_by_role_and_by_step():
    figures = report(
        [
            spent("planner", None, Tokens(100, 10, 50), 0.25),
            spent("reader", "a", Tokens(10, 1), 0.5),
            spent("step", "each[0]", Tokens(20, 2), 1.0),
            spent("step", "each[1]", Tokens(30, 3), 2.0),
        ]
    )
    assert figures.model_calls == {"planner": 1, "reader": 1, "step": 2}
    assert (figures.tokens, figures.price, figures.unpriced) == (
        Tokens(160, 16, 50),
        3.75,
        0,
    )
    assert figures.by_role == {
        "planner": Usage(1, Tokens(100, 10, 50), 0.25),
        "reader": Usage(1, Tokens(10, 1), 0.5),
        "step": Usage(2, Tokens(50, 5), 3.0),
    }
    assert figures.by_step == {
        "a": Usage(1, Tokens(10, 1), 0.5),
        "each": Usage(2, Tokens(50, 5), 3.0),
    }


@pytest.mark.parametrize(
    ("prices", "price", "unpriced", "said"),
    [
        ([], 0.0, 0, "$0.00"),
        ([0.0], 0.0, 0, "$0.00"),
        ([None], None, 1, "unknown"),
        ([None, None], None, 2, "unknown"),
        ([0.0, None], 0.0, 1, "$0.00 and 1 call of unknown price"),
        ([None, 0.5, None], 0.5, 2, "$0.5 and 2 calls of unknown price"),
        ([0.001234], 0.001234, 0, "$0.0012"),
        ([0.00001], 0.00001, 0, "under $0.0001"),
        ([1234.567], 1234.567, 0, "$1,234.57"),
    ],
)
def test_a_price_that_is_not_known_is_not_0_and_a_sum_says_what_it_lacks(
    prices, price, unpriced, said
):
    figures = report([spent("step", "a", None, each) for each in prices])
    assert (figures.price, figures.unpriced) == (price, unpriced)
    assert figures.usage.price_text == said


def test_a_bound_that_is_reached_changes_no_figure():
    events = [*TWO_CHAINS[:-1], BudgetReached(9, "deadline", 9, 9), TWO_CHAINS[-1]]
    assert report(events) == report(TWO_CHAINS)
