"""Misspelt names: which steps they failed, and the steps to run instead."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from dagplan.events import StepResult
from dagplan.offline.answer import Correction
from dagplan.offline.findings import full_name
from dagplan.offline.gazetteer import Gazetteer, Kind
from dagplan.offline.nouns import closest
from dagplan.plan.model import Plan, Step
from dagplan.plan.revision import Revision

_KINDS: Final[Mapping[tuple[str, str], Kind]] = {
    **{
        (f"country_{what}", "country"): "country" for what in ("figure", "fact", "list")
    },
    **{(f"city_{what}", "city"): "city" for what in ("figure", "fact")},
    ("land_route", "start"): "country",
    ("land_route", "end"): "country",
    ("distance", "start"): "city",
    ("distance", "end"): "city",
    ("countries_in", "region"): "region",
}
_OPEN: Final = frozenset({"failed", "skipped", "waiting", "cancelled"})


def revision(
    plan: Plan, results: Mapping[str, StepResult], names: Gazetteer
) -> Revision | None:
    """Redefine what failed for a misspelt name; None where no name is near.

    Args:
        plan: The plan as it stands.
        results: What became of its steps.
        names: The names that are known.

    Returns:
        The failed steps with the nearest name, and the skipped ones that mention the
        name. Their dependents wait again by themselves.
    """
    nearest = dict(_nearest(plan, results, names))
    if not nearest:
        return None
    changed = [
        fixed
        for step in plan.steps
        if _is_open(results, step) and (fixed := _fixed(step, nearest)) != step
    ]
    return Revision(steps=changed) if changed else None


def corrections(planned: Plan, run: Plan) -> list[Correction]:
    """Find the names that were replaced between a plan and what was run of it."""
    before = {step.id: step for step in planned.steps}
    found: dict[Correction, None] = {}
    for step in run.steps:
        if (original := before.get(step.id)) is None:
            continue
        for argument, value in step.args.items():
            kind = _KINDS.get((step.tool or "", argument))
            written = original.args.get(argument)
            if kind is not None and written != value:
                taken = full_name(str(value))
                found[Correction(kind, str(written), taken)] = None
    return list(found)


def _nearest(
    plan: Plan, results: Mapping[str, StepResult], names: Gazetteer
) -> Iterator[tuple[str, str]]:
    for step in plan.steps:
        result = results.get(step.id)
        if result is None or result.status != "failed":
            continue
        for argument, value in step.args.items():
            kind = _KINDS.get((step.tool or "", argument))
            if kind is None or not isinstance(value, str) or "${" in value:
                continue
            # A step with a good name failed for another reason.
            if names.find(kind, value) is None and (
                known := closest(names, kind, value)
            ):
                yield value, known


def _is_open(results: Mapping[str, StepResult], step: Step) -> bool:
    result = results.get(step.id)
    return result is None or result.status in _OPEN


def _fixed(step: Step, nearest: Mapping[str, str]) -> Step:
    task = _in_text(step.task, nearest)
    args = {key: _replaced(value, nearest) for key, value in step.args.items()}
    return step.model_copy(update={"task": task, "args": args})


def _in_text(text: str, nearest: Mapping[str, str]) -> str:
    for written, known in nearest.items():
        text = renamed(text, written, known.partition(",")[0])
    return text


def renamed(text: str, written: str, known: str) -> str:
    """Put one name for another, where it stands as words of its own."""
    return re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", lambda _: known, text)


def _replaced(value: object, nearest: Mapping[str, str]) -> object:
    """Replace a name where it is all of a text: references stay as they are."""
    if isinstance(value, str):
        return nearest.get(value, value)
    if isinstance(value, list):
        return [_replaced(entry, nearest) for entry in value]
    if isinstance(value, dict):
        # Only labels hold a name among other words.
        return {
            key: _in_text(str(entry), nearest)
            if key == "item"
            else _replaced(entry, nearest)
            for key, entry in value.items()
        }
    return value
