"""Threads end when they like: some are waited for, the others left behind."""

import asyncio  # noqa: TID251 - cancels as programs without anyio do
import gc
import threading
from collections.abc import Coroutine
from contextvars import ContextVar

import anyio
import pytest

from dagplan.steps.threads import in_thread

LONG = 60.0  # nothing in here waits for it

word: ContextVar[str] = ContextVar("word", default="none")


class Gate:
    """A function that returns once it is let through."""

    def __init__(self) -> None:
        self.entered = anyio.Event()
        self.ended = False
        self.thread: threading.Thread | None = None
        self._open = threading.Event()

    def pass_through(self) -> str:
        self.thread = threading.current_thread()
        anyio.from_thread.run_sync(self.entered.set)
        self._open.wait()
        self.ended = True
        return "through"

    def open(self) -> None:
        self._open.set()


def fail() -> None:
    raise LookupError("no such thing")


async def test_a_thread_returns_and_raises_and_knows_the_context():
    threads = anyio.CapacityLimiter(1)
    word.set("hello")

    assert await in_thread(word.get, threads) == "hello"
    with pytest.raises(LookupError, match="no such thing"):
        await in_thread(fail, threads)
    assert threads.borrowed_tokens == 0


async def test_a_thread_that_ends_soon_after_a_cancellation_is_not_left():
    gate, threads = Gate(), anyio.CapacityLimiter(1)
    ended_before_it_was_left: list[bool] = []

    async def call() -> None:
        try:
            await in_thread(gate.pass_through, threads, LONG)
        finally:
            ended_before_it_was_left.append(gate.ended)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(call)
        await gate.entered.wait()
        tasks.cancel_scope.cancel()
        with anyio.CancelScope(shield=True):
            # More turns of the loop than a cancellation needs to arrive.
            for _ in range(20):
                await anyio.lowlevel.checkpoint()
        gate.open()

    assert ended_before_it_was_left == [True]
    assert threads.borrowed_tokens == 0


async def test_a_thread_that_does_not_end_is_left_and_keeps_its_place_until_it_does():
    gate, threads = Gate(), anyio.CapacityLimiter(1)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(in_thread, gate.pass_through, threads, 0.001)
        await gate.entered.wait()
        tasks.cancel_scope.cancel()

    assert not gate.ended
    with pytest.raises(anyio.WouldBlock):
        threads.acquire_nowait()
    gate.open()
    await threads.acquire()
    assert gate.ended


@pytest.mark.parametrize("times", [1, 2])
async def test_a_cancellation_from_outside_anyio_waits_as_well(times: int):
    gate, threads = Gate(), anyio.CapacityLimiter(1)
    task = asyncio.ensure_future(in_thread(gate.pass_through, threads, LONG))
    await gate.entered.wait()
    for _ in range(times):
        task.cancel()
        await anyio.lowlevel.checkpoint()
    assert not task.done()
    gate.open()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert gate.ended


async def test_who_is_cancelled_before_a_place_is_free_never_runs():
    gate, threads = Gate(), anyio.CapacityLimiter(1)
    await threads.acquire()
    with anyio.CancelScope() as scope:
        scope.cancel()
        await in_thread(gate.pass_through, threads)
    threads.release()

    assert gate.thread is None
    assert threads.borrowed_tokens == 0


@pytest.mark.parametrize("patience", [0.001, LONG])
async def test_a_coroutine_that_nobody_wants_any_more_makes_no_noise(patience: float):
    gate, threads = Gate(), anyio.CapacityLimiter(1)

    async def work() -> None:
        raise AssertionError("never awaited")

    def give() -> Coroutine[object, object, None]:
        gate.pass_through()
        return work()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(in_thread, give, threads, patience)
        await gate.entered.wait()
        tasks.cancel_scope.cancel()
        if patience == LONG:
            gate.open()
    gate.open()
    await threads.acquire()
    # A warning would be raised here.
    gc.collect()


def test_a_thread_may_outlive_the_loop(caplog: pytest.LogCaptureFixture):
    async def leave() -> Gate:
        gate = Gate()
        async with anyio.create_task_group() as tasks:
            threads = anyio.CapacityLimiter(1)
            tasks.start_soon(in_thread, gate.pass_through, threads, 0.001)
            await gate.entered.wait()
            tasks.cancel_scope.cancel()
        return gate

    gate = anyio.run(leave)
    gate.open()
    assert gate.thread is not None
    gate.thread.join(5)

    assert gate.ended
    assert not gate.thread.is_alive()
    assert not caplog.records


@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_threads_run_on_trio_too():
    gate, threads = Gate(), anyio.CapacityLimiter(1)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(in_thread, gate.pass_through, threads, 0.001)
        await gate.entered.wait()
        tasks.cancel_scope.cancel()
    gate.open()
    await threads.acquire()

    assert gate.ended
