"""Every problem of a plan at once.

Sizes come first, since all later work is bounded by them. Then everything else is
looked at, also where something is already known to be wrong: the structure (ids,
dependencies, cycles), what references lead to and what tools accept.
"""

import difflib
from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping
from graphlib import CycleError, TopologicalSorter
from itertools import chain, islice

from dagplan.errors import PlanError, Problem
from dagplan.plan.arguments import argument_problems
from dagplan.plan.glance import is_plainly_sound
from dagplan.plan.items import for_each_problems, item_type, list_reference
from dagplan.plan.limits import MOST_PROBLEMS, PlanLimits
from dagplan.plan.model import Plan, Step
from dagplan.plan.reading import Reading, text_problems
from dagplan.plan.references import (
    ID_PATTERN,
    ITEM,
    Reference,
    clip,
    find,
    short,
)
from dagplan.plan.returns import (
    first,
    follow,
    listed,
    type_problems,
)
from dagplan.plan.sizes import size_problems, too
from dagplan.plan.toolspec import ToolSpec


def check_plan(
    plan: Plan,
    tools: Iterable[ToolSpec] | None = None,
    limits: PlanLimits | None = None,
) -> None:
    """Raise `PlanError` with every problem that a plan has.

    Args:
        plan: The plan.
        tools: What its steps may call; None leaves names and arguments unchecked.
        limits: Bounds on its size; None for a plan of any size.

    Raises:
        PlanError: With all problems in plan order, at most a thousand.
    """
    if limits is not None and (too_large := [*size_problems(plan, limits)]):
        raise PlanError(too_large)
    if limits is None and tools is None and is_plainly_sound(plan):
        return
    found = [Reading(step) for step in plan.steps]
    edges = sum(len(reading.dependencies) for reading in found)
    if limits is not None and edges > limits.edges:
        raise PlanError([too("many-edges", f"{edges:,} dependencies", limits.edges)])
    specs = None if tools is None else {spec.name: spec for spec in tools}
    nearest = _Nearest()
    problems = chain(
        _structure(plan, found, nearest), _meaning(plan, found, specs, nearest)
    )
    if shown := [*islice(problems, MOST_PROBLEMS)]:
        order: dict[str | None, int] = {}
        for index, reading in enumerate(found):
            order.setdefault(reading.label, index)
        raise PlanError(sorted(shown, key=lambda p: order.get(p.step, len(found))))


def check_step(
    step: Step, before: Mapping[str, Step], tools: Mapping[str, ToolSpec]
) -> None:
    """Raise `PlanError` with every problem of one more step of a plan.

    Args:
        step: The step.
        before: Steps that are known to be valid, by id; it may refer to no others.
        tools: What it may call, by name.

    Raises:
        PlanError: With all its problems, at most a thousand.
    """
    reading, nearest = Reading(step), _Nearest()
    needed = {name: before[name] for name in reading.dependencies if name in before}
    types = {name: value_type(found, tools) for name, found in needed.items()}
    problems = chain(
        _id_problems(reading, before),
        _shape_problems(reading),
        _dependency_problems(reading, before, nearest),
        _step_meaning(reading, types, tools, nearest),
    )
    if shown := [*islice(problems, MOST_PROBLEMS)]:
        raise PlanError(shown)


class _Nearest:
    """Says which name was probably meant, while the cost of that is bearable."""

    def __init__(self) -> None:
        self._comparisons = 2_000  # each may cost a tenth of a millisecond

    def hint(self, name: str, known: Collection[str]) -> str:
        if len(known) > self._comparisons:
            return ""
        self._comparisons -= len(known)
        close = difflib.get_close_matches(name[:64], known, 1)
        return f"did you mean {close[0]!r}?" if close else ""


# Structure


def _structure(
    plan: Plan, found: list[Reading], nearest: _Nearest
) -> Iterator[Problem]:
    if not plan.steps and not plan.answer:
        yield Problem(None, "empty-plan", "no steps", "write a step or an answer")
    known = dict.fromkeys(step.id for step in plan.steps)
    seen: set[str] = set()
    for reading in found:
        yield from _id_problems(reading, seen)
        yield from _shape_problems(reading)
        yield from _dependency_problems(reading, known, nearest)
        seen.add(reading.step.id)
    yield from text_problems(None, plan.answer)
    for reference in find(plan.answer):
        if reference.step not in known:
            remedy = nearest.hint(reference.step, known) or "name a step of this plan"
            yield Problem(None, "unknown-reference", clip(str(reference)), remedy)
    if not _is_in_order(found):
        yield from _cycles(found)


def _is_in_order(found: Iterable[Reading]) -> bool:
    """Tell whether every dependency comes before its dependents: then none is a cycle."""
    seen: set[str] = set()
    for reading in found:
        if not seen.issuperset(reading.dependencies):
            return False
        seen.add(reading.step.id)
    return True


def _id_problems(reading: Reading, seen: Collection[str]) -> Iterator[Problem]:
    step_id, label = reading.step.id, reading.label
    if not ID_PATTERN.fullmatch(step_id):
        remedy = "begin with a letter; then letters, digits and _, at most 64 in all"
        yield Problem(label, "malformed-id", short(step_id), remedy)
    elif step_id == ITEM:
        remedy = "choose another id; ${item} is the item of a for_each step"
        yield Problem(label, "reserved-id", repr(step_id), remedy)
    if step_id in seen:
        yield Problem(label, "duplicate-id", short(step_id), "give each step its own")


