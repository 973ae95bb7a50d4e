"""A run's record, folded into what going on with it needs."""

import pytest

from dagplan.errors import SettingsError
from dagplan.events import (
    Event,
    PlanApproved,
    PlanFinished,
    PlanParked,
    QuestionAnswered,
    QuestionAsked,
    Revised,
    RunFinished,
    RunResumed,
    RunStarted,
    StepApproved,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepInDoubt,
    StepParked,
    StepPlanned,
    StepResult,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepSucceeded,
)
from dagplan.history import History, Past, check_run_id, difference
from dagplan.plan import Plan, Step

A, B, EACH = (
    Step(id="a", task="a"),
    Step(id="b", task="${a}"),
    Step(id="each", task="${item}", for_each="${a}"),
)
BEGUN: list[Event] = [
    RunStarted(0.0, "2026-01-01T00:00:00+00:00", "why?", 16, {"model": "m"}),
    *(StepPlanned(1.0, step.id, step) for step in (A, B, EACH)),
    PlanFinished(1.0, "${a}"),
]


def history(*events: Event) -> History:
    return History.of([*BEGUN, *events])


def test_it_knows_what_was_asked_and_what_was_planned():
    known = history()
    assert (known.question, known.note, known.at) == ("why?", {"model": "m"}, 1.0)
    assert known.planned
    assert known.plan == Plan(steps=[A, B, EACH], answer="${a}")
    assert (known.total, known.done, known.outcome) == (3, 0, None)


def test_a_plan_without_its_end_is_not_planned():
    assert not History.of(BEGUN[:-1]).planned


def test_a_revision_changes_the_plan_and_forgets_what_became_of_what_it_changes():
    changed = Step(id="b", task="other")
    new = Step(id="c", task="c")
    known = history(
        StepStarted(2.0, "each", items=1),
        StepStarted(2.0, "each[0]"),
        StepFailed(3.0, "each[0]", "no", "ValueError"),
        StepStarted(3.0, "b"),
        StepFailed(3.0, "b", "no", "ValueError"),
        Revised(4.0, added=(new,), redefined=(changed,), dropped=("each",)),
    )
    assert known.plan == Plan(steps=[A, changed, new])
    assert known.steps == {}
    assert known.replans == 1


def test_what_the_user_changes_is_no_revision_of_the_replanner():
    after = Plan(steps=[A, Step(id="b", task="other"), Step(id="c", task="c")])
    known = history(difference(history().plan, after, 2.0), PlanFinished(2.0, None))
    assert known.plan == after
    assert known.replans == 0


def test_it_knows_how_far_each_step_has_come():
    known = history(
        StepStarted(2.0, "a", digest="d"),
        StepHedged(3.0, "a", 2),
        StepSucceeded(4.0, "a", [1], 2),
        StepStarted(4.0, "b", digest="e"),
        StepFailed(5.0, "b", "no", "ValueError"),
        StepSkipped(5.0, "each", "b"),
    )
    assert known.steps["a"] == Past("a", "succeeded", [1], None, 2, 2.0, 4.0, "d")
    assert known.results() == {
        "a": StepResult("succeeded", [1], None, 2, 2.0, 4.0),
        "b": StepResult("failed", None, "no", 1, 4.0, 5.0),
        "each": StepResult("skipped"),
    }
    assert known.done == 1


def test_items_follow_their_step_in_the_results():
    known = history(
        StepStarted(2.0, "each", items=1),
        StepStarted(2.0, "each[0]"),
        StepSucceeded(3.0, "each[0]", 1),
    )
    assert [*known.results()] == ["a", "b", "each", "each[0]"]


@pytest.mark.parametrize(
    ("ended", "in_doubt"),
    [
        ([], True),
        ([StepCancelled(3.0, "a")], True),
        ([RunResumed(3.0, ""), StepInDoubt(3.0, "a", "d")], True),
        ([StepSucceeded(3.0, "a", 1)], False),
        ([StepFailed(3.0, "a", "no", "ValueError")], False),
        ([StepRetried(3.0, "a", 1, "no", "ValueError", 1.0)], False),
    ],
)
def test_a_step_with_effects_is_in_doubt_unless_it_was_seen_to_end(ended, in_doubt):
    begun = StepStarted(2.0, "a", digest="d", intent=True)
    assert bool(history(begun, *ended).in_doubt()) == in_doubt
    harmless = StepStarted(2.0, "a", digest="d")
    if not any(isinstance(event, StepInDoubt) for event in ended):
        assert not history(harmless, *ended).in_doubt()


def test_it_knows_what_waits_for_the_user_and_what_was_decided():
    parked = StepParked(2.0, "a", "d", None, "a", {})
    assert history(parked).parked == {"d": parked}
    decided = StepApproved(3.0, "a", "d", approved=True)
    known = history(parked, decided)
    assert (known.parked, known.decisions) == ({}, {"d": decided})
    assert history(PlanParked(2.0, "p")).parked_plan == "p"
    known = history(PlanParked(2.0, "p"), PlanApproved(3.0, "p", approved=False))
    assert (known.parked_plan, known.plan_decisions) == (None, {"p": False})


def test_a_run_that_is_resumed_has_no_outcome_any_more():
    known = history(RunFinished(5.0, "answered", "42"))
    assert (known.outcome, known.response) == ("answered", "42")
    known.take(RunResumed(5.0, ""))
    assert known.outcome is None


@pytest.mark.parametrize("run_id", ["a", "A-1_b", "x" * 64])
def test_ids_that_can_be_part_of_a_files_name(run_id: str):
    assert check_run_id(run_id) == run_id


@pytest.mark.parametrize("run_id", ["", "a b", "../a", "x" * 65, "é", "a\n", 7, None])
def test_ids_that_cannot(run_id: object):
    with pytest.raises(SettingsError, match="a run id has 1 to 64 letters"):
        check_run_id(run_id)


def test_it_knows_what_the_planner_asked_and_what_the_user_answered():
    asked = QuestionAsked(1.0, "d", "Which?")
    known = history(asked)
    assert (known.asked, known.reply) == (asked, None)
    known.take(QuestionAnswered(1.0, "d", "This."))
    assert (known.asked, known.reply) == (asked, "This.")
