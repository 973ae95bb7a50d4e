"""A scripted model answers as chat models do, and keeps what it was asked."""

import json
import subprocess
import sys

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.tools import tool

from dagplan.errors import ModelError
from dagplan.events import ModelCalled
from dagplan.models import Caller, ask
from dagplan.plan import Plan, Revision, Step
from dagplan.planning.planner import ModelPlanner
from dagplan.planning.replanner import ModelReplanner
from dagplan.planning.wire import write_plan
from dagplan.protocols import PlanRequest, ReplanRequest
from dagplan.structured import JsonModel, Schema
from dagplan.testing import ScriptedModel

SCHEMA = Schema("value", {"type": "object", "properties": {}})
NO_CALLER = Caller("step", lambda _: None)


@tool
def search(query: str) -> str:
    """Search for something."""
    return query


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


async def test_replies_come_in_turn() -> None:
    model = ScriptedModel("one", {"two": 2}, AIMessage("three"))
    assert isinstance(model, BaseChatModel)
    assert (await model.ainvoke("a")).content == "one"
    assert json.loads(str(model.invoke("b").content)) == {"two": 2}
    assert model.invoke("c").content == "three"
    asked = [call.messages[-1].content for call in model.calls]
    assert asked == ["a", "b", "c"]


async def test_errors_are_raised_in_their_turn() -> None:
    error = TimeoutError("too slow")
    model = ScriptedModel(error, "fine")
    with pytest.raises(TimeoutError) as caught:
        await model.ainvoke("a")
    assert caught.value is error
    assert model.invoke("b").content == "fine"


def test_a_function_sees_the_messages() -> None:
    model = ScriptedModel(
        lambda messages: f"{len(messages)}: {messages[-1].content}",
        lambda _: {"a": 1},
        lambda _: AIMessage("as it is"),
        lambda _: ValueError("no"),
    )
    assert model.invoke([SystemMessage("s"), HumanMessage("h")]).content == "2: h"
    assert model.invoke("x").content == '{"a": 1}'
    assert model.invoke("x").content == "as it is"
    with pytest.raises(ValueError, match="no"):
        model.invoke("x")


def test_a_script_that_is_too_short_says_so() -> None:
    model = ScriptedModel("one")
    model.invoke("a")
    with pytest.raises(AssertionError, match=r"has 1 replies .* one more: why me"):
        model.invoke("why me")


@pytest.mark.parametrize("choice", ["any", "required", True, "add"])
def test_a_mapping_calls_the_tool_that_must_be_called(*, choice: str | bool) -> None:
    model = ScriptedModel({"a": 1, "b": 2})
    reply = model.bind_tools([add], tool_choice=choice).invoke("x")
    (call,) = reply.tool_calls
    assert (call["name"], call["args"]) == ("add", {"a": 1, "b": 2})
    assert reply.content == ""


def test_of_several_tools_the_chosen_one_is_called() -> None:
    model = ScriptedModel({"a": 1}, {"a": 1}, {"a": 1}, {"a": 1}, "text")
    chosen = {"type": "function", "function": {"name": "add"}}

    def called(**options: object) -> list[str]:
        bound = model.bind_tools([search, add], **options)  # type: ignore[arg-type]
        return [call["name"] for call in bound.invoke("x").tool_calls]

    assert called(tool_choice="add") == ["add"]
    assert called(tool_choice=chosen) == ["add"]
    assert called(tool_choice="any") == ["search"]
    assert called(tool_choice="auto") == []
    assert called(tool_choice="any") == []  # a text is a text


def test_bound_tools_and_options_are_kept() -> None:
    model = ScriptedModel("a", "b")
    written = {"type": "function", "function": {"name": "f", "parameters": {}}}
    model.bind_tools([search, written], tool_choice="any").invoke("x")
    model.bind(response_format={"type": "json_object"}).invoke("x")
    names = [tool["function"]["name"] for tool in model.bound[0]]
    assert names == ["search", "f"]
    first, second = model.calls
    assert [tool["function"]["name"] for tool in first.tools] == names
    assert first.options["tool_choice"] == "any"
    assert second.tools == ()
    assert second.options["response_format"] == {"type": "json_object"}


