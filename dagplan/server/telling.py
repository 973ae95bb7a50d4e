"""An event, as the script of a page is told of it: small, plain JSON."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from dagplan.events import (
    AnswerText,
    Event,
    PlanFinished,
    Revised,
    RunFinished,
    RunResumed,
    StepApproved,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepInDoubt,
    StepParked,
    StepPlanned,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepStatus,
    StepSucceeded,
)
from dagplan.views import printable
from dagplan.views.news import news

_STATUS: Final[Mapping[type, StepStatus]] = {
    StepStarted: "running",
    StepSucceeded: "succeeded",
    StepFailed: "failed",
    StepSkipped: "skipped",
    StepCancelled: "cancelled",
    StepRetried: "waiting",
    StepParked: "parked",
    StepApproved: "waiting",
    StepInDoubt: "in_doubt",
}


def told(event: Event) -> dict[str, object]:
    """Return what a page changes for an event.

    Values and errors are not part of it: a page that wants to show them asks.
    """
    found: dict[str, object] = {"at": round(event.at, 4)}
    found.update(_change(event))
    if said := news(event):
        found["news"] = said
    return found


def _change(event: Event) -> Iterator[tuple[str, object]]:
    match event:
        case StepPlanned():
            yield "plan", "grows"
        case PlanFinished() | RunResumed():
            yield "plan", "stands"
        case Revised():
            yield "plan", "stands"
            # What looked like an answer went on to revise the plan.
            yield "unsaid", True
        case AnswerText():
            yield "answer", printable(event.text, lines=True)
        case RunFinished():
            yield "outcome", event.outcome
        case StepHedged():
            yield "step", event.step_id
            yield "attempt", event.attempt
        case _:
            yield from _standing(event)


def _standing(event: Event) -> Iterator[tuple[str, object]]:
    """Tell where a step stands now."""
    status = _STATUS.get(type(event))
    if status is None:
        return
    yield "step", getattr(event, "step_id", "")
    yield "status", status
    if isinstance(event, StepStarted):
        yield "attempt", event.attempt
        yield "items", event.items


def message(data: object, *, number: int | None = None, kind: str = "") -> str:
    """Write a server-sent event (HTML standard, 9.2).

    Args:
        data: Plain JSON.
        number: Its id, which the browser gives back when it connects anew.
        kind: Its type; empty for an event of the run.
    """
    head = f"id: {number}\n" if number is not None else ""
    head += f"event: {kind}\n" if kind else ""
    # Plain ASCII: ids of steps may hold half a character, and no line break stays one.
    return f"{head}data: {json.dumps(data)}\n\n"
