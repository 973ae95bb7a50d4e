"""A revision changes the running graph as one event of the machine."""

import anyio

from dagplan import Retry, Revision
from dagplan.plan import Plan
from dagplan.scheduler import open_execution
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.settings import RunSettings
from tests.scheduler.plans import Worker, plan, step


async def run_revised(worker: Worker, first: Plan, *revisions: Revision):
    async with open_execution(worker, RunSettings()) as execution:
        execution.plan(first)
        current = first
        for revision in revisions:
            await execution.idle()
            execution.revise(current, revision)
            known = {s.id: s for s in current.steps}
            known.update({s.id: s for s in revision.steps})
            current = Plan(
                steps=[s for k, s in known.items() if k not in revision.drop]
            )
        await execution.idle()
        await execution.finish("answered")
    return execution


def statuses(execution):
    return {k: r.status for k, r in execution.results().items()}


def failing(*ids, seconds=None):
    return Worker(seconds, {i: ValueError("no") for i in ids})


async def test_an_added_step_runs_on_what_was_found():
    worker = Worker()
    execution = await run_revised(
        worker,
        plan(step("a", args={"value": 7})),
        Revision(steps=[step("b", args={"q": "${a}"})]),
    )
    assert worker.call("b").args == {"q": 7}
    assert [call.id for call in worker.calls] == ["a", "b"]
    assert statuses(execution) == {"a": "succeeded", "b": "succeeded"}


async def test_skipped_dependents_of_a_redefined_step_wait_again_and_run():
    worker = failing("bad")
    first = plan(step("a"), step("bad"), step("c", "bad"), step("d", "c", "a"))

    async def later(call):
        # The second definition of `bad` has an argument; only the first one fails.
        if call.id == "bad" and "value" in call.args:
            return call.args["value"]
        return await worker(call)

    async with open_execution(later, RunSettings()) as execution:
        execution.plan(first)
        await execution.idle()
        assert statuses(execution)["d"] == "skipped"
        execution.revise(first, Revision(steps=[step("bad", args={"value": 1})]))
        await execution.idle()
        await execution.finish("answered")
    assert set(statuses(execution).values()) == {"succeeded"}
    assert [call.id for call in worker.calls].count("a") == 1


async def test_a_step_that_stays_skipped_is_told_of_once():
    worker = failing("bad", "worse")
    first = plan(step("bad"), step("worse"), step("c", "bad"), step("d", "worse"))
    execution = await run_revised(worker, first, Revision(steps=[step("new")]))
    skipped = [
        e.step_id for e in execution.log.events if type(e).__name__ == "StepSkipped"
    ]
    assert sorted(skipped) == ["c", "d"]


async def test_dropped_steps_are_gone():
    first = plan(step("bad"), step("c", "bad"))
    execution = await run_revised(
        failing("bad"), first, Revision(steps=[step("e")], drop=["bad", "c"])
    )
    assert statuses(execution) == {"e": "succeeded"}


async def test_a_running_step_is_dropped_by_cancellation_and_others_run_on():
    worker = Worker({"slow": 99.0, "kept": 3.0})
    first = plan(step("slow"), step("kept"))
    async with open_execution(worker, RunSettings()) as execution:
        execution.plan(first)
        await anyio.sleep(1)
        execution.revise(first, Revision(steps=[step("new")], drop=["slow"]))
        await execution.idle()
        await execution.finish("answered")
    assert worker.cancelled == ["slow"]
    assert execution.results()["kept"].ended == 3.0
    assert execution.results()["new"].started == 1.0
    assert "slow" not in execution.results()


async def test_a_redefined_for_each_forgets_its_items():
    worker = failing("each[0]")
    first = plan(step("l", args={"value": [1, 2]}), step("each", for_each="${l}"))
    execution = await run_revised(
        worker, first, Revision(steps=[step("each", args={"value": 5}), step("l2")])
    )
    assert list(execution.results()) == ["l", "each", "l2"]
    assert execution.results()["each"].value == 5


async def test_revisions_in_a_row():
    worker = Worker()
    execution = await run_revised(
        worker,
        plan(step("a")),
        Revision(steps=[step("b", "a")]),
        Revision(steps=[step("c", "b")]),
        Revision(steps=[step("d", "c", "a")]),
    )
    assert [call.id for call in worker.calls] == ["a", "b", "c", "d"]
    assert set(statuses(execution).values()) == {"succeeded"}


async def test_a_revision_leaves_a_step_that_waits_for_its_retry_alone():
    began = []

    async def run_step(call):
        if call.id == "bad":
            raise ValueError
        if call.id == "again":
            began.append((anyio.current_time(), call.attempt))
            if call.attempt == 1:
                raise TimeoutError
        return call.id

    first = plan(step("bad"), step("mid", "bad"), step("again", optional=("mid",)))
    retry = Retry(attempts=2, backoff=5.0, jitter=0.0)
    settings = RunSettings(rules=Rules(lambda: 0.5, retry))
    start = anyio.current_time()
    async with open_execution(run_step, settings) as execution:
        execution.plan(first)
        await anyio.sleep(1)
        # `mid` is weighed anew, and skipped again.
        execution.revise(first, Revision(steps=[step("new")]))
        await execution.over()
        await execution.finish("answered")
    assert [(at - start, attempt) for at, attempt in began] == [(0.0, 1), (5.0, 2)]
    assert statuses(execution)["again"] == "succeeded"
