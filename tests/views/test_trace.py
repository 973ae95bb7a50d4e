import json
from collections.abc import Sequence
from typing import Any

import pytest

from dagplan.events import Event, ModelCalled, StepStarted, StepSucceeded
from dagplan.views import to_chrome_trace
from tests.views.hostile import hostile_events, in_slices
from tests.views.plans import eventful


def entries(events: Sequence[Event], phase: str) -> list[dict[str, Any]]:
    document = json.loads(to_chrome_trace(events))
    return [entry for entry in document["traceEvents"] if entry["ph"] == phase]


def test_every_attempt_is_a_slice_in_microseconds() -> None:
    steps = [entry for entry in entries(eventful(), "X") if entry["cat"] == "step"]

    assert [(e["name"], e["ts"], e["dur"]) for e in steps] == [
        ("a", 500_000, 500_000),
        ("b", 500_000, 1_500_000),
        ("b (attempt 2)", 1_250_000, 750_000),
        ("a (attempt 2)", 1_500_000, 1_000_000),
        ("c[0]", 2_500_000, 500_000),
        ("c[1]", 2_500_000, 1_000_000),
        ("d", 4_000_000, 1_000_000),
    ]
    assert steps[0]["args"] == {"attempt": 1, "outcome": "failed", "error": "busy"}
    assert steps[2]["args"]["hedge"] is True


def at_once() -> list[Event]:
    """A step whose model calls overlap, while the planner's goes on as well."""
    times = [(0.0, 2.0), (1.0, 3.0), (1.5, 2.5), (3.0, 3.5)]
    return [
        StepStarted(0.0, "a"),
        *(ModelCalled(e, "step", "a", "m", None, b, e) for b, e in times),
        ModelCalled(3.5, "planner", None, "m", None, 1.0, 3.5),
        StepSucceeded(4.0, "a", 1),
    ]


@pytest.mark.parametrize("events", [eventful(), at_once()])
def test_slices_of_a_thread_nest_or_follow_one_another(events: list[Event]) -> None:
    """Anything else cannot be drawn on one track."""
    threads: dict[int, list[dict[str, Any]]] = {}
    for entry in entries(events, "X"):
        threads.setdefault(entry["tid"], []).append(entry)
    for slices in threads.values():
        for one in slices:
            for other in slices:
                start, end = one["ts"], one["ts"] + one["dur"]
                after, last = other["ts"], other["ts"] + other["dur"]
                assert not start < after < end < last


def test_a_slot_is_used_again_when_it_is_free() -> None:
    names = [
        entry["args"]["name"]
        for entry in entries(eventful(), "M")
        if entry["name"] == "thread_name"
    ]

    assert names == ["slot 1", "slot 2", "slot 3", "models 1"]


def test_a_model_s_call_lies_in_the_attempt_that_made_it() -> None:
    slices = entries(eventful(), "X")
    (call,) = (e for e in slices if e["cat"] == "model" and "step" in e["args"])
    (first_b,) = (e for e in slices if e["name"] == "b")

    assert call["tid"] == first_b["tid"]
    assert call["args"] == {"model": "m-2", "step": "b"}
    planner = next(e for e in slices if e["name"] == "planner")
    assert planner["args"] == {"model": "m-1", "input": 1200, "output": 240}


def test_revisions_and_pauses_are_instants_and_what_runs_is_counted() -> None:
    instants = {e["name"]: (e["ts"], e["args"]) for e in entries(eventful(), "i")}
    counts = [(e["ts"], e["args"]["attempts"]) for e in entries(eventful(), "C")]

    assert instants == {
        "plan revised": (
            4_000_000,
            {"added": ["d"], "redefined": [], "dropped": ["end"]},
        ),
        "throttled": (1_000_000, {"resource": "api.example", "wait": 0.5}),
        "stuck": (2_250_000, {"step": "b", "attempt": 1}),
    }
    assert counts[:3] == [(500_000, 2), (1_000_000, 1), (1_250_000, 2)]


def test_any_beginning_of_a_run_is_a_trace() -> None:
    events = eventful()
    for count in range(len(events) + 1):
        document = json.loads(to_chrome_trace(events[:count]))
        assert document["displayTimeUnit"] == "ms"
        assert all(e.get("dur", 0) >= 0 for e in document["traceEvents"])


@in_slices
def test_hostile_texts_stay_values(texts: list[str]) -> None:
    written = to_chrome_trace(hostile_events(texts))

    assert written.isascii()
    # Half a surrogate pair could not be encoded.
    assert json.dumps(json.loads(written), ensure_ascii=False).encode()
