"""A run in the trace format of Chrome, which Perfetto opens.

Its source: "Trace Event Format", the Chromium project. Times are in microseconds.
"""

import json
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import Final

from dagplan.events import Event, ModelCalled, RunStarted
from dagplan.views.attempts import Attempt, AttemptLog, attempt_log
from dagplan.views.details import clipped
from dagplan.views.escape import printable

Entry = dict[str, object]

_PROCESS: Final = 1
_MODELS: Final = 1
_FIRST_SLOT: Final = 2


def to_chrome_trace(events: Sequence[Event]) -> str:
    """Write a run as a trace that Perfetto and `chrome://tracing` open.

    Each slot is a thread with the attempts that ran in it; calls of models are a thread
    of their own. Revisions and pauses that providers asked for are instants; a
    counter tells how many attempts run.

    Args:
        events: The events of a run so far, in order.
    """
    found = attempt_log(events)
    slots, most = _slots(found.attempts)
    entries = [
        *_names(most),
        *(_attempt(*pair) for pair in zip(found.attempts, slots, strict=True)),
        *_calls(found.calls, found.attempts, slots),
        *_instants(found),
        *_counts(found),
    ]
    began = next((event for event in events if isinstance(event, RunStarted)), None)
    return json.dumps(
        {
            "traceEvents": entries,
            "displayTimeUnit": "ms",
            "otherData": {
                "question": _safe(began.question) if began else "",
                "utc": _safe(began.utc) if began else "",
            },
        }
    )


def _slots(attempts: Sequence[Attempt]) -> tuple[list[int], int]:
    """Give each attempt the lowest slot that is free; also return how many there are."""
    free: list[int] = []
    taken: list[tuple[float, int]] = []
    slots: list[int] = []
    most = 0
    for attempt in attempts:
        while taken and taken[0][0] <= attempt.started:
            heappush(free, heappop(taken)[1])
        if free:
            slot = heappop(free)
        else:
            slot, most = most, most + 1
        heappush(taken, (attempt.ended, slot))
        slots.append(slot)
    return slots, most


def _names(slots: int) -> Iterator[Entry]:
    yield _entry("M", "process_name", args={"name": "dagplan"})
    threads = ["models", *(f"slot {index + 1}" for index in range(slots))]
    for thread, name in enumerate(threads, _MODELS):
        yield _entry("M", "thread_name", thread, args={"name": name})
        yield _entry("M", "thread_sort_index", thread, args={"sort_index": thread})


def _attempt(attempt: Attempt, slot: int) -> Entry:
    again = f" (attempt {attempt.number})" if attempt.number > 1 else ""
    args: Entry = {"attempt": attempt.number, "outcome": attempt.outcome}
    if attempt.hedge:
        args["hedge"] = True
    if attempt.error is not None:
        args["error"] = _safe(attempt.error)
    return _entry(
        "X",
        _safe(attempt.step_id) + again,
        _FIRST_SLOT + slot,
        cat="step",
        ts=_micro(attempt.started),
        dur=_micro(attempt.ended) - _micro(attempt.started),
        args=args,
    )


def _calls(
    calls: Sequence[ModelCalled], attempts: Sequence[Attempt], slots: Sequence[int]
) -> Iterator[Entry]:
    """Write calls of models: those of a step inside the attempt that made them."""
    within: dict[str, list[tuple[Attempt, int]]] = {}
    for attempt, slot in zip(attempts, slots, strict=True):
        within.setdefault(attempt.step_id, []).append((attempt, slot))
    for call in calls:
        args: Entry = {"model": _safe(call.model)}
        if call.step_id is not None:
            args["step"] = _safe(call.step_id)
        if call.tokens is not None:
            args |= {"input": call.tokens.input, "output": call.tokens.output}
        yield _entry(
            "X",
            call.role,
            _thread(call, within.get(call.step_id or "", [])),
            cat="model",
            ts=_micro(call.started),
            dur=_micro(call.ended) - _micro(call.started),
            args=args,
        )


def _thread(call: ModelCalled, around: Sequence[tuple[Attempt, int]]) -> int:
    for attempt, slot in around:
        if attempt.started <= call.started and call.ended <= attempt.ended:
            return _FIRST_SLOT + slot
    return _MODELS


def _instants(found: AttemptLog) -> Iterator[Entry]:
    for revised in found.revised:
        args: Entry = {
            "added": [_safe(step.id) for step in revised.added],
            "redefined": [_safe(step.id) for step in revised.redefined],
            "dropped": [_safe(step_id) for step_id in revised.dropped],
        }
        yield _instant("plan revised", revised.at, args)
    for throttled in found.throttled:
        args = {"resource": _safe(throttled.resource), "wait": throttled.wait}
        yield _instant("throttled", throttled.at, args)
    for stuck in found.stuck:
        args = {"step": _safe(stuck.step_id), "attempt": stuck.attempt}
        yield _instant("stuck", stuck.at, args)


def _counts(found: AttemptLog) -> Iterator[Entry]:
    for at, count in found.running():
        yield _entry("C", "running", ts=_micro(at), args={"attempts": count})


def _instant(name: str, at: float, args: Entry) -> Entry:
    return _entry("i", name, _MODELS, s="p", ts=_micro(at), args=args)


def _entry(phase: str, name: str, thread: int = 0, **more: object) -> Entry:
    return {"ph": phase, "name": name, "pid": _PROCESS, "tid": thread, **more}


def _micro(seconds: float) -> int:
    return round(seconds * 1e6)


def _safe(text: str) -> str:
    return printable(clipped(text), lines=True)
