"""What a page's script is told of each event."""

import json
from typing import get_args

import pytest

from dagplan.events import (
    AnswerText,
    Event,
    PlanFinished,
    Revised,
    RunFinished,
    RunResumed,
    StepApproved,
    StepHedged,
    StepParked,
    StepPlanned,
    StepRetried,
    StepStarted,
    StepSucceeded,
    Throttled,
)
from dagplan.plan import Step
from dagplan.server.telling import message, told
from tests.views.hostile import hostile_events, in_slices
from tests.views.plans import eventful


@pytest.mark.parametrize(
    ("event", "change"),
    [
        (StepPlanned(1.0, "a", Step(id="a")), {"plan": "grows"}),
        (PlanFinished(1.0), {"plan": "stands"}),
        (RunResumed(1.0, ""), {"plan": "stands"}),
        (Revised(1.0), {"plan": "stands", "unsaid": True}),
        (AnswerText(1.0, "So\x1b[2J\n"), {"answer": "So\ufffd[2J\n"}),
        (RunFinished(1.0, "failed"), {"outcome": "failed"}),
        (
            StepStarted(1.0, "a", 2, 3),
            {"step": "a", "status": "running", "attempt": 2, "items": 3},
        ),
        (StepSucceeded(1.0, "a[0]", "x" * 9), {"step": "a[0]", "status": "succeeded"}),
        (
            StepRetried(1.0, "a", 1, "busy", "E", 0.5),
            {"step": "a", "status": "waiting"},
        ),
        (
            StepParked(1.0, "a", "d", "pay", "", {}),
            {"step": "a", "status": "parked"},
        ),
        (
            StepApproved(1.0, "a", "d", approved=True),
            {"step": "a", "status": "waiting"},
        ),
        (StepHedged(1.0, "a", 2), {"step": "a", "attempt": 2}),
        (Throttled(1.0, "a", "api", 2.0), {}),
    ],
)
def test_an_event_is_told_as_what_it_changes(event: Event, change: dict[str, object]):
    found = told(event)

    assert found.pop("at") == 1.0
    found.pop("news", None)
    assert found == change


def test_every_kind_of_event_can_be_told():
    kinds = {type(event) for event in eventful()}
    assert len(kinds) > len(get_args(Event)) // 2
    for event in eventful():
        assert json.loads(message(told(event)).removeprefix("data: "))


def test_a_value_is_not_part_of_it():
    assert "secret" not in message(told(StepSucceeded(1.0, "a", "secret")))


@in_slices
def test_hostile_texts_stay_on_the_line_of_their_event(texts: list[str]):
    for number, event in enumerate(hostile_events(texts)):
        written = message(told(event), number=number)

        head, data, *rest = written.split("\n")
        assert head == f"id: {number}"
        assert rest == ["", ""]
        assert data.isascii()
        assert data.isprintable()
        assert len(data) < 1_200_000
        json.loads(data.removeprefix("data: "))
