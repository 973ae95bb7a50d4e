"""A running plan without its data: what was planned, how it stands, types of values."""

import builtins
from collections.abc import Mapping

from dagplan import errors
from dagplan.cuts import RESULTS, shorten
from dagplan.events import StepResult
from dagplan.plan.model import Plan
from dagplan.plan.references import as_text
from dagplan.planning.wire import write_step

_OWN_KINDS = frozenset(
    name
    for module in (builtins, errors)
    for name, value in vars(module).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)
# For classes of others, by what their names hold.
_OTHER_KINDS = {
    "Timeout": "TimeoutError",
    "RateLimit": "RateLimitError",
    "Connect": "ConnectionError",
    "Auth": "PermissionError",
    "Permission": "PermissionError",
    "NotFound": "NotFoundError",
    "Valid": "ValueError",
}


def outline_text(
    plan: Plan,
    results: Mapping[str, StepResult],
    kinds: Mapping[str, str],
    most: int = RESULTS,
) -> str:
    """Write how each step was planned and stands, a line each.

    Nothing that a step found is part of it: no value, no error text, no item, no count
    of items, no key of an object, and of errors the kind, out of a fixed list.

    Args:
        plan: The plan as it stands.
        results: What became of each step and item by id.
        kinds: Class name of the error of each that failed, by id.
        most: Most characters of the text.
    """
    failed_items: dict[str, set[str]] = {}
    for name, result in results.items():
        step_id, bracket, _ = name.partition("[")
        if bracket and result.status == "failed":
            failed_items.setdefault(step_id, set()).add(kind_of(kinds.get(name)))
    lines = []
    for step in plan.steps:
        result = results[step.id]
        failed = {kind_of(kinds.get(step.id))} if result.status == "failed" else set()
        about = sorted(failed | failed_items.get(step.id, set()))
        stands = ", ".join([result.status, *about])
        found = f" -> {type_of(result.value)}" if result.status == "succeeded" else ""
        lines.append(f"{step.id} ({stands}) {as_text(write_step(step))}{found}")
    return shorten("\n".join(lines), most)


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


def kind_of(name: str | None) -> str:
    """Name the kind of an error, out of a fixed list.

    Class names come from code, but some clients make classes of what a server says.

    Args:
        name: Name of its class; None if it is not known.
    """
    if name is None or name in _OWN_KINDS:
        return name or "Error"
    found = (kind for part, kind in _OTHER_KINDS.items() if part in name)
    return next(found, "Error")
