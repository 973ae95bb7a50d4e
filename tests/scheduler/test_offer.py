"""Steps begin while the rest of the plan is still being written."""

from contextlib import asynccontextmanager

import anyio

from dagplan.events import PlanFinished, StepPlanned, StepStarted
from dagplan.journal import MemoryJournal
from dagplan.scheduler import open_execution, open_record
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.settings import RunSettings
from tests.scheduler.plans import Worker, plan, step
from tests.scheduler.script import Do, Script, named, never


@asynccontextmanager
async def running(run_step, **rules):
    settings = RunSettings(rules=Rules(never, **rules))
    async with open_execution(run_step, settings) as execution:
        yield execution


async def test_an_offered_step_starts_before_the_plan_is_known():
    script = Script({"a": [Do(1.0)]})
    async with running(script) as execution:
        execution.offer(step("a"))
        await anyio.sleep(5)
        assert script.starts == [(0.0, "a", 1)]
        assert not execution.machine.idle
        execution.plan(plan(step("a"), step("b", "a")))
        await execution.idle()
        await execution.finish("answered")
    assert script.starts == [(0.0, "a", 1), (5.0, "b", 1)]


async def test_a_step_whose_dependency_ends_while_the_planner_pauses_starts_at_once():
    script = Script({"a": [Do(1.0)]})
    async with running(script) as execution:
        execution.offer(step("a"))
        execution.offer(step("b", "a"))
        await anyio.sleep(60)
        assert script.starts == [(0.0, "a", 1), (1.0, "b", 1)]


async def test_each_step_is_told_once_and_the_plan_when_it_is_whole():
    async with running(Script()) as execution:
        execution.offer(step("a"))
        whole = plan(step("a"), step("b"), answer="${a}")
        execution.propose(whole)
        execution.plan(whole)
        await execution.idle()
        events = execution.log.events
    assert [event.step_id for event in named(events, StepPlanned)] == ["a", "b"]
    assert [event.answer for event in named(events, PlanFinished)] == ["${a}"]


async def test_what_has_side_effects_waits_for_the_whole_plan():
    script = Script()
    async with running(script, side_effects=frozenset({"pay"})) as execution:
        execution.offer(step("a", tool="pay"))
        execution.offer(step("b", tool="look"))
        execution.offer(step("c", "a"))
        await anyio.sleep(1)
        assert script.order() == ["b"]
        execution.plan(
            plan(step("a", tool="pay"), step("b", tool="look"), step("c", "a"))
        )
        await execution.idle()
        assert script.order() == ["b", "a", "c"]


async def test_items_with_side_effects_wait_for_the_whole_plan():
    async def run_step(call):
        ran.append(call.id)
        return [1, 2]

    ran: list[str] = []
    steps = [step("a"), step("b", tool="pay", for_each="${a}")]
    async with running(run_step, side_effects=frozenset({"pay"})) as execution:
        for one in steps:
            execution.offer(one)
        await anyio.sleep(1)
        assert ran == ["a"]
        execution.plan(plan(*steps))
        await execution.idle()
        assert ran == ["a", "b[0]", "b[1]"]


async def test_nothing_is_asked_of_the_user_before_the_plan_is_whole():
    async with running(Script(), ask_first=frozenset({"pay"})) as execution:
        execution.offer(step("a", tool="pay"))
        await anyio.sleep(1)
        assert execution.held == []
        execution.plan(plan(step("a", tool="pay")))
        await execution.idle()
        assert [node.id for node in execution.held] == ["a"]


async def test_leaving_while_steps_are_held_back_cancels_them():
    async with running(Script(), side_effects=frozenset({"pay"})) as execution:
        execution.offer(step("a", tool="pay"))
    assert execution.results()["a"].status == "cancelled"


async def test_while_the_plan_is_written_every_value_may_be_wanted():
    worker = Worker()
    async with running(worker) as execution:
        for name in "abc":
            execution.offer(step(name))
        await anyio.sleep(1)
        wanted = worker.calls[0].wanted
        assert all(map(wanted, "abc"))
        rest = step("d", args={"q": "${a}"})
        execution.plan(plan(*(step(name) for name in "abc"), rest, answer="${b}"))
        assert [wanted(name) for name in "abcd"] == [True, True, False, False]


async def test_a_run_cut_off_amid_its_planning_keeps_what_was_found():
    journal, worker = MemoryJournal(), Worker()
    for planned in (False, True):
        async with open_record(journal, "run") as record:
            assert record is not None
            settings = RunSettings(record=record, before=record.events)
            async with open_execution(worker, settings) as execution:
                history = execution.history
                kept = [] if history is None else [*history.plan.steps]
                for one in kept or [step("a"), step("b", "a")]:
                    execution.offer(one)
                if planned:
                    assert history is not None
                    assert not history.planned
                    execution.plan(plan(*kept, step("c", "b")))
                    await execution.idle()
                    await execution.finish("answered")
                else:
                    await anyio.sleep(1)
    assert [call.id for call in worker.calls] == ["a", "b", "c"]
    async with open_record(journal, "run") as record:
        assert record is not None
        events = record.events
    assert [event.step_id for event in named(events, StepPlanned)] == ["a", "b", "c"]
    assert len(named(events, PlanFinished)) == 1
    assert [event.step_id for event in named(events, StepStarted)] == ["a", "b", "c"]
