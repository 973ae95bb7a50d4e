"""Budgets and prices of a whole run, over real HTTP with a real `ChatOpenAI`."""

import json
from dataclasses import replace
from typing import Any

import anyio
import pytest

from dagplan import Budget, create_dag_agent
from dagplan.errors import BudgetError, SettingsError
from dagplan.events import BudgetReached, ModelCalled, StepFailed
from dagplan.planning import prompts
from dagplan.prices import price_of
from tests.agent.tools import passages, population
from tests.loopback import Hang, Json, Loopback, ToolCalls
from tests.loopback.clients import chat_model
from tests.loopback.rerouted import rerouted

QUESTION = "How many people live in France and Japan together?"
AGENTS = Json(
    {
        "steps": [
            {"agent": "Population of France", "id": "fr"},
            {"agent": "Add Japan to ${fr}", "id": "both"},
        ],
        "answer": None,
    }
)
WORDY = Json(
    {
        "steps": [
            {
                "passages": {"query": "items"},
                "id": "found:number",
            },
            {"passages": {"query": "${found}"}, "id": "end"},
        ],
        "answer": None,
    }
)
LOOK = ToolCalls([("population", {"country": "France"})])


def agent(loopback: Loopback, seen: list[Any], **options: Any) -> Any:
    defaults = {"tools": [population, passages], "on_event": seen.append}
    model = options.pop("model", None) or chat_model(loopback)
    return create_dag_agent(model, **{**defaults, **options})


def reached(seen: list[Any]) -> list[str]:
    return [event.said for event in seen if isinstance(event, BudgetReached)]


async def test_the_last_call_that_may_be_is_followed_by_the_answer_only(
    loopback: Loopback,
):
    loopback.reply(AGENTS, LOOK, "68 million.", "France has 68 million; no more known.")
    seen: list[Any] = []
    asked = agent(loopback, seen, budget=Budget(max_model_calls=3))
    result = await asked.ainvoke({"input": QUESTION})
    assert result["response"] == "France has 68 million; no more known."
    assert result["report"]["steps"] == {"cancelled": 1, "succeeded": 1}
    assert result["report"]["model_calls"] == {"planner": 1, "replanner": 1, "step": 2}
    last = loopback.requests[-1].body
    assert "tools" not in last
    told = [message["content"] for message in last["messages"]]
    assert f"{prompts.SPENT}\n- the budget of 3 model calls is spent" in told
    assert prompts.ANSWER_ONLY in "\n".join(told)


async def test_an_agent_step_is_refused_its_next_call(loopback: Loopback):
    loopback.reply(AGENTS, LOOK, "Nothing is known.")
    seen: list[Any] = []
    asked = agent(loopback, seen, budget=Budget(max_model_calls=2))
    result = await asked.ainvoke({"input": QUESTION})
    assert result["response"] == "Nothing is known."
    (failed,) = [event for event in seen if isinstance(event, StepFailed)]
    assert failed.kind == "BudgetError"
    assert failed.error.startswith("the budget of 2 model calls is spent, so")
    assert len(loopback.requests) == 3


async def test_a_value_is_not_read_out_any_more(loopback: Loopback):
    spent, seen = anyio.Event(), []

    def watch(event: Any) -> None:
        seen.append(event)
        if isinstance(event, BudgetReached):
            spent.set()

    async def passages(query: str) -> list[str]:
        """Find passages, but not before the budget is spent.

        Args:
            query: What to look for.
        """
        await spent.wait()
        return [query]

    loopback.reply(WORDY, "Nothing is known.")
    budget = Budget(max_tokens=10)
    asked = agent(loopback, [], tools=[passages], on_event=watch, budget=budget)
    result = await asked.ainvoke({"input": QUESTION})
    assert result["response"] == "Nothing is known."
    assert reached(seen) == ["the budget of 10 tokens is spent"]
    assert [e.kind for e in seen if isinstance(e, StepFailed)] == ["BudgetError"]
    assert result["report"]["model_calls"] == {"planner": 1, "replanner": 1}


async def test_a_revision_is_not_asked_for_once_the_budget_is_spent(loopback: Loopback):
    plan = {"population": {"country": "Nowhere"}, "id": "a"}
    loopback.reply(Json({"steps": [plan], "answer": None}), "Nobody knows.")
    asked = agent(loopback, [], budget=Budget(max_model_calls=1))
    result = await asked.ainvoke({"input": QUESTION})
    assert result["response"] == "Nobody knows."
    assert "tools" not in loopback.requests[-1].body


async def test_an_invalid_plan_is_not_mended_beyond_the_budget(loopback: Loopback):
    bad = {"population": {"country": "${x}"}, "id": "a"}
    loopback.reply(Json({"steps": [bad], "answer": None}))
    asked = agent(loopback, [], budget=Budget(max_model_calls=1))
    with pytest.raises(BudgetError, match=r"^the budget of 1 model call is spent, so"):
        await asked.ainvoke({"input": QUESTION})


