from dagplan.events import (
    AnswerText,
    BudgetReached,
    Revised,
    RunFinished,
    RunResumed,
    StepApproved,
    StepFailed,
    StepInDoubt,
    StepParked,
    StepPlanned,
    StepResult,
    StepSkipped,
    StepSucceeded,
)
from dagplan.plan import Step
from dagplan.views.story import story
from tests.views.plans import eventful


def test_a_run_s_question_answer_and_outcome_are_known() -> None:
    told = story(eventful())

    assert (told.question, told.answer, told.outcome) == (
        "Why?",
        "Because y.",
        "answered",
    )
    assert told.utc == "2026-01-01T00:00:00Z"


def test_a_revision_has_the_plan_before_and_after_it() -> None:
    (change,) = story(eventful()).changes

    before = [step.id for step in change.before.plan.steps]
    after = [step.id for step in change.after.plan.steps]
    assert (before, after) == (["a", "b", "c", "end"], ["a", "b", "c", "d"])
    assert change.before.plan.answer == "Because ${end}."
    assert change.after.plan.answer is None
    assert change.before.results["a"] == StepResult(
        "succeeded", "x", attempts=2, started=1.5, ended=2.5
    )
    assert change.before.results["end"].status == "skipped"
    assert "end" not in change.after.results
    assert change.after.results["c"].error == "1 of 2 items failed"


def test_what_was_said_before_a_revision_was_no_answer() -> None:
    events = eventful()
    revised = next(i for i, e in enumerate(events) if type(e).__name__ == "Revised")
    events.insert(revised, AnswerText(3.9, "Let me see"))

    assert story(events).answer == "Because y."


def test_a_run_that_goes_on_has_no_outcome() -> None:
    assert story(eventful()[:-1]).outcome == ""
    assert isinstance(eventful()[-1], RunFinished)


def test_what_was_skipped_waits_again_unless_what_it_needs_is_lost_still() -> None:
    a, b = Step(id="a", task="x"), Step(id="b", task="x")
    on_a, on_b = Step(id="on_a", task="${a}"), Step(id="on_b", task="${b}")
    further = Step(id="further", task="${on_b}")
    planned = (StepPlanned(0.0, s.id, s) for s in (a, b, on_a, on_b, further))
    (change,) = story(
        [
            *planned,
            StepFailed(1.0, "a", "no", "ToolError"),
            StepFailed(1.0, "b", "no", "ToolError"),
            StepSkipped(1.0, "on_a", "a"),
            StepSkipped(1.0, "on_b", "b"),
            StepSkipped(1.0, "further", "on_b"),
            Revised(2.0, redefined=(a,)),
        ]
    ).changes

    after = {key: result.status for key, result in change.after.results.items()}
    assert after == {"b": "failed", "on_b": "skipped", "further": "skipped"}


def test_where_a_run_stands_is_part_of_its_story() -> None:
    now = story(eventful()).now

    assert [step.id for step in now.plan.steps] == ["a", "b", "c", "d"]
    assert now.results["d"].value == "y"
    assert now.results["c[1]"].status == "failed"


def test_what_waits_for_the_user_is_told() -> None:
    step = StepPlanned(0.0, "a", Step(id="a"))
    parked = StepParked(1.0, "a", "d", "pay", "", {})
    doubt = StepInDoubt(1.0, "a", "d")

    assert story([step, parked]).now.results["a"].status == "parked"
    assert story([step, doubt]).now.results["a"].status == "in_doubt"
    approved = StepApproved(2.0, "a", "d", approved=True)
    assert story([step, parked, approved]).now.results["a"].status == "waiting"


def test_what_has_not_succeeded_waits_again_once_the_run_is_resumed() -> None:
    done, failed = StepSucceeded(1.0, "a", 1), StepFailed(1.0, "b", "no", "E")
    over = RunFinished(1.0, "failed", "Nothing.")
    told = story([done, failed, over, RunResumed(1.0, "")])

    assert {*told.now.results} == {"a"}
    assert (told.outcome, told.answer) == ("", "")


def test_a_record_has_the_answer_at_its_end_alone() -> None:
    assert story([RunFinished(1.0, "answered", "So.")]).answer == "So."


def test_the_bounds_that_were_reached_are_known() -> None:
    bound = BudgetReached(5.0, "max_tokens", 1000, 1020)
    assert story([*eventful(), bound]).reached == (bound,)
    assert story(eventful()).reached == ()
