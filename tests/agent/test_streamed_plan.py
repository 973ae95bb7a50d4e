"""Steps run while their plan is still being written, over real HTTP."""

from typing import Any

import anyio
import pytest

from dagplan import PlanError, Retry, create_dag_agent
from dagplan.events import PlanFinished, StepPlanned, StepStarted, StepSucceeded
from dagplan.journal import MemoryJournal
from dagplan.plan import Plan, Step
from dagplan.protocols import PlanRequest
from dagplan.tools import as_tool
from tests.agent.tools import passages, population
from tests.loopback import CutStream, Gated, Json, Loopback, Reply, Sliced
from tests.loopback.clients import chat_model

QUESTION = "How many people live in France and Japan together?"
ONCE = Retry(backoff=0.0)


def entry(step_id: str, country: str, *more: Any) -> dict[str, Any]:
    call = {"population": {"country": country}, "id": step_id}
    return {"more": list(more), "step": call} if more else call


def plan_of(*steps: Any, answer: str | None = None) -> Json:
    return Json({"steps": list(steps), "answer": answer})


FR, JP = entry("fr", "France"), entry("jp", "Japan")
FIRST_CLOSED = len('{"steps":[{"population":{"country":"France"},"id":"fr"}')


def letters(reply: Reply) -> Sliced:
    return Sliced(reply, characters=1)


class Watched:
    """The events of a run, and a way to wait for one."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self._more = anyio.Event()

    def __call__(self, event: Any) -> None:
        self.events.append(event)
        self._more.set()

    async def until(self, kind: type, **fields: Any) -> None:
        while not any(self._is(event, kind, fields) for event in self.events):
            self._more = anyio.Event()
            await self._more.wait()

    def named(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def ids(self, kind: type) -> list[str]:
        return [event.step_id for event in self.named(kind)]

    @staticmethod
    def _is(event: Any, kind: type, fields: dict[str, Any]) -> bool:
        return isinstance(event, kind) and all(
            getattr(event, name) == value for name, value in fields.items()
        )


def agent(loopback: Loopback, watched: Watched, *tools: Any, **options: Any) -> Any:
    return create_dag_agent(
        chat_model(loopback),
        tools=list(tools) or [population],
        on_event=watched,
        **options,
    )


async def test_a_step_is_done_before_the_plan_is_written(loopback: Loopback):
    watched, gate = Watched(), loopback.gate()
    plan = letters(plan_of(FR, JP, answer="${fr} and ${jp}"))
    loopback.reply(Gated(gate, plan, after_chunks=FIRST_CLOSED))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(agent(loopback, watched).ainvoke, {"input": QUESTION})
        await watched.until(StepSucceeded, step_id="fr")
        assert watched.named(PlanFinished) == []
        gate.open()
    assert watched.ids(StepPlanned) == ["fr", "jp"]
    assert len(loopback.requests) == 1


async def test_a_declared_value_is_read_out_before_anything_refers_to_it(loopback):
    """While the plan is written nobody knows whether something will: most often it does."""
    watched, gate = Watched(), loopback.gate()
    steps = [
        {"passages": "France", "id": "fr:number"},
        {"passages": "as many as ${fr}", "id": "c"},
    ]
    closed = len('{"steps":[{"passages":"France","id":"fr:number"}')
    written = Gated(gate, letters(plan_of(*steps)), after_chunks=closed)
    loopback.reply(written, Json({"value": 42}), "ok")
    async with anyio.create_task_group() as tasks:
        work = agent(loopback, watched, passages).ainvoke
        tasks.start_soon(work, {"input": QUESTION})
        await watched.until(StepSucceeded, step_id="fr", value=42)
        assert watched.named(PlanFinished) == []
        gate.open()
    results = {event.step_id: event.value for event in watched.named(StepSucceeded)}
    assert results["c"] == ["About as many as 42: it holds 42 million items."]
    assert len(loopback.requests) == 3


async def test_a_broken_stream_is_taken_up_where_it_broke(loopback: Loopback):
    watched = Watched()
    broken = CutStream(letters(plan_of(FR, JP)), after_chunks=FIRST_CLOSED + 20)
    loopback.reply(broken, plan_of(JP, answer="${fr} and ${jp}"))
    result = await agent(loopback, watched, retry=ONCE).ainvoke({"input": QUESTION})
    assert result["response"] == "68,000,000 and 124,000,000"
    assert watched.ids(StepStarted) == ["fr", "jp"]
    assert "begun before" in str(loopback.requests[1].messages[-1]["content"])


async def test_a_run_left_amid_its_planning_goes_on_from_what_it_found(loopback):
    journal, watched, gate = MemoryJournal(), Watched(), loopback.gate()
    config: Any = {"configurable": {"dagplan_run_id": "one"}}
    plan = letters(plan_of(FR, JP))
    loopback.reply(Gated(gate, plan, after_chunks=FIRST_CLOSED))
    first = agent(loopback, watched, journal=journal)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(first.ainvoke, {"input": QUESTION}, config)
        await watched.until(StepSucceeded, step_id="fr")
        tasks.cancel_scope.cancel()
    again = Watched()
    loopback.reply(plan_of(JP, answer="${fr} and ${jp}"))
    second = agent(loopback, again, journal=journal)
    result = await second.ainvoke({"input": QUESTION}, config)
    assert result["response"] == "68,000,000 and 124,000,000"
    assert again.ids(StepStarted) == ["fr", "jp"]  # the first told again, not run
    assert [step["id"] for step in result["plan"]["steps"]] == ["fr", "jp"]
    gate.open()


async def test_what_has_side_effects_waits_for_a_clean_end(loopback: Loopback):
    paid: list[str] = []

    def pay(to: str) -> str:
        """Pay somebody.

        Args:
            to: Whom.
        """
        paid.append(to)
        return "done"

    watched = Watched()
    step = {"pay": {"to": "Ann"}, "id": "a"}
    bad = {"pay": {"to": "${nobody}"}, "id": "b"}
    loopback.reply(*[plan_of(step, bad)] * 3)
    tools = [as_tool(pay, side_effects=True)]
    with pytest.raises(PlanError, match="unknown-reference"):
        await agent(loopback, watched, *tools).ainvoke({"input": "Pay Ann"})
    assert watched.ids(StepPlanned) == ["a"]
    assert paid == []


async def test_nothing_starts_before_the_user_approves_of_the_plan(loopback: Loopback):
    from langgraph.checkpoint.memory import InMemorySaver

    watched = Watched()
    loopback.reply(letters(plan_of(FR, JP)))
    asking = agent(loopback, watched, approve="plan", checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    state = await asking.ainvoke({"input": QUESTION}, config)
    assert state["__interrupt__"]
    assert watched.ids(StepStarted) == []


async def test_a_planner_may_not_change_what_it_offered(loopback: Loopback):
    class Fickle:
        async def plan(self, request: PlanRequest) -> Plan:
            assert request.offer is not None
            request.offer(Step(id="a", task="one"))
            return Plan(steps=[Step(id="a", task="another")])

    with pytest.raises(PlanError, match="kept-step"):
        await agent(loopback, Watched(), planner_model=Fickle()).ainvoke({"input": "?"})
