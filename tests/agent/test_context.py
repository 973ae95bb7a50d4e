"""How much a model is shown, over real HTTP: every request keeps within its bound."""

import json
from typing import Any

import pytest

from dagplan import create_dag_agent
from dagplan.cuts import CHARACTERS, RESULT, RESULTS
from tests.loopback import Json, Loopback, Sliced, ToolCalls
from tests.loopback.clients import chat_model

AROUND = 8_000
"""Characters of a request beside its data: prompt, tools, schema."""


def document(name: str) -> str:
    """Return a document of 50 kB.

    Args:
        name: Its name.
    """
    return f"{name} " * (50_000 // (len(name) + 1))


def documents(names: list[str]) -> list[dict[str, str]]:
    """Return documents of 50 kB.

    Args:
        names: Their names.
    """
    return [{"name": name, "text": document(name)} for name in names]


def reads(step_id: str, **more: Any) -> dict[str, Any]:
    call = {"document": {"name": step_id}, "id": step_id}
    return {"more": [{k: v} for k, v in more.items()], "step": call} if more else call


def agent(loopback: Loopback) -> Any:
    return create_dag_agent(chat_model(loopback), tools=[document, documents])


def size(body: Any) -> int:
    """Characters of all that a request holds."""
    told = [message.get("content") or "" for message in body["messages"]]
    about = json.dumps(body.get("tools") or body.get("response_format"))
    return sum(map(len, told)) + len(about)


@pytest.mark.parametrize("steps", [200, 1_000])
async def test_steps_that_find_50_kb_each_get_an_answer(loopback: Loopback, steps):
    plan = {"steps": [reads(f"s{n}") for n in range(steps)], "answer": None}
    loopback.reply(Sliced(Json(plan), characters=5_000), "All read.")
    result = await agent(loopback).ainvoke({"input": "What do they say?"})
    assert result["response"] == "All read."
    asked = loopback.requests[1].body
    assert RESULTS / 2 < size(asked) <= RESULTS + AROUND
    shown = asked["messages"][-1]["content"]
    assert [f"s{n} (succeeded)" in shown for n in range(steps)] == [True] * steps


async def test_the_longest_question_leaves_room_for_results(loopback: Loopback):
    plan = {"steps": [reads(f"s{n}") for n in range(50)], "answer": None}
    loopback.reply(Json(plan), "Long.")
    question = "why? " * 20_000
    await agent(loopback).ainvoke({"input": question})
    assert question in loopback.requests[0].body["messages"][-1]["content"]
    asked = loopback.requests[1].body
    assert question in asked["messages"][-1]["content"]
    assert "s49 (succeeded)" in asked["messages"][-1]["content"]
    assert size(asked) <= CHARACTERS + AROUND


async def test_what_an_agent_step_is_given_keeps_within_its_bound(loopback: Loopback):
    names = [f"s{n}" for n in range(100)]
    task = {
        "more": [{"depends_on": names}],
        "step": {"agent": "Compare ${s0} with the others", "id": "all"},
    }
    plan = {"steps": [*map(reads, names), task], "answer": None}
    loopback.reply(Json(plan), "They differ.", "They differ.")
    await agent(loopback).ainvoke({"input": "How do they compare?"})
    asked = loopback.requests[1].body
    assert RESULT / 2 < size(asked) <= RESULT + AROUND
    shown = asked["messages"][-1]["content"]
    assert shown.startswith("Task: Compare s0 s0 ")
    assert "Result of s99: s99 s99 " in shown


async def test_what_the_tools_of_an_agent_step_find_keeps_within_its_bound(
    loopback: Loopback,
):
    step = {"agent": "Read everything", "id": "a"}
    turns = [[("document", {"name": f"d{n}_{k}"}) for k in range(4)] for n in range(5)]
    loopback.reply(
        Json({"steps": [step], "answer": None}),
        *map(ToolCalls, turns),
        "Read.",
        "Read.",
    )
    result = await agent(loopback).ainvoke({"input": "What do they say?"})
    assert result["response"] == "Read."
    last = loopback.requests[-2].body
    assert RESULTS / 2 < size(last) <= RESULTS + AROUND
    found = [each["content"] for each in last["messages"] if each["role"] == "tool"]
    assert len(found) == 20
    assert all("characters left out" in text for text in found)


async def test_of_a_list_that_a_value_is_read_from_each_item_is_shown(
    loopback: Loopback,
):
    names = [f"d{n}" for n in range(20)]
    step = {"documents": {"names": names}, "id": "a:number"}
    loopback.reply(Json({"steps": [step], "answer": "${a}"}), Json({"value": 20}))
    result = await agent(loopback).ainvoke({"input": "How many are there?"})
    assert result["response"] == "20"
    asked = loopback.requests[1].body
    assert RESULT / 2 < size(asked) <= RESULT + AROUND
    shown = asked["messages"][-1]["content"]
    assert [f'{{"name": "{name}", "text": "{name} ' in shown for name in names] == [
        True
    ] * 20
