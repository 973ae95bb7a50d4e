"""What happened, in one line: for whoever does not look at the picture just now."""

from collections.abc import Sequence
from typing import Final

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
    StepStuck,
    Throttled,
)
from dagplan.policy import GRACE
from dagplan.views.captions import cut_to
from dagplan.views.cells import cut
from dagplan.views.escape import one_line
from dagplan.views.waterfall import duration

_LONGEST: Final = 500  # columns of a line, characters of a reason
_LONGEST_RETRY: Final = 300  # columns of one that is not the end of its step
_LONGEST_ID: Final = 64


def news(event: Event) -> str:
    """Tell of an event that one would not want to miss; empty for the others."""
    match event:
        case Revised():
            said = f"plan revised: {revision_text(event)}"
        case RunResumed():
            said = "resumed: what has not succeeded runs again"
        case BudgetReached():
            said = f"{event.said}: nothing new begins"
        case Throttled():
            asking = cut_to(event.resource, _LONGEST_ID)
            said = f"{asking} asks to slow down: {duration(event.wait)}"
        case StepRetried() | StepHedged() | StepStuck():
            said = _about(event.step_id, _of_an_attempt(event))
        case QuestionAsked():
            said = f"the planner asks: {event.question[:_LONGEST]}"
        case QuestionAnswered():
            said = f"answered: {event.answer[:_LONGEST]}"
        case StepParked() | StepInDoubt() | StepFailed():
            said = _about(event.step_id, _of_a_step(event))
        case _:
            said = ""
    return cut_to(said, _LONGEST)


def _about(step_id: str, said: str) -> str:
    return f"{cut_to(step_id, _LONGEST_ID)}: {said}"


def _of_a_step(event: StepParked | StepInDoubt | StepFailed) -> str:
    match event:
        case StepParked():
            return "waits for approval"
        case StepInDoubt():
            return "may have been done when the run was cut off"
        case StepFailed():
            return f"failed: {event.error[:_LONGEST]}"


def _of_an_attempt(event: StepRetried | StepHedged | StepStuck) -> str:
    match event:
        case StepRetried():
            return retry_text(event)
        case StepHedged():
            return f"attempt {event.attempt} joins one that takes long"
        case StepStuck():
            return stuck_text(event)


def retry_text(event: StepRetried) -> str:
    """Say which attempt failed, why, and when the next one begins."""
    # Tools put whole documents into errors; the end of this line is wanted too.
    why = cut(one_line(event.error[:_LONGEST]), _LONGEST_RETRY)
    return f"attempt {event.attempt} failed: {why}; again in {duration(event.wait)}"


def stuck_text(event: StepStuck) -> str:
    """Say which attempt does not end."""
    late = f"attempt {event.attempt}, cancelled {duration(GRACE)} ago"
    return f"does not end: {late}, still runs"


def revision_text(event: Revised) -> str:
    """Say what a revision changes."""
    parts = [
        _named("added", [step.id for step in event.added]),
        _named("changed", [step.id for step in event.redefined]),
        _named("dropped", event.dropped),
    ]
    return "; ".join(part for part in parts if part) or "nothing changed"


def _named(verb: str, ids: Sequence[str]) -> str:
    return f"{verb} {', '.join(ids)}" if ids else ""
