"""The agent as a notebook shows it: its nodes, drawn as a plan is.

LangGraph would send the graph to a web service to have it drawn.
"""

from collections.abc import Iterable
from typing import Final

from dagplan.plan import Plan, Step

_DOES: Final = {
    "start": "begins a run, or goes on with one",
    "execute": "plans, runs steps, revises, answers",
    "approve": "waits for what you approve of",
    "ask": "waits for what only you know",
}


def portrait(edges: Iterable[tuple[str, str]]) -> Plan:
    """Return the nodes of the agent's graph as the steps of a plan.

    The edges that lead back from waiting to work are left out: a plan has no cycle.

    Args:
        edges: From node to node; LangGraph's own two ends may be among them.
    """
    places = {name: index for index, name in enumerate(_DOES)}
    after: dict[str, list[str]] = {name: [] for name in _DOES}
    for source, target in edges:
        if places.get(source, len(places)) < places.get(target, -1):
            after[target].append(source)
    steps = [
        Step(id=name, task=does, depends_on=after[name]) for name, does in _DOES.items()
    ]
    return Plan(steps=steps)
