"""Every problem of a plan at once.

Sizes come first, since all later work is bounded by them; then the structure (ids,
dependencies, cycles); then, where the structure holds, what references lead to and
what tools accept.
"""

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from dagplan.errors import PlanError, Problem
from dagplan.plan.arguments import argument_problems
from dagplan.plan.limits import PlanLimits
from dagplan.plan.model import Plan, Step
from dagplan.plan.references import (
    ID_PATTERN,
    ITEM,
    Malformed,
    Reference,
    find,
    scan,
    short,
    walk,
    whole,
)
from dagplan.plan.returns import describe, element, follow, listed, type_problems
from dagplan.plan.toolspec import ToolSpec

_SUGGESTIONS = 20  # difflib costs milliseconds where there are many ids
_MOST_PROBLEMS = 1_000


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
        PlanError: With all problems, at most a thousand.
    """
    specs = None if tools is None else {spec.name: spec for spec in tools}
    problems: list[Problem] = []
    for stage in (_sizes(plan, limits), _structure(plan), _meaning(plan, specs)):
        for problem in stage:
            problems.append(problem)
            if len(problems) == _MOST_PROBLEMS:
                break
        # A stage relies on what the stage before it has shown.
        if problems:
            raise PlanError(problems)


# Sizes


def _sizes(plan: Plan, limits: PlanLimits | None) -> Iterator[Problem]:
    if limits is None:
        return
    if (count := len(plan.steps)) > limits.steps:
        yield _too("many-steps", count, "steps", limits.steps)
        return
    total = len(plan.answer or "")
    for step in plan.steps:
        taken, depth = _extent(step)
        total += taken
        if depth > limits.depth:
            yield Problem(
                short(step.id),
                "too-deep",
                f"{depth} levels",
                f"nest at most {limits.depth} lists and objects",
            )
            return
    if total > limits.bytes:
        yield _too("large", total, "bytes", limits.bytes)
        return
    if (edges := sum(len(step.dependencies()) for step in plan.steps)) > limits.edges:
        yield _too("many-edges", edges, "dependencies", limits.edges)


def _too(rule: str, count: int, what: str, limit: int) -> Problem:
    value = f"{count:,} {what}"
    return Problem(None, f"too-{rule}", value, f"keep a plan under {limit:,} {what}")


def _extent(step: Step) -> tuple[int, int]:
    """Return about how many bytes a step takes, and how deeply it nests."""
    taken = depth = 0
    fields = [step.id, step.tool, step.depends_on, step.optional, step.returns]
    for level, node in walk([*fields, *step.texts()]):
        depth = max(depth, level - 1)
        taken += 2
        if isinstance(node, str):
            taken += len(node) if node.isascii() else len(node.encode(errors="replace"))
        elif isinstance(node, dict):
            taken += sum(map(len, map(str, node)))
    return taken, depth


# Structure


def _structure(plan: Plan) -> Iterator[Problem]:
    if not plan.steps and not plan.answer:
        yield Problem(None, "empty-plan", "no steps", "write a step or an answer")
    known = _Names(plan)
    seen: set[str] = set()
    for step in plan.steps:
        yield from _id_problems(step.id, seen)
        seen.add(step.id)
        yield from _shape_problems(step)
        yield from _dependency_problems(step, known)
    if plan.answer is not None:
        yield from _text_problems(None, plan.answer)
        for reference in find(plan.answer):
            if reference.step not in known:
                yield known.unknown(None, "unknown-reference", str(reference))
    yield from _cycles(plan)


class _Names:
    """The ids of a plan, and which of them was probably meant."""

    def __init__(self, plan: Plan) -> None:
        self.ids = dict.fromkeys(step.id for step in plan.steps)
        self.suggested = 0

    def __contains__(self, step_id: str) -> bool:
        return step_id in self.ids

    def unknown(self, step: str | None, rule: str, value: str) -> Problem:
        return Problem(step, rule, value, self._remedy(value.strip("${}")))

    def _remedy(self, name: str) -> str:
        self.suggested += 1
        if self.suggested <= _SUGGESTIONS:
            close = difflib.get_close_matches(name.partition(".")[0][:64], self.ids, 1)
            if close:
                return f"did you mean {close[0]!r}?"
        return "name a step of this plan"


def _id_problems(step_id: str, seen: set[str]) -> Iterator[Problem]:
    if not ID_PATTERN.fullmatch(step_id):
        remedy = "begin with a letter; then letters, digits and _, at most 64 in all"
        yield Problem(short(step_id), "malformed-id", short(step_id), remedy)
    elif step_id == ITEM:
        remedy = "choose another id; ${item} is the item of a for_each step"
        yield Problem(step_id, "reserved-id", repr(step_id), remedy)
    elif step_id in seen:
        yield Problem(step_id, "duplicate-id", repr(step_id), "give each step its own")


def _shape_problems(step: Step) -> Iterator[Problem]:
    if step.tool is None and not step.task.strip():
        yield Problem(step.id, "no-task", "neither tool nor task", "write the task")
    if step.tool is None and step.args:
        remedy = "name the tool that takes them, or write them into the task"
        yield Problem(step.id, "args-without-tool", short(step.args), remedy)
    if step.for_each is not None and whole(step.for_each) is None:
        remedy = "write exactly one reference to a list, such as ${neighbours}"
        yield Problem(step.id, "bad-for-each", short(step.for_each), remedy)
    if step.partial and step.for_each is None:
        remedy = "leave it out; it says what happens to failed items of a for_each"
        yield Problem(step.id, "partial-without-for-each", "partial=True", remedy)
    for value, remedy in type_problems(step.returns):
        yield Problem(step.id, "bad-returns", value, remedy)
    for text in step.texts():
        yield from _text_problems(step.id, text)


def _text_problems(step: str | None, value: object) -> Iterator[Problem]:
    """Find what is no JSON, no Unicode or no reference in a nested value."""
    for _, node in walk(value):
        match node:
            case str():
                yield from _string_problems(step, node)
            case float() if not math.isfinite(node):
                remedy = "write a finite number, or null"
                yield Problem(step, "not-json", repr(node), remedy)
            case dict():
                for key in node:
                    if not isinstance(key, str):
                        yield Problem(step, "not-json", short(key), "use text as keys")
            case None | bool() | int() | float() | list():
                pass
            case other:
                yield Problem(step, "not-json", short(other), "write plain JSON values")


def _string_problems(step: str | None, text: str) -> Iterator[Problem]:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            remedy = "write whole characters, no lone surrogates"
            yield Problem(step, "not-unicode", short(ascii(text)), remedy)
    for part in scan(text):
        if isinstance(part, Malformed):
            remedy = r"write ${id} or ${id.key}; for the characters themselves \${"
            yield Problem(step, "malformed-reference", short(part.text), remedy)


def _dependency_problems(step: Step, known: _Names) -> Iterator[Problem]:
    referred = {reference.step: reference for reference in step.references()}
    for name in step.dependencies():
        if name == step.id:
            remedy = "a step cannot wait for itself; name another step"
            yield Problem(step.id, "own-dependency", repr(name), remedy)
        elif name not in known:
            if (reference := referred.get(name)) is not None:
                rule, value = "unknown-reference", short(str(reference))
            else:
                rule, value = "unknown-dependency", short(name)
            yield known.unknown(step.id, rule, value)
    if step.for_each is None and ITEM in referred:
        remedy = "add for_each; only a for_each step has an item"
        yield Problem(step.id, "item-without-for-each", str(referred[ITEM]), remedy)
    over = None if step.for_each is None else whole(step.for_each)
    if over is not None and over.step == ITEM:
        remedy = "name the step whose value is the list"
        yield Problem(step.id, "bad-for-each", str(over), remedy)


def _cycles(plan: Plan) -> Iterator[Problem]:
    edges = {
        step.id: [name for name in step.dependencies() if name != step.id]
        for step in plan.steps
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
    for group in nx.strongly_connected_components(graph):
        if len(group) < 2:
            continue
        start = next(step for step in edges if step in group)
        cycle = [a for a, _ in nx.find_cycle(graph.subgraph(group), start)]
        shown = " → ".join([*cycle[:12], *(["…"] if len(cycle) > 12 else []), cycle[0]])
        yield Problem(cycle[0], "cycle", shown, "remove one of these dependencies")


# Meaning: what references lead to, what tools accept


def _meaning(plan: Plan, tools: Mapping[str, ToolSpec] | None) -> Iterator[Problem]:
    types = {step.id: value_type(step, tools) for step in plan.steps}
    for step in plan.steps:
        items = None
        if step.for_each is not None and (over := whole(step.for_each)) is not None:
            items, problem = _item_type(step.id, over, types)
            if problem is not None:
                yield problem
        scope = {**types, ITEM: items} if step.for_each is not None else types
        for reference in find([step.task, step.args]):
            yield from _path_problems(step.id, reference, scope)
        if tools is not None and step.tool is not None:
            yield from _tool_problems(step, tools)
    for reference in find(plan.answer):
        yield from _path_problems(None, reference, types)


def value_type(step: Step, tools: Mapping[str, ToolSpec] | None = None) -> object:
    """Return the type of a step's value: declared by the step, else by its tool."""
    returns: object = step.returns
    if returns is None and tools is not None and step.tool is not None:
        spec = tools.get(step.tool)
        returns = None if spec is None else spec.returns
    return listed(returns) if step.for_each is not None else returns


