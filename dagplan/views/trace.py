"""A run in the trace format of Chrome, which Perfetto opens.

Its source: "Trace Event Format", the Chromium project. Times are in microseconds.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

from dagplan.events import Event, ModelCalled, RunStarted
from dagplan.views.attempts import Attempt, AttemptLog, attempt_log
from dagplan.views.details import clipped
from dagplan.views.escape import printable

Entry = dict[str, object]

_PROCESS: Final = 1
_FIRST: Final = 1  # thread of the first slot


@dataclass(frozen=True, slots=True)
class _Threads:
    """Which thread each slice is drawn on: slices of one nest or follow one another.

    Attributes:
        attempts: By attempt; one thread for each slot.
        calls: By call of a model: that of the attempt that made it, or one beyond.
        slots: How many threads are slots.
        models: How many threads follow for calls of models.
    """

    attempts: tuple[int, ...]
    calls: tuple[int, ...]
    slots: int
    models: int


def to_chrome_trace(events: Sequence[Event]) -> str:
    """Write a run as a trace that Perfetto and `chrome://tracing` open.

    Each slot is a thread with the attempts that ran in it; calls of models are a thread
    of their own. Revisions and pauses that providers asked for are instants; a
    counter tells how many attempts run.

    Args:
        events: The events of a run so far, in order.
    """
    found = attempt_log(events)
    threads = _threads(found)
    entries = [
        *_names(threads),
        *map(_attempt, found.attempts, threads.attempts),
        *map(_call, found.calls, threads.calls),
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


def _threads(found: AttemptLog) -> _Threads:
    slots, most = _lanes([(one.started, one.ended) for one in found.attempts])
    within: dict[str, list[tuple[Attempt, int]]] = {}
    for attempt, slot in zip(found.attempts, slots, strict=True):
        within.setdefault(attempt.step_id, []).append((attempt, _FIRST + slot))
    calls = [0] * len(found.calls)
    # Up to when a call was drawn in each attempt: two at once do not nest.
    drawn: dict[tuple[str, int], float] = {}
    beyond: list[int] = []
    order = sorted(range(len(calls)), key=lambda index: found.calls[index].started)
    for index in order:
        call = found.calls[index]
        for attempt, thread in within.get(call.step_id or "", ()):
            inside = attempt.started <= call.started and call.ended <= attempt.ended
            key = (attempt.step_id, attempt.number)
            if inside and drawn.get(key, 0.0) <= call.started:
                calls[index], drawn[key] = thread, call.ended
                break
        else:
            beyond.append(index)
    times = [(found.calls[i].started, found.calls[i].ended) for i in beyond]
    lanes, models = _lanes(times)
    for index, lane in zip(beyond, lanes, strict=True):
        calls[index] = _FIRST + most + lane
    return _Threads(tuple(_FIRST + slot for slot in slots), tuple(calls), most, models)


def _lanes(times: Sequence[tuple[float, float]]) -> tuple[list[int], int]:
    """Give each interval the lowest lane that is free; also return how many there are.

    Args:
        times: From and to, in the order of beginnings.
    """
    free: list[int] = []
    taken: list[tuple[float, int]] = []
    lanes: list[int] = []
    most = 0
    for start, end in times:
        while taken and taken[0][0] <= start:
            heappush(free, heappop(taken)[1])
        if free:
            lane = heappop(free)
        else:
            lane, most = most, most + 1
        heappush(taken, (end, lane))
        lanes.append(lane)
    return lanes, most


def _names(threads: _Threads) -> Iterator[Entry]:
    yield _entry("M", "process_name", args={"name": "dagplan"})
    slots = [f"slot {index + 1}" for index in range(threads.slots)]
    models = [f"models {index + 1}" for index in range(threads.models)]
    for thread, name in enumerate([*slots, *models], _FIRST):
        # Calls of models stand above the slots.
        above = thread if thread < _FIRST + threads.slots else 0
        yield _entry("M", "thread_name", thread, args={"name": name})
        yield _entry("M", "thread_sort_index", thread, args={"sort_index": above})


def _attempt(attempt: Attempt, thread: int) -> Entry:
    again = f" (attempt {attempt.number})" if attempt.number > 1 else ""
    args: Entry = {"attempt": attempt.number, "outcome": attempt.outcome}
    if attempt.hedge:
        args["hedge"] = True
    if attempt.error is not None:
        args["error"] = _safe(attempt.error)
    return _entry(
        "X",
        _safe(attempt.step_id) + again,
        thread,
        cat="step",
        ts=_micro(attempt.started),
        dur=_micro(attempt.ended) - _micro(attempt.started),
        args=args,
    )


def _call(call: ModelCalled, thread: int) -> Entry:
    args: Entry = {"model": _safe(call.model)}
    if call.step_id is not None:
        args["step"] = _safe(call.step_id)
    if call.tokens is not None:
        args |= {"input": call.tokens.input, "output": call.tokens.output}
        if call.tokens.cached:
            args["cached"] = call.tokens.cached
    if call.price is not None:
        args["price"] = call.price
    return _entry(
        "X",
        call.role,
        thread,
        cat="model",
        ts=_micro(call.started),
        dur=_micro(call.ended) - _micro(call.started),
        args=args,
    )


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
    for reached in found.reached:
        args = {"limit": reached.limit, "spent": reached.spent}
        yield _instant(reached.said, reached.at, args)
    for stuck in found.stuck:
        args = {"step": _safe(stuck.step_id), "attempt": stuck.attempt}
        yield _instant("stuck", stuck.at, args)


def _counts(found: AttemptLog) -> Iterator[Entry]:
    for at, count in found.running():
        yield _entry("C", "running", ts=_micro(at), args={"attempts": count})


def _instant(name: str, at: float, args: Entry) -> Entry:
    return _entry("i", name, s="p", ts=_micro(at), args=args)


def _entry(phase: str, name: str, thread: int = 0, **more: object) -> Entry:
    return {"ph": phase, "name": name, "pid": _PROCESS, "tid": thread, **more}


def _micro(seconds: float) -> int:
    return round(seconds * 1e6)


def _safe(text: str) -> str:
    return printable(clipped(text), lines=True)