def _shape_problems(reading: Reading) -> Iterator[Problem]:
    step, label = reading.step, reading.label
    if step.tool is None and not step.task.strip():
        yield Problem(label, "no-task", "neither tool nor task", "write the task")
    if step.tool is None and step.args:
        remedy = "name the tool that takes them, or write them into the task"
        yield Problem(label, "args-without-tool", short(step.args), remedy)
    yield from for_each_problems(label, step.for_each)
    if step.partial and step.for_each is None:
        remedy = "leave it out; it says what happens to failed items of a for_each"
        yield Problem(label, "partial-without-for-each", "partial=True", remedy)
    for value, remedy in type_problems(step.returns):
        yield Problem(label, "bad-returns", value, remedy)
    yield from reading.flaws


def _dependency_problems(
    reading: Reading, known: Collection[str], nearest: _Nearest
) -> Iterator[Problem]:
    step, label = reading.step, reading.label
    referred = {reference.step: reference for reference in reading.references}
    for name in reading.dependencies:
        if name == step.id:
            remedy = "a step cannot wait for itself; name another step"
            yield Problem(label, "own-dependency", short(name), remedy)
        elif name not in known:
            remedy = nearest.hint(name, known) or "name a step of this plan"
            if (reference := referred.get(name)) is not None:
                shown = clip(str(reference))
                yield Problem(label, "unknown-reference", shown, remedy)
            else:
                yield Problem(label, "unknown-dependency", short(name), remedy)
    if step.for_each is None and ITEM in referred:
        remedy = "add for_each; only a for_each step has an item"
        shown = clip(str(referred[ITEM]))
        yield Problem(label, "item-without-for-each", shown, remedy)


def _cycles(found: Iterable[Reading]) -> Iterator[Problem]:
    edges = {
        reading.step.id: [
            name for name in reading.dependencies if name != reading.step.id
        ]
        for reading in found
    }
    try:
        TopologicalSorter(edges).prepare()
    except CycleError:
        yield from _named_cycles(edges)


def _named_cycles(edges: Mapping[str, list[str]]) -> Iterator[Problem]:
    """Name one cycle of every group of steps that wait for one another."""
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from((a, b) for b, before in edges.items() for a in before)
    position = {step: index for index, step in enumerate(edges)}
    for group in nx.strongly_connected_components(graph):
        if len(group) < 2:
            continue
        start = min(group, key=position.__getitem__)
        cycle = [a for a, _ in nx.find_cycle(graph.subgraph(group), start)]
        names = [clip(name) for name in cycle]
        shown = " → ".join([*names[:12], *(["…"] if len(names) > 12 else []), names[0]])
        yield Problem(names[0], "cycle", shown, "remove one of these dependencies")


# Meaning: what references lead to, what tools accept


def _meaning(
    plan: Plan,
    found: list[Reading],
    tools: Mapping[str, ToolSpec] | None,
    nearest: _Nearest,
) -> Iterator[Problem]:
    types = _types(plan, tools)
    for reading in found:
        yield from _step_meaning(reading, types, tools, nearest)
    for reference in find(plan.answer):
        yield from _path_problems(None, reference, types)


def _step_meaning(
    reading: Reading,
    types: MutableMapping[str, object],
    tools: Mapping[str, ToolSpec] | None,
    nearest: _Nearest,
) -> Iterator[Problem]:
    step, label = reading.step, reading.label
    if not reading.references and (tools is None or step.tool is None):
        return
    scope: Mapping[str, object] = types
    if step.for_each is not None:
        items, problem = item_type(label, step.for_each, types)
        scope = ChainMap({ITEM: items}, types)
        if problem is not None:
            yield problem
    # That of `for_each` comes last and has been followed already.
    over = list_reference(step.for_each)
    for reference in reading.references[: -1 if over is not None else None]:
        yield from _path_problems(label, reference, scope)
    if tools is not None and step.tool is not None:
        yield from _tool_problems(reading, step.tool, tools, nearest)


def _types(plan: Plan, tools: Mapping[str, ToolSpec] | None) -> dict[str, object]:
    """Return the types of all steps; None where a step is too flawed to have one."""
    types: dict[str, object] = {}
    for step in plan.steps:
        flawed = step.id in types or (
            step.returns is not None and any(True for _ in type_problems(step.returns))
        )
        types[step.id] = None if flawed else value_type(step, tools)
    return types


def value_type(step: Step, tools: Mapping[str, ToolSpec] | None = None) -> object:
    """Return the type of a step's value: declared by the step, else by its tool."""
    returns: object = step.returns
    if returns is None and tools is not None and step.tool is not None:
        spec = tools.get(step.tool)
        returns = None if spec is None else spec.returns
    return listed(returns) if step.for_each is not None else returns


def _path_problems(
    step: str | None, reference: Reference, types: Mapping[str, object]
) -> Iterator[Problem]:
    try:
        follow(types.get(reference.step), reference.path)
    except LookupError as error:
        yield Problem(step, "unknown-path", clip(str(reference)), str(error))


def _tool_problems(
    reading: Reading, name: str, tools: Mapping[str, ToolSpec], nearest: _Nearest
) -> Iterator[Problem]:
    if (spec := tools.get(name)) is None:
        hint = nearest.hint(name, tools)
        remedy = f"{hint} the tools are: {first(tools) or 'none'}".lstrip()
        yield Problem(reading.label, "unknown-tool", short(name), remedy)
    elif reading.args_are_plain:
        for value, remedy in argument_problems(reading.step.args, spec.parameters):
            yield Problem(reading.label, "bad-args", value, remedy)
