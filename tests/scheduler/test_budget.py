"""What a run spends is counted; once that is all it may, it leaves off."""

from contextlib import asynccontextmanager
from threading import Thread

import anyio
import pytest

from dagplan import Budget, Limits, Retry
from dagplan.errors import BudgetError
from dagplan.events import (
    BudgetReached,
    ModelCalled,
    RunFinished,
    RunResumed,
    StepCancelled,
    StepFailed,
    StepParked,
    StepStarted,
    Tokens,
)
from dagplan.journal import MemoryJournal
from dagplan.scheduler import open_execution, open_record
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.settings import RunSettings
from tests.scheduler.plans import plan, step
from tests.scheduler.records import Gated
from tests.scheduler.script import Do, Script, named, never

HUNDRED = Tokens(90, 10)
CHAIN = plan(step("a"), step("b", "a"), step("c", "b"))


class Spender:
    """Runs steps by a script; each attempt ends with a call of a model.

    Attributes:
        script: What attempts do.
        calls: How many calls of a model each makes, one after the other.
        refused: Why a further call was refused, by step.
    """

    def __init__(self, script=None, calls=1, tokens=HUNDRED, price=0.01):
        self.script = script or Script()
        self.calls = calls
        self.refused: dict[str, str] = {}
        self._tokens = tokens
        self._price = price

    async def __call__(self, call):
        found = None
        for number in range(self.calls):
            try:
                await (call.admit() if number else anyio.lowlevel.checkpoint())
            except BudgetError as error:
                self.refused[call.id] = str(error)
                raise
            began = anyio.current_time()
            found = await self.script(call)
            now = anyio.current_time()
            call.emit(
                ModelCalled(
                    now, "step", call.id, "m", self._tokens, began, now, self._price
                )
            )
        return found


@asynccontextmanager
async def running(run_step, budget, *, limits=None, journal=None, **rules):
    async with open_record(journal, None if journal is None else "r") as record:
        before = () if record is None else record.events
        settings = RunSettings(
            limits or Limits(),
            rules=Rules(never, budget=budget, **rules),
            record=record,
            before=before,
        )
        async with open_execution(run_step, settings) as execution:
            yield execution


async def run(run_step, budget, graph=CHAIN, **options):
    """Run a plan to its end; return its events and the statuses of its steps."""
    async with running(run_step, budget, **options) as execution:
        execution.plan(graph)
        await execution.over()
        statuses = {k: r.status for k, r in execution.results().items()}
        await execution.finish("answered")
        return [*execution.log.events], statuses


def bounds(events):
    return [(e.bound, e.limit, e.spent) for e in named(events, BudgetReached)]


@pytest.mark.parametrize(
    ("budget", "bound"),
    [
        (Budget(max_model_calls=2), ("max_model_calls", 2, 2)),
        (Budget(max_tokens=101), ("max_tokens", 101, 200)),
        (Budget(max_cost=0.02), ("max_cost", 0.02, 0.02)),
    ],
)
async def test_each_bound_is_told_once_and_nothing_begins_after_it(budget, bound):
    events, statuses = await run(Spender(), budget)
    assert bounds(events) == [bound]
    assert statuses == {"a": "succeeded", "b": "succeeded", "c": "cancelled"}
    place = next(n for n, e in enumerate(events) if isinstance(e, BudgetReached))
    assert not named(events[place:], StepStarted)


async def test_without_bounds_everything_runs():
    events, statuses = await run(Spender(), Budget())
    assert bounds(events) == []
    assert {*statuses.values()} == {"succeeded"}


async def test_several_bounds_are_each_told():
    events, _ = await run(Spender(), Budget(max_model_calls=1, max_tokens=1))
    assert {bound for bound, *_ in bounds(events)} == {"max_model_calls", "max_tokens"}


async def test_what_runs_side_by_side_ends_and_may_spend_more_than_the_bound():
    script = Script({"a": [Do(1.0)], "b": [Do(2.0)], "c": [Do(3.0)]})
    graph = plan(step("a"), step("b"), step("c"), step("d", "a", "b", "c"))
    events, statuses = await run(Spender(script), Budget(max_model_calls=1), graph)
    assert [e.at for e in named(events, BudgetReached)] == [1.0]
    assert [e.at for e in named(events, StepCancelled)] == [1.0]
    assert statuses == dict.fromkeys("abc", "succeeded") | {"d": "cancelled"}
    assert len(named(events, ModelCalled)) == 3


