"""The plan as a graph."""

from graphlib import CycleError

import pytest

from dagplan.plan import Plan, Step
from dagplan.plan.graph import critical_path, layers, topological

DIAMOND = Plan(
    steps=[
        Step(id="end", task="${left} ${right}", optional=["right"]),
        Step(id="left", task="${start}"),
        Step(id="right", task="${middle}"),
        Step(id="middle", task="x", depends_on=["start"]),
        Step(id="start", task="x"),
    ]
)
EDGES = {step.id: [*step.dependencies()] for step in DIAMOND.steps}


def test_edges_go_from_dependency_to_dependent() -> None:
    graph = DIAMOND.graph()
    assert [*graph] == ["end", "left", "right", "middle", "start"]
    assert set(graph.edges) == {
        ("left", "end"),
        ("right", "end"),
        ("start", "left"),
        ("middle", "right"),
        ("start", "middle"),
    }
    assert graph.nodes["left"]["step"] is DIAMOND.steps[1]
    assert graph.edges["left", "end"]["required"] is True
    assert graph.edges["right", "end"]["required"] is False


def test_a_flawed_plan_has_a_graph_too() -> None:
    plan = Plan(steps=[Step(id="a", task="${gone} ${b}"), Step(id="b", task="${a}")])
    assert set(plan.graph().edges) == {("b", "a"), ("a", "b")}


def test_topological_order_puts_dependencies_first() -> None:
    order = topological(EDGES)
    assert all(
        order.index(before) < order.index(step)
        for step, befores in EDGES.items()
        for before in befores
    )
    with pytest.raises(CycleError):
        topological({"a": ["b"], "b": ["a"]})


def test_layers_follow_the_longest_path_in_plan_order() -> None:
    assert layers(DIAMOND) == [["start"], ["left", "middle"], ["right"], ["end"]]
    assert layers(Plan(steps=[])) == []


def test_the_critical_path_by_steps_and_by_seconds() -> None:
    assert critical_path(EDGES) == (["start", "middle", "right", "end"], 4.0)
    seconds = {"start": 1.0, "left": 5.0, "middle": 1.0, "right": 1.5, "end": 0.25}
    assert critical_path(EDGES, seconds.__getitem__) == (["start", "left", "end"], 6.25)
    assert critical_path({}) == ([], 0.0)
    assert critical_path({"a": []}) == (["a"], 1.0)


def test_a_long_chain_needs_no_stack() -> None:
    chain = {f"s{i}": [f"s{i - 1}"] if i else [] for i in range(5_000)}
    path, length = critical_path(chain)
    assert length == 5_000
    assert path[0] == "s0"
