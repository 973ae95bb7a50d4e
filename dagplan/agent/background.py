"""The event loop on which the sync half of nodes runs."""

import os
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TypeVar

import anyio
from anyio.from_thread import BlockingPortal

from dagplan.agent.leaving import Leaving

T = TypeVar("T")


class BackgroundLoop:
    """One event loop in one daemon thread, started at first use.

    A loop of its own for each call would break connections that models keep from call
    to call, and `asyncio.run` is refused where a loop already runs, as in notebooks.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._portal: BlockingPortal | None = None
        self._process = 0
        self._thread: threading.Thread | None = None

    def run(self, work: Callable[[], Awaitable[T]], leaving: Leaving) -> T:
        """Run a coroutine function and return its result.

        Context variables of the caller are seen by `work`. Whatever interrupts the
        wait, Ctrl-C included, cancels the work and waits for its end.

        Args:
            work: The coroutine function.
            leaving: Cancels the work too, from whichever thread.
        """
        ended = threading.Event()
        outcome: list[T] = []
        raised: list[BaseException] = []

        async def guarded() -> None:
            # Nothing but a cancellation may leave this task: another exception that
            # is no `Exception` would end the loop, and with it all other calls.
            try:
                outcome.append(await work())
            except anyio.get_cancelled_exc_class():
                raise
            except BaseException as error:  # noqa: BLE001 - raised again below
                raised.append(error)
            finally:
                ended.set()

        future = self._running_portal().start_task_soon(guarded)
        try:
            with leaving.running(future.cancel):
                future.result()
        except BaseException:
            if future.cancel() or future.cancelled():
                ended.wait()
            raise
        if raised:
            raise raised[0]
        return outcome[0]

    def _running_portal(self) -> BlockingPortal:
        with self._lock:
            # After a fork the thread exists in the parent only.
            alive = self._thread is not None and self._thread.is_alive()
            if self._portal is None or not alive or self._process != os.getpid():
                self._portal = self._start()
                self._process = os.getpid()
            return self._portal

    def _start(self) -> BlockingPortal:
        started: Future[BlockingPortal] = Future()

        async def serve() -> None:
            async with BlockingPortal() as portal:
                started.set_result(portal)
                await portal.sleep_until_stopped()

        # A daemon, so that the program ends when its own threads do.
        self._thread = threading.Thread(
            target=anyio.run, args=(serve,), name="dagplan", daemon=True
        )
        self._thread.start()
        return started.result()


background = BackgroundLoop()
"""The one background loop of this process."""
