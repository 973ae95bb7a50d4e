"""Steps share tasks, and nothing of one step gets into another."""

import traceback
from collections.abc import Generator
from contextvars import ContextVar
from functools import partial

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest
from trio.testing import MockClock

from dagplan import Limits, Retry, Timeout, execute_plan
from tests.scheduler.plans import plan, step

SINGLE = Limits(concurrency=1)
CHAIN = plan(step("a"), step("b", "a"), step("c", "b"))
user: ContextVar[str] = ContextVar("user", default="nobody")


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    if request.param == "asyncio":
        return "asyncio"
    return "trio", {"clock": MockClock(autojump_threshold=0)}


# --- context variables ------------------------------------------------------


@pytest.mark.parametrize("slots", [1, None])
async def test_what_a_step_sets_is_seen_by_itself_alone(slots):
    seen = {}

    async def run_step(call):
        before = user.get()
        user.set(call.id)
        await anyio.sleep(0.001)
        seen[call.id] = before, user.get()

    user.set("caller")
    graph = plan(*CHAIN.steps, *(step(f"s{i}") for i in range(5)))
    await execute_plan(graph, run_step, limits=Limits(concurrency=slots))
    assert seen == {s.id: ("caller", s.id) for s in graph.steps}
    assert user.get() == "caller"


async def test_a_step_that_never_waits_leaves_nothing_behind_either():
    seen = []

    async def run_step(call):
        seen.append(user.get())
        user.set(call.id)

    await execute_plan(CHAIN, run_step, limits=SINGLE)
    assert seen == ["nobody"] * 3
    assert user.get() == "nobody"


async def test_each_attempt_begins_with_the_context_of_the_run():
    seen = []

    async def run_step(call):
        seen.append(user.get())
        user.set(call.id)
        raise TimeoutError

    retry = Retry(attempts=3, backoff=0)
    await execute_plan(plan(step("a")), run_step, retry=retry)
    assert seen == ["nobody"] * 3


async def test_a_variable_can_be_reset_after_a_wait():
    async def run_step(call):
        token = user.set(call.id)
        await anyio.sleep(0.001)
        user.reset(token)
        return user.get()

    run = await execute_plan(CHAIN, run_step)
    assert [result.value for result in run.results.values()] == ["nobody"] * 3


async def test_tasks_and_threads_of_a_step_inherit_its_context():
    seen = {}

    async def child(name):
        await anyio.sleep(0.001)
        seen[name] = user.get()

    async def run_step(call):
        user.set(call.id)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(child, f"{call.id}1")
            tasks.start_soon(child, f"{call.id}2")
        return await anyio.to_thread.run_sync(user.get)

    run = await execute_plan(plan(step("a"), step("b")), run_step)
    assert seen == {"a1": "a", "a2": "a", "b1": "b", "b2": "b"}
    assert [result.value for result in run.results.values()] == ["a", "b"]


async def test_a_step_that_another_one_frees_has_the_context_of_the_run():
    seen = {}

    async def run_step(call):
        seen[call.id] = user.get()
        user.set(call.id)
        await anyio.lowlevel.checkpoint()

    # Both dependents are begun by the end of `a`, one of them in a task of its own.
    await execute_plan(plan(step("a"), step("b", "a"), step("c", "a")), run_step)
    assert seen == {"a": "nobody", "b": "nobody", "c": "nobody"}


# --- what may run a step ----------------------------------------------------