async def test_a_stream_is_cut_into_words() -> None:
    model = ScriptedModel("It is 5, that is all.", "Once more.")
    chunks = [chunk async for chunk in model.astream("x")]
    texts = [str(chunk.content) for chunk in chunks if chunk.content]
    assert len(texts) == 6
    assert "".join(texts) == "It is 5, that is all."
    assert "".join(str(c.content) for c in model.stream("x")) == "Once more."


async def test_tool_calls_and_tokens_are_streamed_too() -> None:
    broken = {"name": "add", "args": "not JSON", "id": "2", "error": "no JSON"}
    good = {"name": "add", "args": {"a": 1}, "id": "1", "type": "tool_call"}
    reply = AIMessage("Hm. ", tool_calls=[good], invalid_tool_calls=[broken])
    model = ScriptedModel(reply, reply)
    whole = await ask(model, [HumanMessage("x")], NO_CALLER, say=lambda _: None)
    assert [call["args"] for call in whole.tool_calls] == [{"a": 1}]
    assert [call["args"] for call in whole.invalid_tool_calls] == ["not JSON"]
    assert whole.usage_metadata == model.invoke("x").usage_metadata


def test_tokens_are_a_quarter_of_the_characters() -> None:
    usage = ScriptedModel("y" * 40).invoke("x" * 80).usage_metadata
    assert usage == {"input_tokens": 20, "output_tokens": 10, "total_tokens": 30}
    counted = AIMessage(
        "y", usage_metadata={"input_tokens": 7, "output_tokens": 8, "total_tokens": 15}
    )
    assert ScriptedModel(counted).invoke("x").usage_metadata == counted.usage_metadata


async def test_the_script_s_own_messages_are_not_changed() -> None:
    reply = AIMessage("y")
    ScriptedModel(reply).invoke("x")
    assert reply.usage_metadata is None


async def test_it_serves_every_way_in_which_dagplan_calls_a_model() -> None:
    seen: list[ModelCalled] = []
    said: list[str] = []
    caller = Caller("step", seen.append, "a")
    model = ScriptedModel({"value": 1}, "said aloud", KeyError("x"), model_name="m")
    messages = [HumanMessage("x")]
    assert json.loads(await JsonModel(model).ask(messages, SCHEMA, caller)) == {
        "value": 1
    }
    assert model.bound[0][0]["function"]["name"] == "value"
    await ask(model, messages, caller, say=said.append)
    assert said == ["said ", "aloud"]
    with pytest.raises(ModelError, match="KeyError"):
        await ask(model, messages, caller)
    assert [event.model for event in seen] == ["m"] * 3
    assert [event.tokens is None for event in seen] == [False, False, True]


async def test_it_plans_and_replans() -> None:
    plan = Plan(steps=[Step(id="a", task="Find it")])
    planning = ScriptedModel({"steps": [], "answer": None}, write_plan(plan))
    planner = ModelPlanner(planning, today="2026-01-01")
    assert await planner.plan(PlanRequest("Why?", [], lambda _: None)) == plan
    assert len(planning.calls) == 2  # the first plan was empty and went back

    step = {"agent": "Look again", "id": "b"}
    change = {"name": "revise_plan", "args": {"steps": [step], "drop": []}, "id": "1"}
    replanner = ModelReplanner(
        ScriptedModel(AIMessage("", tool_calls=[{**change, "type": "tool_call"}])),
        today="2026-01-01",
    )
    request = ReplanRequest(
        "Why?",
        Plan(steps=[]),
        {},
        [],
        may_revise=True,
        emit=lambda _: None,
        say=lambda _: None,
    )
    revision = await replanner.decide(request)
    assert revision == Revision(steps=[Step(id="b", task="Look again")], drop=[])


def test_the_other_fakes_do_not_import_langchain() -> None:
    code = (
        "import sys; from dagplan.testing import "
        "ScriptedPlanner, ScriptedReplanner, ScriptedRunner; "
        "print([m for m in sys.modules if m.startswith(('langchain', 'langgraph'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_the_room_knows_its_names() -> None:
    import dagplan.testing as room

    assert all(getattr(room, name) for name in room.__all__)
    with pytest.raises(AttributeError, match="ScriptedNothing"):
        _ = room.ScriptedNothing
