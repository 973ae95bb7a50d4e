"""The answer that a plan words itself: its template, and what must hold for it."""

from collections.abc import Sequence

from dagplan.errors import Problem
from dagplan.plan.check import value_type
from dagplan.plan.model import Plan
from dagplan.plan.references import Reference, find
from dagplan.plan.returns import follow
from dagplan.plan.toolspec import ToolSpec


def has_template(plan: Plan) -> bool:
    """Tell whether a plan words its answer."""
    return plan.answer is not None and bool(plan.answer.strip())


def unpromised(plan: Plan, tools: Sequence[ToolSpec]) -> list[Reference]:
    """Return what the template refers to without anybody promising its type.

    Args:
        plan: A plan that `check_plan` accepts.
        tools: What its steps call.
    """
    specs = {tool.name: tool for tool in tools}
    types = {step.id: value_type(step, specs) for step in plan.steps}
    found = find(plan.answer)
    return [ref for ref in found if follow(types[ref.step], ref.path) is None]


def template_problems(plan: Plan, tools: Sequence[ToolSpec]) -> list[Problem]:
    """Return why a plan could never answer by its template, whatever its steps find."""
    if not has_template(plan):
        remedy = "write the answer as a text with references to steps"
        return [Problem(None, "no-template", repr(plan.answer), remedy)]
    remedy = "refer to values of a declared type only; a new step may give one"
    return [
        Problem(None, "untyped-template", str(reference), remedy)
        for reference in unpromised(plan, tools)
    ]