class Eventually:
    """Can be awaited, and is no coroutine."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __await__(self) -> Generator[object, object, object]:
        yield from anyio.lowlevel.checkpoint().__await__()
        return self.value


class Runner:
    async def __call__(self, call, /):
        return call.id

    async def method(self, prefix, call, /):
        await anyio.lowlevel.checkpoint()
        return prefix + call.id


@pytest.mark.parametrize(
    ("run_step", "value"),
    [
        (lambda call: Eventually(call.id), "b"),
        (Runner(), "b"),
        (partial(Runner().method, "step "), "step b"),
        (Runner().__call__, "b"),
    ],
    ids=["awaitable", "instance", "partial method", "method"],
)
async def test_whatever_can_be_awaited_runs_a_step(run_step, value):
    run = await execute_plan(CHAIN, run_step)
    assert run.results["b"].value == value


async def test_a_step_may_raise_before_there_is_anything_to_await():
    def run_step(call):
        if call.id == "a":
            raise ValueError("at once")
        return Eventually(call.id)

    run = await execute_plan(plan(step("a"), step("b")), run_step)
    assert run.results["a"].error == "ValueError: at once"
    assert run.results["b"].value == "b"


async def test_what_cannot_be_awaited_fails_its_step_alone():
    def run_step(call):
        return call.id if call.id == "a" else Eventually(call.id)

    run = await execute_plan(plan(step("a"), step("b")), run_step)
    assert (run.results["a"].error or "").startswith("TypeError: ")
    assert run.results["b"].value == "b"


async def test_a_step_may_return_a_stop_of_iteration_or_raise_one():
    async def run_step(call):
        await anyio.lowlevel.checkpoint()
        if call.id == "a":
            raise StopIteration("a")
        return StopIteration("b")

    run = await execute_plan(plan(step("a"), step("b")), run_step)
    assert run.results["a"].status == "failed"
    assert isinstance(run.results["b"].value, StopIteration)


# --- cancellation -----------------------------------------------------------


async def clinging(call):
    """Swallow the cancellation of the first step; the others wait as usual."""
    if call.id == "a":
        with anyio.CancelScope(shield=True):
            await anyio.sleep(0.02)
        return "late"
    await anyio.sleep(0.001)
    return call.id


async def swallowing(call):
    if call.id == "a":
        try:
            await anyio.sleep(10)
        except anyio.get_cancelled_exc_class():
            return "late"
    await anyio.sleep(0.001)
    return call.id


@pytest.mark.parametrize("run_step", [clinging, swallowing])
async def test_a_task_that_was_cancelled_takes_no_further_step(run_step):
    timeout = Timeout(per_step={"a": Timeout(attempt=0.01)})
    graph = plan(*map(step, "abcd"))
    run = await execute_plan(graph, run_step, limits=SINGLE, timeout=timeout)
    assert {k: r.status for k, r in run.results.items()} == {
        "a": "failed",
        "b": "succeeded",
        "c": "succeeded",
        "d": "succeeded",
    }


async def test_a_deadline_inside_a_step_is_its_own():
    async def run_step(call):
        if call.id == "a":
            with anyio.fail_after(0.001):
                await anyio.sleep(10)
        await anyio.sleep(0.001)
        return call.id

    run = await execute_plan(plan(*map(step, "abc")), run_step, limits=SINGLE)
    assert run.results["a"].error == "TimeoutError"
    assert [run.results[i].value for i in "bc"] == ["b", "c"]


async def test_what_is_thrown_in_arrives_where_a_step_waits():
    cleaned = []

    async def run_step(call):
        try:
            await anyio.sleep(10)
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(0.001)
            cleaned.append(call.id)

    timeout = Timeout(attempt=0.01)
    await execute_plan(plan(*map(step, "abc")), run_step, timeout=timeout)
    assert sorted(cleaned) == ["a", "b", "c"]


# --- the loop and what went wrong -------------------------------------------


async def test_steps_that_never_wait_do_not_keep_others_from_the_loop():
    turns = 0

    async def count_turns():
        nonlocal turns
        while True:
            await anyio.lowlevel.checkpoint()
            turns += 1

    async def run_step(call):
        return call.id

    steps = [step("s0"), *(step(f"s{i}", f"s{i - 1}") for i in range(1, 500))]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(count_turns)
        await execute_plan(plan(*steps), run_step)
        tasks.cancel_scope.cancel()
    assert turns >= 40


async def test_an_error_keeps_its_traceback():
    errors = []

    def keep(error):
        errors.append(error)
        return False

    async def fail_deep_inside():
        await anyio.lowlevel.checkpoint()
        raise ValueError("no")

    async def run_step(call):
        try:
            await fail_deep_inside()
        except ValueError as error:
            raise RuntimeError("worse") from error

    retry = Retry(attempts=2, errors=keep)
    run = await execute_plan(plan(step("a")), run_step, retry=retry)
    (error,) = errors
    frames = traceback.extract_tb(error.__traceback__)
    inside = traceback.extract_tb(error.__cause__.__traceback__)
    assert [frame.name for frame in (frames[-1], inside[-1])] == [
        "run_step",
        "fail_deep_inside",
    ]
    assert run.results["a"].error == "RuntimeError: worse"