def _item_type(
    step: str, over: Reference, types: Mapping[str, object]
) -> tuple[object, Problem | None]:
    try:
        listed_type = follow(types[over.step], over.path)
    except LookupError as error:
        return None, Problem(step, "unknown-path", str(over), str(error))
    if listed_type is None or isinstance(listed_type, list):
        return element(listed_type), None
    value = f"{over} is a {describe(listed_type)}"
    return None, Problem(step, "for-each-over-no-list", value, "refer to a list")


def _path_problems(
    step: str | None, reference: Reference, types: Mapping[str, object]
) -> Iterator[Problem]:
    try:
        follow(types[reference.step], reference.path)
    except LookupError as error:
        yield Problem(step, "unknown-path", str(reference), str(error))


def _tool_problems(step: Step, tools: Mapping[str, ToolSpec]) -> Iterator[Problem]:
    spec = tools.get(step.tool or "")
    if spec is None:
        close = difflib.get_close_matches((step.tool or "")[:64], tools, 1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        known = ", ".join(list(tools)[:20]) or "none"
        remedy = f"{hint}the tools are: {known}"
        yield Problem(step.id, "unknown-tool", short(step.tool), remedy)
        return
    for value, remedy in argument_problems(step.args, spec.parameters):
        yield Problem(step.id, "bad-args", value, remedy)
