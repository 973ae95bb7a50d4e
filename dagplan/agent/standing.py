"""What of a running plan may not be changed any more."""

from collections.abc import Collection

from dagplan.plan.check import value_type
from dagplan.plan.model import Plan, Step
from dagplan.scheduler import Execution


def standing(
    execution: Execution, plan: Plan, effects: Collection[str]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return what of a running plan may not be changed, as `revised` wants it.

    Args:
        execution: The run.
        plan: The plan.
        effects: Names of the tools with side effects: to cancel a step that calls one
            would leave it unknown whether it was done.

    Returns:
        The values of the steps that may be neither redefined nor dropped; and the steps
        that may be dropped only, with the types that their values will have.
    """
    settled: dict[str, object] = {}
    running: dict[str, object] = {}
    results = execution.results()
    for step in plan.steps:
        result = results[step.id]
        begun = result.status == "running"
        if result.status in ("succeeded", "in_doubt") or (
            begun and step.tool in effects
        ):
            settled[step.id] = result.value
        elif begun:
            running[step.id] = _type_to_be(step, execution)
    return settled, running


def _type_to_be(step: Step, execution: Execution) -> object:
    """Return the type of a running step's value; None where parts of it are raw.

    Whether a value is read out is decided when its tool has returned. So a reference
    may still come in time, but not for the items of a list that have ended.
    """
    reads = step.tool is not None and step.returns is not None
    if reads and step.for_each is not None and not execution.machine.wants(step.id):
        return None
    return value_type(step)
