"""What was saved of a plan: alone, as a run with `--json` printed it, or recorded."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from dagplan.cli.exits import BadInputError, PlanFileError
from dagplan.cli.plan_file import shown_name
from dagplan.errors import PlanError
from dagplan.events import (
    Event,
    PlanFinished,
    StepCancelled,
    StepFailed,
    StepPlanned,
    StepResult,
    StepSkipped,
    StepStarted,
    StepStatus,
    StepSucceeded,
)
from dagplan.history import History
from dagplan.plan import Plan, PlanLimits, load_plan

_MOST_BYTES = 64_000_000
_REMEDY = "give a plan, or what dagplan ask or run printed with --json"


@dataclass(frozen=True, slots=True)
class Saved:
    """What a file held.

    Attributes:
        plan: The plan.
        results: What became of its steps; None where the plan alone was saved.
        response: What was answered; None where the plan alone was saved.
        question: What was asked; None where that is not known.
        recorded: The events of the run; None where they are not known.
    """

    plan: Plan
    results: Mapping[str, StepResult] | None = None
    response: str | None = None
    question: str | None = None
    recorded: Sequence[Event] | None = None

    def events(self) -> Sequence[Event]:
        """Return the events of the run, or what the times of its results tell of them.

        Of the latter only what was measured: each step as one attempt, neither planning
        nor answering.
        """
        if self.recorded is not None:
            return self.recorded
        results = self.results or {}
        found: list[Event] = []
        for step_id, result in results.items():
            found += _told(step_id, result)
        if not found:
            return []
        planned = [StepPlanned(0.0, step.id, step) for step in self.plan.steps]
        found.sort(key=lambda event: event.at)
        return [*planned, PlanFinished(0.0, self.plan.answer), *found]


def _told(step_id: str, result: StepResult) -> list[Event]:
    if result.started is None:
        return []
    begun: Event = StepStarted(result.started, step_id, max(result.attempts, 1))
    if result.ended is None:
        return [begun]
    at = result.ended
    ended: Event
    match result.status:
        case "succeeded":
            ended = StepSucceeded(at, step_id, result.value, max(result.attempts, 1))
        case "failed":
            ended = StepFailed(at, step_id, result.error or "", "")
        case "skipped":
            ended = StepSkipped(at, step_id, "")
        case _:
            ended = StepCancelled(at, step_id)
    return [begun, ended]


def read_saved(name: str, limits: PlanLimits = PlanLimits()) -> Saved:
    """Read a plan, or a run, from a file.

    Args:
        name: A path, or `-` for stdin.
        limits: How large a plan may be.

    Raises:
        BadInputError: The file cannot be read, or holds neither.
        PlanFileError: The plan in it is none.
    """
    data = _read(name)
    document = _run_in(data)
    try:
        if document is None:
            return Saved(load_plan(data, limits))
        plan = load_plan(json.dumps(document["plan"]), limits)
    except PlanError as error:
        raise PlanFileError(shown_name(name), error.problems) from error
    try:
        results = dict(_result(row) for row in cast("list[object]", document["steps"]))
    except (KeyError, TypeError, ValueError) as error:
        raise BadInputError(
            f"{shown_name(name)} holds a run with steps that cannot be read; {_REMEDY}"
        ) from error
    response, question = document.get("response"), document.get("question")
    return Saved(
        plan,
        results,
        response if isinstance(response, str) else None,
        question if isinstance(question, str) else None,
    )


def recorded(events: Sequence[Event]) -> Saved:
    """Return what a journal holds of a run."""
    history = History.of(events)
    return Saved(
        history.plan,
        history.results(),
        history.response,
        history.question or None,
        events,
    )


def _read(name: str) -> bytes:
    try:
        if name != "-":
            with Path(name).open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
        elif sys.stdin is None:
            raise BadInputError("stdin is closed; give the path of a plan")
        else:
            data = sys.stdin.buffer.read(_MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or error
        raise BadInputError(f"cannot read {name!r}: {reason}; {_REMEDY}") from error
    except ValueError as error:
        raise BadInputError(f"cannot read {name!r}: {error}") from error
    if len(data) > _MOST_BYTES:
        raise BadInputError(
            f"{shown_name(name)} has more than {_MOST_BYTES:,} bytes; {_REMEDY}"
        )
    return data


def _run_in(data: bytes) -> Mapping[str, object] | None:
    """Return the run that a document is; None where it is something else."""
    try:
        document = json.loads(data)
    # What it is instead, and what is wrong with it, reading it as a plan tells.
    except (ValueError, RecursionError):
        return None
    if isinstance(document, dict) and {"plan", "steps"} <= document.keys():
        return document
    return None


def _result(row: object) -> tuple[str, StepResult]:
    if not isinstance(row, dict) or not isinstance(row["id"], str):
        raise TypeError(row)
    status, error, attempts = row["status"], row.get("error"), row.get("attempts", 0)
    if status not in get_args(StepStatus):
        raise ValueError(status)
    if not (error is None or isinstance(error, str)) or type(attempts) is not int:
        raise TypeError(row)
    times = row.get("started"), row.get("ended")
    started, ended = (None if at is None else _seconds(at) for at in times)
    value = row.get("value")
    return row["id"], StepResult(status, value, error, attempts, started, ended)


def _seconds(value: object) -> float:
    if not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise TypeError(value)
    return float(value)
