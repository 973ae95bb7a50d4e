"""Runs sync tools in threads, and gives up those that do not end."""

from collections.abc import Callable
from concurrent.futures import Future
from inspect import iscoroutine
from typing import TypeVar

import anyio
import anyio.to_thread

from dagplan.loops import on_this_loop
from dagplan.policy import GRACE

T = TypeVar("T")

PATIENCE = GRACE + 0.1
"""Seconds for which a thread is waited for after its step was cancelled.

A little longer than the time after which `StepStuck` names the step: whoever watches
learns that a thread hangs before it is left behind.
"""


async def in_thread(
    function: Callable[[], T],
    threads: anyio.CapacityLimiter,
    patience: float = PATIENCE,
) -> T:
    """Run a function in a thread and return what it returns.

    Nothing can end a thread from outside. When the caller is cancelled the thread has
    `patience` seconds to end; then it is left to itself, and what it returns or raises
    is dropped.

    Args:
        function: What to run; sees the context variables of the caller.
        threads: Bounds the threads. A thread that was left holds its place until it
            ends: a bound that forgot it would be none, since tools that hang and are
            tried again would pile up threads until the process has no more.
        patience: Seconds to wait for the thread once the caller is cancelled.
    """
    # Pending while the function has not begun, so that it can still be called off.
    call: Future[T] = Future()
    ended = anyio.Event()
    hold = anyio.CancelScope(shield=True)
    await threads.acquire_on_behalf_of(call)
    tell = on_this_loop()
    call.add_done_callback(lambda _: tell(threads.release_on_behalf_of, call))

    async def wait_for_thread() -> None:
        try:
            with hold:
                await _start(call, function)
        finally:
            call.cancel()
            ended.set()

    # A task of its own, since a cancellation from outside anyio ends any wait of the
    # task that it hits, shielded or not.
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait_for_thread)
        try:
            await ended.wait()
        except BaseException:
            hold.deadline = anyio.current_time() + patience
            call.add_done_callback(_drop)
            raise
    return call.result()


async def _start(call: Future[T], function: Callable[[], T]) -> None:
    try:
        await anyio.to_thread.run_sync(
            _perform,
            call,
            function,
            abandon_on_cancel=True,
            # `threads` has granted a place, and gets it back when the thread ends.
            limiter=anyio.CapacityLimiter(1),
        )
    except RuntimeError as error:
        # The system has no more threads: that is the tool's failure, not the run's.
        call.set_exception(error)


def _perform(call: Future[T], function: Callable[[], T]) -> None:
    """Run the function in the thread, unless it was called off before it began."""
    if not call.set_running_or_notify_cancel():
        return
    try:
        value = function()
    except BaseException as error:  # noqa: BLE001 - raised again in the task
        call.set_exception(error)
    else:
        call.set_result(value)


def _drop(call: Future[T]) -> None:
    """Let nobody wonder why a coroutine that nobody wants was never awaited."""
    if not call.cancelled() and call.exception() is None:
        value = call.result()
        if iscoroutine(value):
            value.close()