async def test_one_at_a_time_the_next_step_does_not_begin():
    one = Limits(concurrency=1)
    graph = plan(step("a"), step("b"), step("c"))
    spender = Spender()
    _, statuses = await run(spender, Budget(max_model_calls=2), graph, limits=one)
    assert statuses == {"a": "succeeded", "b": "succeeded", "c": "cancelled"}
    assert spender.script.order() == ["a", "b"]


async def test_a_step_under_way_is_refused_its_next_call_and_fails_with_one_line():
    spender = Spender(calls=2)
    events, statuses = await run(spender, Budget(max_model_calls=1), plan(step("a")))
    assert statuses == {"a": "failed"}
    (failed,) = named(events, StepFailed)
    assert failed.kind == "BudgetError"
    assert failed.error == (
        "the budget of 1 model call is spent, so no model is called any more; "
        "raise max_model_calls of the budget, or use None for no bound"
    )


async def test_a_request_that_waits_for_its_turn_is_refused_as_well():
    script = Script({"a": [Do(1.0)], "b": [Do(0.0), Do(0.0)]})
    rate = Limits(requests_per_minute=2)
    spender = Spender(script, calls=2)
    graph = plan(step("a"), step("b"))
    _, statuses = await run(spender, Budget(max_model_calls=2), graph, limits=rate)
    assert statuses == {"a": "failed", "b": "failed"}
    assert {*spender.refused} == {"a", "b"}


async def test_refused_steps_are_not_tried_again():
    spender = Spender(calls=2)
    graph, often = plan(step("a")), Retry(attempts=3)
    await run(spender, Budget(max_model_calls=1), graph, retry=often)
    assert spender.script.order() == ["a"]


async def test_the_answer_is_asked_for_on_top():
    async with running(Spender(), Budget(max_model_calls=1)) as execution:
        execution.plan(plan(step("a")))
        await execution.over()
        with pytest.raises(BudgetError) as caught:
            await execution.requests.admit("(replanner)")
        assert caught.value.bound == "max_model_calls"
        await execution.requests.admit("(replanner)", on_top=True)


async def test_calls_that_nobody_counted_or_priced_count_as_calls_only():
    budget = Budget(max_model_calls=2, max_tokens=1, max_cost=0.001)
    events, _ = await run(Spender(tokens=None, price=None), budget)
    assert bounds(events) == [("max_model_calls", 2, 2)]


# --- the deadline -------------------------------------------------------------


async def test_at_the_deadline_what_runs_is_cancelled():
    script = Script({"a": [Do(2.0)], "b": [Do(10.0)]})
    events, statuses = await run(Spender(script), Budget(deadline=5.0))
    assert bounds(events) == [("deadline", 5.0, 5.0)]
    assert script.cancelled == [(5.0, "b", 1)]
    assert statuses == {"a": "succeeded", "b": "cancelled", "c": "cancelled"}
    assert events[-1].at == 5.0


async def test_what_ends_in_time_has_no_deadline():
    events, statuses = await run(Spender(), Budget(deadline=5.0))
    assert bounds(events) == []
    assert {*statuses.values()} == {"succeeded"}


async def test_the_deadline_passes_while_the_plan_is_written():
    async with running(Spender(), Budget(deadline=5.0)) as execution:
        execution.offer(step("a"))
        await anyio.sleep(6.0)
        assert [e.at for e in execution.budget.reached] == [5.0]
        execution.plan(CHAIN)
        await execution.over()
        statuses = {k: r.status for k, r in execution.results().items()}
    assert statuses == {"a": "succeeded", "b": "cancelled", "c": "cancelled"}


async def test_the_deadline_ends_what_another_bound_let_run():
    script = Script({"a": [Do(1.0)], "b": [Do(10.0)]})
    budget = Budget(max_model_calls=1, deadline=5.0)
    events, statuses = await run(
        Spender(script), budget, plan(step("a"), step("b"), step("c", "a"))
    )
    assert [bound for bound, *_ in bounds(events)] == ["max_model_calls", "deadline"]
    assert statuses == {"a": "succeeded", "b": "cancelled", "c": "cancelled"}


async def test_a_run_that_is_over_is_not_told_of_its_deadline():
    async with running(Spender(), Budget(deadline=5.0)) as execution:
        execution.plan(CHAIN)
        await execution.over()
        await execution.finish("answered")
        await anyio.sleep(6.0)
        assert bounds(execution.log.events) == []


async def test_no_event_follows_the_end_although_the_deadline_passes_while_it_is_recorded():
    journal = Gated()
    async with running(Spender(), Budget(deadline=5.0), journal=journal) as execution:
        execution.plan(plan(step("a")))
        await execution.over()
        journal.shut()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(execution.finish, "answered")
            await anyio.sleep(6.0)
            journal.gate.set()
        assert isinstance(execution.log.events[-1], RunFinished)
        assert bounds(execution.log.events) == []


