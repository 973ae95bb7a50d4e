"""A step starts the moment its last dependency is settled and a slot is free."""

import pytest

from dagplan import Limits, execute_plan
from tests.scheduler.plans import Worker, plan, step


async def test_independent_steps_take_as_long_as_one():
    worker = Worker({"a": 1.0, "b": 1.0, "c": 1.0})
    run = await execute_plan(plan(step("a"), step("b"), step("c")), worker)
    assert run.report.wall == 1.0
    assert run.report.serial_sum == 3.0
    assert run.report.speedup == 3.0


async def test_uneven_chains_take_the_critical_path_and_not_the_sum_of_waves():
    worker = Worker({"a": 0.5, "b": 0.1, "c": 0.1, "d": 0.5})
    chains = plan(step("a"), step("b", "a"), step("c"), step("d", "c"))
    run = await execute_plan(chains, worker)
    assert run.results["d"].started == 0.1
    assert run.report.wall == pytest.approx(0.6, abs=1e-9)
    assert run.report.critical_path == pytest.approx(0.6, abs=1e-9)
    assert run.report.efficiency == pytest.approx(1.0, abs=1e-9)


async def test_one_slot_is_sequential_mode():
    worker = Worker({"a": 1.0, "b": 1.0, "c": 1.0})
    three = plan(step("a"), step("b"), step("c"))
    run = await execute_plan(three, worker, limits=Limits(concurrency=1))
    assert run.report.wall == 3.0
    assert worker.most_running == 1
    assert run.report.efficiency == 1.0


@pytest.mark.parametrize(("slots", "most"), [(1, 1), (3, 3), (16, 10), (None, 10)])
async def test_never_more_steps_run_than_there_are_slots(slots, most):
    ids = [f"s{i}" for i in range(10)]
    worker = Worker(dict.fromkeys(ids, 1.0))
    wide = plan(*(step(i) for i in ids))
    await execute_plan(wide, worker, limits=Limits(concurrency=slots))
    assert worker.most_running == most


async def test_short_of_slots_the_plan_order_decides():
    ids = ["z", "m", "a", "k"]
    worker = Worker(dict.fromkeys(ids, 1.0))
    await execute_plan(
        plan(*(step(i) for i in ids)), worker, limits=Limits(concurrency=1)
    )
    assert [call.id for call in worker.calls] == ids


async def test_a_dependency_may_stand_later_in_the_plan():
    run = await execute_plan(plan(step("b", "a"), step("a")), Worker({"a": 1.0}))
    assert run.results["b"].started == 1.0


async def test_an_empty_plan_ends_at_once():
    run = await execute_plan(plan(answer="Nothing to look up."), Worker())
    assert run.outcome == "answered"
    assert run.results == {}


def test_zero_slots_are_refused_with_the_remedy():
    with pytest.raises(ValueError, match="at least 1, got 0; use None for no limit"):
        Limits(concurrency=0)


@pytest.mark.parametrize("hub_is_planned", ["first", "last"])
@pytest.mark.parametrize("many", [15, 16, 17, 18, 100])
async def test_everyone_who_waits_for_one_step_begins_when_it_ends(
    hub_is_planned, many
):
    waiting = [step(f"s{i}", "hub") for i in range(many)]
    hub = [step("hub")]
    steps = hub + waiting if hub_is_planned == "first" else waiting + hub
    worker = Worker({"hub": 1.0})
    run = await execute_plan(plan(*steps), worker, limits=Limits(concurrency=None))
    results = [run.results[each.id] for each in waiting]
    assert {(result.status, result.started) for result in results} == {
        ("succeeded", 1.0)
    }