async def test_a_planner_that_hangs_ends_at_the_deadline(loopback: Loopback):
    loopback.reply(Hang())
    asked = agent(loopback, [], budget=Budget(deadline=0.05))
    began = anyio.current_time()
    with pytest.raises(BudgetError, match=r"^the deadline of 0\.05 s has passed, so"):
        await asked.ainvoke({"input": QUESTION})
    assert anyio.current_time() - began < 2.0


async def test_a_step_that_hangs_ends_at_the_deadline_and_the_rest_is_answered(
    loopback: Loopback,
):
    async def hang(country: str) -> str:
        """Never end.

        Args:
            country: Any.
        """
        await anyio.sleep_forever()
        return country

    steps = [
        {"population": {"country": "France"}, "id": "fr"},
        {"hang": {"country": "Japan"}, "id": "jp"},
    ]
    loopback.reply(Json({"steps": steps, "answer": None}), "France: 68 million.")
    asked = agent(loopback, [], tools=[population, hang], budget=Budget(deadline=0.3))
    result = await asked.ainvoke({"input": QUESTION})
    assert result["response"] == "France: 68 million."
    assert result["report"]["steps"] == {"cancelled": 1, "succeeded": 1}
    assert "the deadline of 0.3 s has passed" in json.dumps(loopback.requests[-1].body)


# --- price --------------------------------------------------------------------


def test_a_bound_in_dollars_needs_a_price(loopback: Loopback):
    with pytest.raises(SettingsError) as caught:
        agent(loopback, [], budget=Budget(max_cost=1.0))
    assert str(caught.value) == (
        "max_cost cannot be kept: no price of model 'gpt-4.1-mini' at 127.0.0.1 is "
        "known; use max_tokens or max_model_calls instead"
    )


@pytest.mark.parametrize("role", ["planner_model", "step_model", "replanner_model"])
def test_each_role_needs_one(loopback: Loopback, role: str):
    local = chat_model(loopback, model="mine")
    with pytest.raises(SettingsError, match="no price of model 'mine' at 127"):
        agent(
            loopback,
            [],
            model=rerouted(loopback),
            budget=Budget(max_cost=1.0),
            **{role: local},
        )


def test_without_a_model_nothing_costs_anything():
    create_dag_agent("offline", budget=Budget(max_cost=1.0))


async def test_calls_have_the_price_of_the_provider_that_serves_them(
    loopback: Loopback,
):
    seen: list[Any] = []
    loopback.reply(AGENTS, LOOK, "68 million.", "192 million.", "192 million.")
    asked = agent(loopback, seen, model=rerouted(loopback))
    report = (await asked.ainvoke({"input": QUESTION}))["report"]
    calls = [event for event in seen if isinstance(event, ModelCalled)]
    prices = [
        price_of(call.model, "https://api.openai.com", call.tokens) for call in calls
    ]
    assert [call.price for call in calls] == prices
    assert min(price or 0.0 for price in prices) > 0
    assert report["price"] == pytest.approx(sum(price or 0.0 for price in prices))
    assert report["unpriced"] == 0
    assert {role: used["calls"] for role, used in report["by_role"].items()} == {
        "planner": 1,
        "step": 3,
        "replanner": 1,
    }
    assert {step: used["calls"] for step, used in report["by_step"].items()} == {
        "fr": 2,
        "both": 1,
    }


async def test_a_model_of_ones_own_has_no_price_whatever_its_name(loopback: Loopback):
    loopback.reply(AGENTS, "68 million.", "192 million.", "192 million.")
    report = (await agent(loopback, []).ainvoke({"input": QUESTION}))["report"]
    assert report["price"] is None
    assert report["unpriced"] == 4
    assert report["by_role"]["planner"]["price"] is None


async def test_the_run_leaves_off_at_the_bound_in_dollars(loopback: Loopback):
    loopback.reply(AGENTS, "68 million.", "192 million.")
    seen: list[Any] = []
    asked = agent(
        loopback, seen, model=rerouted(loopback), budget=Budget(max_cost=1e-6)
    )
    result = await asked.ainvoke({"input": QUESTION})
    assert reached(seen) == ["the budget of $1e-06 is spent"]
    assert result["response"] in {"68 million.", "192 million."}


async def test_tokens_from_the_cache_are_counted_and_cheaper(loopback: Loopback):
    long = "Mind this. " * 500
    loopback.reply(Json({"steps": [], "answer": "Hello."}))
    loopback.reply(Json({"steps": [], "answer": "Hello."}))
    seen: list[Any] = []
    asked = agent(loopback, seen, model=rerouted(loopback), instructions=long)
    for _ in range(2):
        await asked.ainvoke({"input": "Say hello"})
    calls: list[Any] = [event for event in seen if isinstance(event, ModelCalled)]
    first, second = calls
    assert first.tokens == replace(second.tokens, cached=0)
    assert second.tokens.cached > 1_000
    assert second.price < first.price
