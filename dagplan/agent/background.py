"""The event loop on which the sync half of nodes runs."""

import os
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TypeVar

import anyio
from anyio.from_thread import BlockingPortal

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

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run a coroutine function and return its result.

        Context variables of the caller are seen by `work`. Whatever interrupts the
        wait, Ctrl-C included, cancels the work and waits for its end.
        """
        ended = threading.Event()

        async def guarded() -> T:
            try:
                return await work()
            finally:
                ended.set()

        future: Future[T] = self._running_portal().start_task_soon(guarded)
        try:
            return future.result()
        except BaseException:
            if future.cancel():
                ended.wait()
            raise

    def _running_portal(self) -> BlockingPortal:
        with self._lock:
            # After a fork the thread exists in the parent only.
            if self._portal is None or self._process != os.getpid():
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
        thread = threading.Thread(
            target=anyio.run, args=(serve,), name="dagplan", daemon=True
        )
        thread.start()
        return started.result()


background = BackgroundLoop()
"""The one background loop of this process."""
