"""What a step leaves behind is kept from the steps that come after it."""

import asyncio  # noqa: TID251 - the ways in which its tasks are cancelled

import anyio
import pytest

from dagplan import Limits, Retry, Throttle, execute_plan
from dagplan.events import Event, StepStarted
from tests.scheduler.plans import plan, step


@pytest.fixture
def anyio_backend():
    return "asyncio"


def task():
    current = asyncio.current_task()
    assert current is not None
    return current


async def test_a_worker_whose_task_is_cancelled_while_it_waits_ends_alone():
    async def run_step(call):
        if call.id == "a":
            # Comes when `b` alone runs, and the worker of `a` waits for work.
            asyncio.get_running_loop().call_soon(task().cancel)
            return "a"
        await anyio.lowlevel.cancel_shielded_checkpoint()
        await asyncio.sleep(0.01)
        return call.id

    run = await execute_plan(plan(step("a"), step("b"), step("c", "b")), run_step)
    assert {k: r.status for k, r in run.results.items()} == dict.fromkeys(
        "abc", "succeeded"
    )


async def test_a_step_that_cancels_its_own_task_and_fails_is_retried():
    async def run_step(call):
        if call.attempt == 1:
            task().cancel()
            raise TimeoutError
        return call.attempt

    retry = Retry(attempts=2, backoff=0.01)
    run = await execute_plan(plan(step("a"), step("b", "a")), run_step, retry=retry)
    assert [r.value for r in run.results.values()] == [2, 2]


def test_no_step_begins_after_an_interrupt():
    # On trio, where the interrupt comes out of the run; asyncio stops its whole loop.
    began: list[str] = []
    seen: list[Event] = []

    async def run_step(call):
        began.append(call.id)
        raise KeyboardInterrupt

    async def main() -> None:
        await execute_plan(
            plan(step("a"), step("b")),
            run_step,
            limits=Limits(concurrency=1),
            on_event=seen.append,
        )

    with pytest.raises((KeyboardInterrupt, BaseExceptionGroup)):
        anyio.run(main, backend="trio")
    assert began == ["a"]
    assert [e.step_id for e in seen if isinstance(e, StepStarted)] == ["a"]


async def test_a_run_within_a_step_takes_no_slot_of_the_throttle_that_the_step_holds():
    throttle = Throttle(Limits(concurrency=1))

    async def inner(call):
        await anyio.lowlevel.checkpoint()
        return call.id

    async def outer(call):
        run = await execute_plan(plan(step("x"), step("y")), inner, limits=throttle)
        return [call.id, *(r.value for r in run.results.values())]

    with anyio.fail_after(5):
        run = await execute_plan(plan(step("a"), step("b")), outer, limits=throttle)
    assert [r.value for r in run.results.values()] == [["a", "x", "y"], ["b", "x", "y"]]
    assert throttle.slots[0].used == 0


async def test_an_error_whose_attributes_raise_fails_its_step_alone():
    class LazyError(Exception):
        @property
        def status_code(self) -> int:
            raise KeyError("status")

    async def run_step(call):
        if call.id == "a":
            raise LazyError
        return call.id

    run = await execute_plan(plan(step("a"), step("b")), run_step)
    assert [r.status for r in run.results.values()] == ["failed", "succeeded"]


async def test_steps_that_cannot_start_use_up_no_requests():
    bad = [step(f"s{i}", args={"q": "${a.nope}"}) for i in range(5)]

    async def run_step(call):
        return call.id

    limits = Limits(requests_per_minute=2)
    with anyio.fail_after(5):
        run = await execute_plan(
            plan(step("a"), *bad, step("z", "a")), run_step, limits=limits
        )
    assert run.results["z"].status == "succeeded"
