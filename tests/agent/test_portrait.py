"""The agent in a notebook: drawn on this machine, as everything else is."""

from xml.etree import ElementTree as ET

import pytest

from dagplan import create_dag_agent
from dagplan.agent.portrait import portrait

SVG = "image/svg+xml"


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse to connect anywhere."""

    def refuse(*_: object) -> None:
        raise AssertionError("a picture asks nobody")

    monkeypatch.setattr("socket.socket.connect", refuse)


@pytest.mark.usefixtures("no_network")
def test_a_notebook_gets_the_agent_as_svg_and_as_text():
    bundle = create_dag_agent()._repr_mimebundle_()

    assert [*bundle] == [SVG, "text/plain"]
    root = ET.fromstring(bundle[SVG])
    assert root.get("aria-label") == "Plan of 4 steps"
    for node in ("start", "execute", "approve", "ask"):
        assert node in bundle["text/plain"]


def test_a_notebook_can_ask_for_some_media_types_only():
    agent = create_dag_agent()

    assert [*agent._repr_mimebundle_(include=[SVG])] == [SVG]
    assert [*agent._repr_mimebundle_(exclude=[SVG])] == ["text/plain"]


def test_the_way_back_from_waiting_is_left_out_and_the_plan_is_valid():
    edges = [(e.source, e.target) for e in create_dag_agent().get_graph().edges]
    assert ("ask", "execute") in edges
    plan = portrait(edges)

    plan.check()
    assert {step.id: step.depends_on for step in plan.steps} == {
        "start": [],
        "execute": ["start"],
        "approve": ["execute"],
        "ask": ["execute"],
    }
