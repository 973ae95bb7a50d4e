"""The event loop on which the sync half of nodes runs."""

import asyncio  # noqa: TID251 - this loop is asyncio's, as langchain needs it
import os
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from typing import Generic, TypeVar

import anyio
from anyio.from_thread import BlockingPortal

from dagplan.agent.leaving import Leaving

T = TypeVar("T")


class _Call(Generic[T]):
    """One call on its way through the background loop.

    The caller sets `abandoned` and then looks whether the call began; the call says
    that it began and then looks whether it was abandoned. So either the caller waits
    for its end, or it ends before it does anything.
    """

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self.began = threading.Event()
        self.ended = threading.Event()
        self._abandoned = False
        self._work = work
        self._scope: anyio.CancelScope | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._outcome: list[T] = []
        self._raised: list[BaseException] = []

    async def run(self) -> None:
        """Do the work, on the loop; never raises.

        An exception that is no `Exception` would end the loop, and with it all calls.
        """
        self._loop = asyncio.get_running_loop()
        with anyio.CancelScope() as self._scope:
            self.began.set()
            try:
                if not self._abandoned:
                    self._outcome.append(await self._work())
            except anyio.get_cancelled_exc_class():
                raise
            except BaseException as error:  # noqa: BLE001 - raised again by `result`
                self._raised.append(error)
            finally:
                self.ended.set()

    def cancel(self) -> None:
        """Cancel the work, from whichever thread or signal handler.

        Does not wait for the loop: that may be waiting for a lock which the interrupted
        code holds.
        """
        self._abandoned = True
        if self._loop is not None and self._scope is not None:
            self._loop.call_soon_threadsafe(self._scope.cancel)

    def result(self) -> T:
        """Return what the work returned, or raise what it raised."""
        if self._raised:
            raise self._raised[0]
        if not self._outcome:
            raise CancelledError("the caller of the graph has left")
        return self._outcome[0]


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
        self._signals: socket.socket | None = None
        self._interrupted: Callable[[], object] = _nothing

    def run(self, work: Callable[[], Awaitable[T]], leaving: Leaving) -> T:
        """Run a coroutine function and return its result.

        Context variables of the caller are seen by `work`. Whatever interrupts the
        wait, Ctrl-C included, cancels the work and waits for its end.

        Args:
            work: The coroutine function.
            leaving: Cancels the work too, from whichever thread.
        """
        portal = self._running_portal()
        call = _Call(work)
        try:
            # Ctrl-C may come before the task is handed over, or before it is known here
            # that it was: the call itself knows what has begun.
            future = portal.start_task_soon(call.run)
            with leaving.running(call.cancel):
                future.result()
        except BaseException:
            call.cancel()
            if call.began.is_set():
                call.ended.wait()
            raise
        return call.result()

    @contextmanager
    def told_of_ctrl_c(self, interrupted: Callable[[], object]) -> Iterator[None]:
        """Call a function on the loop when SIGINT comes; for the main thread.

        Python runs its handlers between two instructions of the main thread. A signal
        that comes as that thread is about to wait for a lock is seen only once the lock
        is free, which would be when the run has ended by itself.
        """
        self._running_portal()
        if self._signals is None:
            raise RuntimeError("the loop has not been started")
        before, self._interrupted = self._interrupted, interrupted
        # Whoever else was told of signals is told of them again afterwards.
        told = signal.set_wakeup_fd(self._signals.fileno(), warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(told)
            self._interrupted = before

    async def _watch(self, signals: socket.socket) -> None:
        while True:
            await anyio.wait_readable(signals)
            if signal.SIGINT in signals.recv(1024):
                self._interrupted()

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
        told, self._signals = socket.socketpair()
        self._signals.settimeout(0)
        told.settimeout(0)

        async def serve() -> None:
            async with anyio.create_task_group() as tasks, BlockingPortal() as portal:
                tasks.start_soon(self._watch, told)
                started.set_result(portal)
                await portal.sleep_until_stopped()

        # A daemon, so that the program ends when its own threads do.
        self._thread = threading.Thread(
            target=anyio.run, args=(serve,), name="dagplan", daemon=True
        )
        self._thread.start()
        return started.result()


def _nothing() -> None:
    pass


background = BackgroundLoop()
"""The one background loop of this process."""
