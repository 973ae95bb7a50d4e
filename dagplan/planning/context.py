"""What planning models are shown of a run: results and problems as text."""

from collections.abc import Mapping, Sequence

from dagplan.errors import PlanError
from dagplan.events import StepResult
from dagplan.models import shorten
from dagplan.plan.model import Plan
from dagplan.plan.references import as_text
from dagplan.planning.wire import write_step

RESULT_CHARACTERS = 60_000
"""Most characters of results that a model is shown, about 15,000 tokens."""


_ERROR_CHARACTERS = 500  # of one error
_ITEMS_SHOWN = 20  # failed items of one step


def results_text(plan: Plan, results: Mapping[str, StepResult]) -> str:
    """Write what became of each step, cut to `RESULT_CHARACTERS` in all.

    The longest results are cut first; what was cut is said where it is missing.
    """
    values = {
        step.id: as_text(results[step.id].value)
        for step in plan.steps
        if results[step.id].status == "succeeded"
    }
    most = _level([len(text) for text in values.values()], RESULT_CHARACTERS)
    blocks = []
    for step in plan.steps:
        result = results[step.id]
        found = values.get(step.id)
        error = shorten(result.error or "", _ERROR_CHARACTERS)
        shown = error if found is None else shorten(found, most)
        head = f"{step.id} ({result.status}) {as_text(write_step(step))}"
        blocks.append(f"{head}\n{shown}{_failed_items(step.id, results)}")
    return "\n\n".join(blocks)


def _failed_items(step_id: str, results: Mapping[str, StepResult]) -> str:
    prefix = f"{step_id}["
    failed = [
        f"\n{name} failed: {shorten(result.error or '', _ERROR_CHARACTERS)}"
        for name, result in results.items()
        if name.startswith(prefix) and result.status == "failed"
    ]
    more = len(failed) - _ITEMS_SHOWN
    tail = f"\n… and {more:,} more failed" if more > 0 else ""
    return "".join(failed[:_ITEMS_SHOWN]) + tail


def _level(lengths: Sequence[int], budget: int) -> int:
    """Return the length to which the longest are cut so that all fit the budget."""
    remaining = budget
    for done, length in enumerate(sorted(lengths)):
        share = remaining // (len(lengths) - done)
        if length > share:
            return share
        remaining -= length
    return budget


def problems_text(error: PlanError) -> str:
    """List every problem of a plan, a line each, for the model that wrote it."""
    return "\n".join(f"- {problem}" for problem in error.problems[:50])
