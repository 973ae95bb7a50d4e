from xml.etree import ElementTree as ET

import pytest

from dagplan.events import (
    Event,
    PlanFinished,
    RunFinished,
    RunStarted,
    StepPlanned,
    StepStarted,
    StepSucceeded,
)
from dagplan.plan import Step
from dagplan.views import to_timeline
from dagplan.views.timeline import ticks
from tests.views.hostile import hostile_events, in_slices
from tests.views.markup import classed, parsed, said, title
from tests.views.plans import eventful


def rows(root: ET.Element) -> dict[str, ET.Element]:
    return {said(part)[0]: part for part in classed(root, "row")}


def bars(part: ET.Element) -> list[tuple[float, float]]:
    drawn = classed(part, "bar")
    return [(float(b.get("x", "")), float(b.get("width", ""))) for b in drawn]


def test_there_is_a_row_for_all_that_took_time_in_the_order_of_beginnings() -> None:
    found = rows(parsed(to_timeline(eventful())))

    assert [*found] == [
        "planner",
        "a ↻2",
        "b ↻2",
        "c",
        "[0]",
        "[1]",
        "replan 1",
        "d",
        "answer",
    ]


def test_bars_are_to_scale() -> None:
    found = rows(parsed(to_timeline(eventful())))
    (begin, whole), *_ = bars(found["planner"])
    second = whole / 0.5

    assert bars(found["d"])[0] == pytest.approx((begin + 4 * second, second), abs=0.02)
    (first, again) = bars(found["a ↻2"])
    assert first == pytest.approx((begin + 0.5 * second, 0.5 * second), abs=0.02)
    assert again == pytest.approx((begin + 1.5 * second, second), abs=0.02)


def test_a_row_tells_its_times_attempts_errors_waits_and_tokens() -> None:
    found = rows(parsed(to_timeline(eventful())))

    assert title(found["planner"]).splitlines() == [
        "planner: 0 s to 0.50 s, on the critical path",
        "planner called m-1: 0.50 s, 1,200 tokens in, 240 out, price unknown",
    ]
    assert title(found["a ↻2"]).splitlines() == [
        "a: 0.50 s to 2.50 s, on the critical path, succeeded",
        "attempt 1, 0.50 s, failed: busy",
        "attempt 2, 1.00 s, succeeded",
        "waited 0.50 s to be tried again",
    ]
    assert title(found["b ↻2"]).splitlines() == [
        "b: 0.50 s to 2.00 s, succeeded",
        "attempt 1, 1.50 s, cancelled",
        "second attempt beside it, 0.75 s, succeeded",
        "attempt 1 did not end when it was cancelled",
        "step called m-2: 0.50 s, tokens unknown",
    ]


def test_attempts_that_failed_or_lost_have_their_own_look_and_sign() -> None:
    found = rows(parsed(to_timeline(eventful())))

    failed = classed(found["a ↻2"], "failed")
    lost = classed(found["b ↻2"], "cancelled")
    assert len(failed) == len(lost) == 1
    assert classed(failed[0], "inside")
    assert classed(found["b ↻2"], "call")
    assert classed(found["a ↻2"], "wait")


def test_revisions_pauses_and_what_runs_at_once_are_seen() -> None:
    root = parsed(to_timeline(eventful()))

    told = {title(part) for part in root.iter()}
    assert "revision 1: 1 added, 0 redefined, 1 dropped" in told
    assert "api.example asked to slow down: 0.50 s" in told
    assert "at most 3 running at once of 4 slots" in told
    legend = said(root)[-10:]
    assert "critical path" in legend
    assert "provider asked to slow down" in legend


def test_many_items_are_one_row() -> None:
    step = Step(id="a", task="x", for_each="${b}")
    events: list[Event] = [
        RunStarted(0.0, "", "", None),
        StepPlanned(0.0, "a", step),
        PlanFinished(0.0),
        StepStarted(0.0, "a", items=50),
        *(StepStarted(0.0, f"a[{i}]") for i in range(50)),
        *(StepSucceeded(1.0, f"a[{i}]", i) for i in range(50)),
        StepSucceeded(1.0, "a", []),
        RunFinished(1.0, "answered"),
    ]
    found = rows(parsed(to_timeline(events)))

    assert len(found) == 10
    assert title(found["+ 42 more items"]) == "42 more items of a: 42 succeeded"


def test_any_beginning_of_a_run_can_be_drawn() -> None:
    events = eventful()
    for count in range(len(events) + 1):
        parsed(to_timeline(events[:count]))
    assert said(parsed(to_timeline([]))) == ["(nothing ran)"]


@in_slices
def test_hostile_texts_stay_text(texts: list[str]) -> None:
    root = parsed(to_timeline(hostile_events(texts)))

    assert len(rows(root)) > 10


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (0.0, [0.0]),
        (0.93, [0.0, 0.2, 0.4, 0.6, 0.8]),
        (8.0, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        (60.0, [0, 10, 20, 30, 40, 50, 60]),
        (0.000_03, [0.0, 5e-6, 1e-5, 1.5e-5, 2e-5, 2.5e-5, 3e-5]),
    ],
)
def test_ticks_are_round(total: float, expected: list[float]) -> None:
    assert ticks(total) == pytest.approx(expected)
