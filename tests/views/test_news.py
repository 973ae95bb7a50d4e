import pytest

from dagplan.events import (
    BudgetReached,
    Event,
    QuestionAnswered,
    QuestionAsked,
    Revised,
    RunResumed,
    StepFailed,
    StepHedged,
    StepInDoubt,
    StepParked,
    StepRetried,
    StepStarted,
    StepStuck,
    Throttled,
)
from dagplan.plan import Step
from dagplan.views.news import news
from tests.views.hostile import hostile_events, in_slices


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            Revised(1.0, (Step(id="d"),), (Step(id="b"),), ("c",)),
            "plan revised: added d; changed b; dropped c",
        ),
        (Revised(1.0), "plan revised: nothing changed"),
        (RunResumed(1.0, ""), "resumed: what has not succeeded runs again"),
        (
            Throttled(1.0, "a", "api.example", 2.5),
            "api.example asks to slow down: 2.50 s",
        ),
        (
            StepRetried(1.0, "a", 1, "busy", "E", 0.5),
            "a: attempt 1 failed: busy; again in 0.50 s",
        ),
        (StepHedged(1.0, "a", 2), "a: attempt 2 joins one that takes long"),
        (
            StepStuck(1.0, "a", 1),
            "a: does not end: attempt 1, cancelled 1.00 s ago, still runs",
        ),
        (StepFailed(1.0, "a", "no\nway", "E"), "a: failed: no way"),
        (StepParked(1.0, "a", "d", None, "", {}), "a: waits for approval"),
        (
            StepInDoubt(1.0, "a", "d"),
            "a: may have been done when the run was cut off",
        ),
        (QuestionAsked(1.0, "d", "Which\none?"), "the planner asks: Which one?"),
        (QuestionAnswered(1.0, "d", "That."), "answered: That."),
        (
            BudgetReached(1.0, "max_cost", 0.5, 0.51),
            "the budget of $0.5 is spent: nothing new begins",
        ),
        (StepStarted(1.0, "a"), ""),
    ],
)
def test_what_one_would_not_want_to_miss_is_told(event: Event, said: str) -> None:
    assert news(event) == said


@in_slices
def test_hostile_texts_stay_on_a_line_of_bounded_length(texts: list[str]) -> None:
    for event in hostile_events(texts):
        said = news(event)

        assert said.isprintable()
        assert len(said) <= 600
