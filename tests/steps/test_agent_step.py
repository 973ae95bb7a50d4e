"""Agent steps over real HTTP: admitted calls, faults, and ends that are waited for."""

import asyncio  # noqa: TID251 - native tasks are the point
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from langchain_core.messages import AIMessage

from dagplan.errors import BudgetError, ModelError
from dagplan.events import ModelCalled
from dagplan.steps import PlannedStepRunner
from dagplan.steps.agent_step import run_agent
from dagplan.testing import ScriptedModel
from dagplan.tools.spec import Tool, by_name
from dagplan.trouble import classify
from tests.loopback import CutStream, Hang, Loopback, Reply, Status, Text, ToolCalls
from tests.loopback.clients import chat_model
from tests.steps.calls import call_of


def population(country: str) -> int:
    """Say how many people live in a country."""
    return {"France": 68_000_000}[country]


def look_up(*countries: str) -> Reply:
    return ToolCalls([("population", {"country": country}) for country in countries])


async def run(loopback: Loopback, tool: Any = population, **call: Any) -> object:
    tools = [Tool.from_function(tool)]
    threads = anyio.CapacityLimiter(4)
    return await run_agent(chat_model(loopback), tools, call_of(**call), threads)


async def test_all_requests_but_the_first_are_admitted_before_they_go_out(loopback):
    log: list[str] = []

    async def admit() -> None:
        log.append(f"admitted after {len(loopback.requests)} calls")

    def noted(country: str) -> int:
        """Say how many people live in a country."""
        log.append("looked up")
        return population(country)

    calls = ToolCalls([("noted", {"country": "France"})])
    loopback.reply(calls, calls, "68 million.")
    assert await run(loopback, noted, admit=admit) == "68 million."
    asked = ["admitted after 1 calls", "looked up", "admitted after 1 calls"]
    more = ["admitted after 2 calls", "looked up", "admitted after 2 calls"]
    assert log == asked + more


async def test_the_answer_in_its_type_is_no_request_to_a_tool(loopback: Loopback):
    admitted: list[int] = []

    async def admit() -> None:
        admitted.append(len(loopback.requests))

    loopback.reply(ToolCalls([("result", {"value": 68_000_000})]))
    assert await run(loopback, admit=admit, returns="number") == 68_000_000
    assert admitted == []


async def test_waiting_for_admission_does_not_count_as_the_models_time(loopback):
    calls: list[ModelCalled] = []
    admitted_at: list[float] = []

    async def admit() -> None:
        await anyio.lowlevel.checkpoint()
        admitted_at.append(anyio.current_time())

    loopback.reply(look_up("France"), "68 million.")
    await run(loopback, admit=admit, emit=calls.append)
    assert calls[1].started >= admitted_at[1]


async def test_a_call_that_waits_for_admission_can_be_cancelled(loopback: Loopback):
    waiting = anyio.Event()
    ended: list[str] = []

    async def admit() -> None:
        waiting.set()
        try:
            await anyio.sleep_forever()
        finally:
            ended.append("admission")

    loopback.reply(look_up("France"))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: run(loopback, admit=admit))
        await waiting.wait()
        tasks.cancel_scope.cancel()
    assert ended == ["admission"]
    assert len(loopback.requests) == 1


async def test_what_admission_raises_fails_the_step(loopback: Loopback):
    async def admit() -> None:
        raise LookupError("no such limit")

    loopback.reply(look_up("France"))
    with pytest.raises(ModelError, match="no such limit"):
        await run(loopback, admit=admit)


@pytest.mark.parametrize(
    ("fault", "transient", "after"),
    [
        (Status(429, retry_after=2), True, 2.0),
        (Status(500), True, None),
        (Status(401), False, None),
        (CutStream(Text("68 million.")), True, None),
    ],
)
@pytest.mark.parametrize("turns", [0, 1])
async def test_a_fault_of_any_turn_is_seen_for_what_it_is(
    loopback: Loopback, fault, transient, after, turns
):
    loopback.reply(*[look_up("France")] * turns, fault)
    with pytest.raises(ModelError) as caught:
        await run(loopback)
    trouble = classify(caught.value)
    assert (trouble.transient, trouble.after) == (transient, after)


async def test_an_attempt_after_a_failed_one_starts_clean(loopback: Loopback):
    loopback.reply(look_up("France"), Status(429), "68 million.")
    with pytest.raises(ModelError):
        await run(loopback)
    assert await run(loopback) == "68 million."
    first, _, third = (sent.messages for sent in loopback.requests)
    assert first == third


async def by_scope(loopback: Loopback, emit: Any) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: run(loopback, emit=emit))
        await loopback.until(lambda: len(loopback.requests) == 1)
        tasks.cancel_scope.cancel()


async def by_task(loopback: Loopback, emit: Any) -> None:
    task = asyncio.create_task(run(loopback, emit=emit))
    await loopback.until(lambda: len(loopback.requests) == 1)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


@pytest.mark.parametrize("cancel", [by_scope, by_task])
async def test_a_cancelled_agent_leaves_nothing_running(loopback: Loopback, cancel):
    before = asyncio.all_tasks()
    calls: list[ModelCalled] = []
    loopback.reply(Hang())
    await cancel(loopback, calls.append)
    assert asyncio.all_tasks() == before
    assert [call.tokens for call in calls] == [None]
    await loopback.until(lambda: len(loopback.abandoned) == 1)


async def test_an_agent_gets_no_tool_that_has_effects_or_is_asked_about_first(
    loopback: Loopback,
):
    def pay(to: str) -> str:
        """Pay somebody."""
        return to

    def send(to: str) -> str:
        """Send something."""
        return to

    tools = [
        Tool.from_function(population),
        Tool.from_function(pay, side_effects=True),
        Tool.from_function(send),
    ]
    runner = PlannedStepRunner(by_name(tools), chat_model(loopback), apart={"send"})
    loopback.reply("68 million.")
    await runner(call_of())
    offered = [tool["function"]["name"] for tool in loopback.requests[0].body["tools"]]
    assert offered == ["population"]


async def test_each_call_is_told_with_its_tokens_and_those_of_the_cache(loopback):
    told: list[ModelCalled] = []
    loopback.reply(look_up("France"), "68 million.")
    await run(loopback, task="Mind this. " * 500, emit=told.append)
    first, second = (call.tokens for call in told if call.tokens is not None)
    assert first.cached == 0
    assert second.cached > 1_000
    assert second.input > first.input
    assert first.output > 0
    assert [call.price for call in told] == [None, None]


async def test_a_model_inside_a_tool_is_told_of_by_its_own_name_and_has_no_price():
    told: list[ModelCalled] = []
    inside = ScriptedModel("about 68 million", model_name="inside")

    def guess(country: str) -> str:
        """Guess how many people live in a country."""
        return str(inside.invoke(country).content)

    call = {"name": "guess", "args": {"country": "France"}, "id": "1"}
    turn = AIMessage("", tool_calls=[{**call, "type": "tool_call"}])
    runner = PlannedStepRunner(
        by_name([Tool.from_function(guess)]), ScriptedModel(turn, "68 million.")
    )
    assert await runner(call_of(emit=told.append)) == "68 million."
    assert [call.model for call in told] == ["scripted", "inside", "scripted"]


async def test_a_step_of_a_run_that_may_spend_no_more_says_so_in_one_line(loopback):
    async def admit() -> None:
        raise BudgetError("all is spent", bound="max_tokens")

    loopback.reply(look_up("France"))
    with pytest.raises(BudgetError, match=r"^all is spent"):
        await run(loopback, admit=admit)
