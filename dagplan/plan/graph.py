"""The plan as a graph: for users of networkx, for layouts and for lower bounds."""

from collections.abc import Callable, Iterable, Mapping
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from dagplan.plan.model import Plan

if TYPE_CHECKING:
    import networkx as nx


def to_networkx(plan: Plan) -> "nx.DiGraph[str]":
    """Return a `networkx.DiGraph` with an edge from each dependency to its dependent.

    Nodes are step ids in plan order with the attribute `step`; edges have the
    attribute `required`. Dependencies that name no step are left out.
    """
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    for step in plan.steps:
        graph.add_node(step.id, step=step)
    for step in plan.steps:
        for dependency, required in step.dependencies().items():
            if dependency in graph:
                graph.add_edge(dependency, step.id, required=required)
    return graph


def topological(dependencies: Mapping[str, Iterable[str]]) -> list[str]:
    """Order ids so that each comes after its dependencies.

    Raises:
        graphlib.CycleError: There is a cycle.
    """
    return list(TopologicalSorter(dependencies).static_order())


def layers(plan: Plan) -> list[list[str]]:
    """Group the ids of a checked plan by the longest path that leads to them."""
    edges = {step.id: [*step.dependencies()] for step in plan.steps}
    depth: dict[str, int] = {}
    for step_id in topological(edges):
        depth[step_id] = 1 + max((depth[d] for d in edges[step_id]), default=-1)
    grouped: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for step in plan.steps:
        grouped[depth[step.id]].append(step.id)
    return grouped


def critical_path(
    dependencies: Mapping[str, Iterable[str]],
    seconds: Callable[[str], float] = lambda _: 1.0,
) -> tuple[list[str], float]:
    """Find the longest path through a graph: no schedule can be shorter.

    Args:
        dependencies: Ids of each step's dependencies.
        seconds: How long a step takes; without it the path with the most steps wins.

    Returns:
        The ids on the path in order, and its length in seconds.
    """
    arrival: dict[str, float] = {}
    before: dict[str, str | None] = {}
    for step_id in topological(dependencies):
        previous = max(
            dependencies.get(step_id, ()), key=arrival.__getitem__, default=None
        )
        before[step_id] = previous
        start = 0.0 if previous is None else arrival[previous]
        arrival[step_id] = start + seconds(step_id)
    if not arrival:
        return [], 0.0
    last: str | None = max(arrival, key=arrival.__getitem__)
    length = arrival[last] if last is not None else 0.0
    path: list[str] = []
    while last is not None:
        path.append(last)
        last = before[last]
    return path[::-1], length
