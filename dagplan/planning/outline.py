"""A running plan without its data: what was planned, how it stands, types of values."""

import re
from collections.abc import Mapping

from dagplan.events import StepResult
from dagplan.models import shorten
from dagplan.plan.model import Plan
from dagplan.plan.references import as_text
from dagplan.planning.wire import write_step

_MOST_CHARACTERS = 60_000  # about 15,000 tokens
# Class names come from code, but some clients make classes of what a server says.
_CLASS_NAME = re.compile(r"[A-Z][A-Za-z]{0,39}(Error|Exception|Timeout|Warning)")


def outline_text(
    plan: Plan, results: Mapping[str, StepResult], kinds: Mapping[str, str]
) -> str:
    """Write how each step was planned and stands, a line each.

    Nothing that a step found is part of it: no value, no error text, no item, no count
    of items and no key of an object.

    Args:
        plan: The plan as it stands.
        results: What became of each step and item by id.
        kinds: Class name of the error of each that failed, by id.
    """
    failed_items: dict[str, set[str]] = {}
    for name, result in results.items():
        step_id, bracket, _ = name.partition("[")
        if bracket and result.status == "failed":
            failed_items.setdefault(step_id, set()).add(_kind(kinds.get(name)))
    lines = []
    for step in plan.steps:
        result = results[step.id]
        failed = {_kind(kinds.get(step.id))} if result.status == "failed" else set()
        about = sorted(failed | failed_items.get(step.id, set()))
        stands = ", ".join([result.status, *about])
        found = f" -> {type_of(result.value)}" if result.status == "succeeded" else ""
        lines.append(f"{step.id} ({stands}) {as_text(write_step(step))}{found}")
    return shorten("\n".join(lines), _MOST_CHARACTERS)


def type_of(value: object) -> str:
    """Name the type of a value, and nothing of what is in it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "text"
        case list():
            return "list"
        case _:
            return "object"


def _kind(name: str | None) -> str:
    return name if name is not None and _CLASS_NAME.fullmatch(name) else "Error"
