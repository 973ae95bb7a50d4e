"""A change of a plan that is running."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, Field

from dagplan.errors import PlanError, Problem
from dagplan.plan.check import check_plan, value_type
from dagplan.plan.limits import PlanLimits
from dagplan.plan.model import Plan, Step
from dagplan.plan.references import short
from dagplan.plan.returns import conforms
from dagplan.plan.sizes import size_problems
from dagplan.plan.toolspec import ToolSpec


class Revision(BaseModel):
    """What a replanner changes; steps that it does not mention stay as they are.

    Attributes:
        steps: New steps, and steps that redefine waiting, failed or skipped ones.
        drop: Ids of steps that go.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: list[Step]
    drop: list[str] = Field(default_factory=list)


def revised(
    plan: Plan,
    revision: Revision,
    settled: Collection[str] | Mapping[str, object] = (),
    tools: Iterable[ToolSpec] | None = None,
    limits: PlanLimits | None = PlanLimits(),
    *,
    running: Mapping[str, object] = MappingProxyType({}),
) -> Plan:
    """Return the plan that a revision makes of a plan.

    Args:
        plan: The plan that is running.
        revision: The change.
        settled: Ids that may not be redefined or dropped: what succeeded or may have
            had effects; with the values where those are known.
        tools: As for `Plan.check`.
        limits: As for `Plan.check`.
        running: Ids that may be dropped, which cancels them, but not redefined; each
            with the type that its value will have, None if it is not known.

    Raises:
        PlanError: With every problem of the change, or of the plan it would make.
    """
    # Before anything is read: references cost time that the sizes bound.
    change = Plan(steps=revision.steps)
    if limits is not None and (too_large := [*size_problems(change, limits)]):
        raise PlanError(too_large)
    problems = [*_problems(plan, revision, settled, running)]
    values = settled if isinstance(settled, Mapping) else {}
    problems += _unread_values(plan, revision, values, running)
    if problems:
        raise PlanError(problems)
    changed = {step.id: step for step in revision.steps}
    gone = set(revision.drop)
    kept = [changed.pop(s.id, s) for s in plan.steps if s.id not in gone]
    # The old template was worded for the old steps; only an answering call knows
    # what became of them.
    result = Plan(steps=[*kept, *changed.values()])
    check_plan(result, tools, limits)
    return result


def _unread_values(
    plan: Plan,
    revision: Revision,
    values: Mapping[str, object],
    running: Mapping[str, object],
) -> Iterable[Problem]:
    """Find references to values that are not of their declared type.

    A value is read out of a result only where something refers to it, and nothing
    referred to these while there was time.
    """
    types = {step.id: value_type(step) for step in plan.steps}
    unread = {
        name for name, value in values.items() if not conforms(value, types.get(name))
    }
    unread.update(name for name, kind in running.items() if kind != types.get(name))
    for step in revision.steps:
        for name in dict.fromkeys(reference.step for reference in step.references()):
            if name in unread:
                remedy = "add a step that looks it up again, and refer to that one"
                yield Problem(step.id, "unread-value", f"${{{name}}}", remedy)


def _problems(
    plan: Plan,
    revision: Revision,
    settled: Collection[str],
    running: Collection[str],
) -> Iterable[Problem]:
    known = {step.id for step in plan.steps}
    seen: set[str] = set()
    for step in revision.steps:
        if step.id in seen:
            yield Problem(step.id, "duplicate-id", repr(step.id), "mention it once")
        seen.add(step.id)
        if step.id in settled:
            remedy = "it already ran or runs; add a step with a new id"
            yield Problem(step.id, "settled-step", repr(step.id), remedy)
        elif step.id in running:
            remedy = "drop it, which cancels it, and add a step with a new id"
            yield Problem(step.id, "running-step", repr(step.id), remedy)
    for name in revision.drop:
        if name not in known:
            yield Problem(None, "unknown-step", short(name), "drop steps of this plan")
        elif name in seen:
            yield Problem(name, "dropped-and-defined", repr(name), "do one of the two")
        elif name in settled:
            remedy = "it already ran or has begun what cannot be undone; it stays"
            yield Problem(name, "settled-step", repr(name), remedy)
