"""What the steps of a plan have found, as the replanner is shown it."""

from collections.abc import Mapping

from dagplan.cuts import RESULTS, Entry, lay_out, shorten
from dagplan.events import StepResult
from dagplan.plan.model import Plan
from dagplan.plan.references import as_text
from dagplan.planning.wire import write_step

_ERROR = 500  # characters of one error
_ITEMS_SHOWN = 20  # failed items of one step


def results_text(
    plan: Plan, results: Mapping[str, StepResult], most: int = RESULTS
) -> str:
    """Write what became of each step.

    The longest results are cut first, and what was cut is said where it is missing. If
    there are so many steps that not all can be named, those that failed stay, and then
    those that no other step needed: what they found is not in a later result.

    Args:
        plan: The plan, revisions included.
        results: What became of each step, items of `for_each` steps included.
        most: Most characters of the text.
    """
    needed = {name for step in plan.steps for name in step.dependencies()}
    failed = _failed_items(results)
    entries = []
    for step in plan.steps:
        result = results[step.id]
        rank = 2 if step.id in needed else 1
        parts = [as_text(write_step(step)), _found(result)]
        if step.id in failed:
            parts.append("\n".join(failed[step.id]))
        entries.append(
            Entry(
                f"{step.id} ({result.status})",
                tuple(parts),
                rank if result.status == "succeeded" else 0,
            )
        )
    return lay_out(entries, most)


def _found(result: StepResult) -> object:
    if result.status == "succeeded":
        return result.value
    return shorten(result.error or "", _ERROR)


def _failed_items(results: Mapping[str, StepResult]) -> dict[str, list[str]]:
    """Return a line for each failed item, the first of each step, by step."""
    lines: dict[str, list[str]] = {}
    for name, result in results.items():
        step_id, item, _ = name.partition("[")
        if item and result.status == "failed":
            error = shorten(result.error or "", _ERROR)
            lines.setdefault(step_id, []).append(f"{name} failed: {error}")
    return {step_id: _first(found) for step_id, found in lines.items()}


def _first(lines: list[str]) -> list[str]:
    more = len(lines) - _ITEMS_SHOWN
    tail = [f"… and {more:,} more failed"] * (more > 0)
    return [*lines[:_ITEMS_SHOWN], *tail]