# --- runs that go on ------------------------------------------------------------


async def test_a_run_that_goes_on_has_spent_what_it_had_spent():
    journal = MemoryJournal()
    script = Script({"b": [Do(10.0)]})
    with anyio.move_on_after(5.0):
        await run(Spender(script), Budget(max_model_calls=2), journal=journal)
    spender = Spender()
    events, statuses = await run(spender, Budget(max_model_calls=2), journal=journal)
    assert spender.script.order() == ["b"]
    assert bounds(events) == [("max_model_calls", 2, 2)]
    assert statuses == {"a": "succeeded", "b": "succeeded", "c": "cancelled"}


@pytest.mark.parametrize("budget", [Budget(max_model_calls=1), Budget(deadline=1.0)])
async def test_a_run_that_had_spent_all_takes_over_what_was_found_and_begins_nothing(
    budget,
):
    journal = MemoryJournal()
    graph = plan(
        step("a", args={"value": ["x", "y"]}),
        step("each", for_each="${a}", args={"of": "${item}"}),
        step("c", "each"),
    )
    script = Script({"a": [Do(2.0)], "each[1]": [Do(10.0)]})
    with anyio.move_on_after(5.0):
        await run(Spender(script), Budget(), graph, journal=journal)
    spender = Spender()
    events, statuses = await run(spender, budget, graph, journal=journal)
    assert spender.script.order() == []
    assert len(bounds(events)) == 1
    assert statuses == {
        "a": "succeeded",
        "each": "failed",
        "each[0]": "succeeded",
        "each[1]": "cancelled",
        "c": "cancelled",
    }


async def test_nobody_is_asked_about_calls_of_a_run_that_had_spent_all():
    journal = MemoryJournal()
    graph = plan(step("a"), step("b", "a", tool="pay"))
    asks = {"ask_first": frozenset({"pay"}), "journal": journal}
    with anyio.move_on_after(5.0):
        await run(Spender(Script({"a": [Do(10.0)]})), Budget(), graph, **asks)
    events, statuses = await run(Spender(), Budget(deadline=1.0), graph, **asks)
    assert statuses == {"a": "cancelled", "b": "cancelled"}
    assert named(events, StepParked) == []


async def test_a_call_that_was_asked_about_is_not_waited_for_any_more():
    journal = MemoryJournal()
    graph = plan(step("a", tool="pay"), step("b"))
    asks = {"ask_first": frozenset({"pay"}), "journal": journal}
    async with running(Spender(), Budget(), **asks) as execution:
        execution.plan(graph)
        await execution.over()
        await execution.finish("paused")
    _, statuses = await run(Spender(), Budget(max_model_calls=1), graph, **asks)
    assert statuses == {"a": "cancelled", "b": "succeeded"}


async def test_with_a_larger_budget_it_does_the_rest():
    journal = MemoryJournal()
    async with running(
        Spender(), Budget(max_model_calls=1), journal=journal
    ) as execution:
        execution.plan(CHAIN)
        await execution.over()
        await execution.finish("failed")
    spender = Spender()
    events, statuses = await run(spender, Budget(max_model_calls=9), journal=journal)
    assert spender.script.order() == ["b", "c"]
    assert {*statuses.values()} == {"succeeded"}
    assert len(named(events, RunResumed)) == 1


async def test_time_in_which_nobody_ran_it_does_not_count():
    journal = MemoryJournal()
    script = Script({"a": [Do(2.0)]})
    with anyio.move_on_after(3.0):
        await run(
            Spender(Script({"b": [Do(99.0)]})), Budget(deadline=5.0), journal=journal
        )
    await anyio.sleep(100.0)
    events, statuses = await run(Spender(script), Budget(deadline=5.0), journal=journal)
    assert bounds(events) == []
    assert {*statuses.values()} == {"succeeded"}


# --- tools that call models -----------------------------------------------------


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_a_call_told_by_another_thread_counts_in_the_thread_of_the_run(
    anyio_backend,
):
    async def run_step(call):
        event = ModelCalled(0, "step", call.id, "m", None, 0, 0)
        thread = Thread(target=call.emit, args=(event,))
        thread.start()
        await anyio.to_thread.run_sync(thread.join)

    events, statuses = await run(run_step, Budget(max_model_calls=1))
    assert statuses == {"a": "succeeded", "b": "cancelled", "c": "cancelled"}
    assert bounds(events) == [("max_model_calls", 1, 1)]
