"""Whether a plan is so plain that nothing can be wrong with it.

Most large plans are; `check.py` reads the others rule by rule.
"""

from dagplan.plan.model import Plan, Step
from dagplan.plan.references import ID_PATTERN, ITEM


def is_plainly_sound(plan: Plan) -> bool:
    """Tell at a glance that a plan has no problem; it may have none all the same.

    True where every step is of the simplest kind and comes after all that it depends on.
    Nothing is kept of a step but its id: what is kept of each, and for how long, is most
    of what reading a large plan costs.
    """
    seen: set[str] = set()
    for step in plan.steps:
        step_id = step.id
        if step_id in seen or not _is_simple(step):
            return False
        if step.depends_on and not seen.issuperset(step.depends_on):
            return False
        if step.optional and not seen.issuperset(step.optional):
            return False
        seen.add(step_id)
    return bool(seen) and (plan.answer is None or is_plain(plan.answer))


def _is_simple(step: Step) -> bool:
    """Tell whether a step holds nothing that could be wrong but its dependencies."""
    return (
        not step.args
        and step.for_each is None
        and step.returns is None
        and not step.partial
        and (bool(step.task.strip()) if step.tool is None else step.tool.isascii())
        and (not step.task or is_plain(step.task))
        and ID_PATTERN.fullmatch(step.id) is not None
        and step.id != ITEM
    )


def is_plain(text: str) -> bool:
    """Tell at a glance that a text has no problem."""
    return "${" not in text and text.isascii()
