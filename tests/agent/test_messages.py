"""LangGraph's `messages` stream, over real HTTP: the answer and nothing but the answer."""

from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.graph import END, START, StateGraph

from dagplan import create_dag_agent
from dagplan.agent.graph import AgentState
from tests.agent.tools import passages, population
from tests.loopback import Json, Loopback, Sliced, Text, ToolCalls
from tests.loopback.clients import chat_model

ASKED: Any = {"input": "How many?"}


def agent(loopback: Loopback, *tools: Any) -> Any:
    tools = (passages, population, *tools)
    return create_dag_agent(chat_model(loopback), tools=list(tools))


def every_role(loopback: Loopback) -> None:
    """Script a planner, a reader, an agent step, a revision and an answer."""
    steps = [
        {"passages": {"query": "x"}, "id": "a:number"},
        {"agent": "Comment on ${a}", "id": "b:number"},
        {"population": {"country": "Japn"}, "id": "jp"},
    ]
    better = {"population": {"country": "Japan"}, "id": "jp"}
    loopback.reply(
        Json({"steps": steps, "answer": None}),
        Json({"value": 42}),
        ToolCalls([("passages", {"query": "France"})]),
        ToolCalls([("result", {"value": 7})]),
        ToolCalls([("revise_plan", {"steps": [better], "drop": []})]),
        Sliced(Text("It is 42."), characters=3),
    )


@pytest.mark.parametrize("subgraphs", [False, True])
async def test_of_all_calls_of_a_run_only_the_answer_is_heard(
    loopback: Loopback, subgraphs
):
    every_role(loopback)
    streamed = agent(loopback).astream(
        ASKED, stream_mode="messages", subgraphs=subgraphs
    )
    messages = [each[-1][0] if subgraphs else each[0] async for each in streamed]
    assert [message.content for message in messages] == ["It ", "is ", "42."]
    assert not any(message.tool_call_chunks for message in messages)
    assert len({message.id for message in messages}) == 1
    assert len(loopback.requests) == 6


def test_the_sync_half_streams_the_same(loopback: Loopback):
    every_role(loopback)
    streamed = agent(loopback).stream(ASKED, stream_mode="messages")
    found = [(message.content, about["langgraph_node"]) for message, about in streamed]
    assert found == [("It ", "execute"), ("is ", "execute"), ("42.", "execute")]


async def test_a_plan_that_is_an_answer_is_streamed_and_no_second_call_is_made(
    loopback: Loopback,
):
    loopback.reply(Json({"steps": [], "answer": "Bonjour."}))
    streamed = agent(loopback).astream(ASKED, stream_mode=["messages", "values"])
    found = [(mode, chunk) async for mode, chunk in streamed]
    assert [chunk[0].content for mode, chunk in found if mode == "messages"] == [
        "Bonjour."
    ]
    assert found[-1][1]["response"] == "Bonjour."
    assert len(loopback.requests) == 1


async def test_a_template_is_streamed_with_its_values(loopback: Loopback):
    step = {"population": {"country": "France"}, "id": "fr"}
    loopback.reply(Json({"steps": [step], "answer": "${fr} people."}))
    streamed = agent(loopback).astream(ASKED, stream_mode="messages")
    assert [each.content async for each, _ in streamed] == ["68,000,000 people."]


async def test_what_a_tool_asks_a_model_of_its_own_is_no_part_of_the_answer(
    loopback: Loopback,
):
    async def translate(text: str) -> str:
        """Translate a text."""
        reply = await chat_model(loopback).ainvoke([HumanMessage(text)])
        return reply.text

    step = {"translate": {"text": "hello"}, "id": "a"}
    loopback.reply(Json({"steps": [step], "answer": None}), "salve", "It is salve.")
    streamed = agent(loopback, translate).astream(ASKED, stream_mode="messages")
    assert "".join([each.content async for each, _ in streamed]) == "It is salve."


async def test_as_a_node_of_another_graph_it_streams_the_same(loopback: Loopback):
    every_role(loopback)
    graph = StateGraph(AgentState)
    graph.add_node("ask", agent(loopback))
    graph.add_edge(START, "ask")
    graph.add_edge("ask", END)
    streamed: Any = graph.compile().astream(
        ASKED, stream_mode="messages", subgraphs=True
    )
    found = [
        (space[0].split(":")[0], each[0].content) async for space, each in streamed
    ]
    assert found == [("ask", "It "), ("ask", "is "), ("ask", "42.")]
