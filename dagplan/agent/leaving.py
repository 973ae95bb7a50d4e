"""Telling the run inside a graph that whoever asked for it has left."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from types import FrameType

import anyio


class Leaving:
    """Cancels the runs of one call to the graph.

    LangGraph runs nodes in tasks and threads of its own. It waits for those threads
    when a stream is left, and an anyio scope that is cancelled around a stream does
    not reach those tasks; so the stream itself has to tell the run.
    """

    def __init__(self) -> None:
        self._left = False
        self._cancels: list[Callable[[], object]] = []
        self._ended: anyio.Event | None = None

    @contextmanager
    def running(self, cancel: Callable[[], object]) -> Iterator[None]:
        """Have the run in this block cancelled when the caller leaves.

        Args:
            cancel: Cancels the run; called at once if the caller has left already.
        """
        self._cancels.append(cancel)
        if self._left:
            cancel()
        try:
            yield
        finally:
            self._cancels.remove(cancel)
            if self._ended is not None:
                self._ended.set()

    def leave(self) -> None:
        """Cancel all runs."""
        self._left = True
        for cancel in [*self._cancels]:
            cancel()

    @contextmanager
    def left_by_ctrl_c(
        self, told: Callable[[Callable[[], object]], AbstractContextManager[None]]
    ) -> Iterator[None]:
        """Leave as soon as Ctrl-C is pressed in this block, and raise at its end.

        `KeyboardInterrupt` is raised once the block has ended, which it does when its
        runs have. Raised inside, it would come too late, since on its way out LangGraph
        waits for its threads; and it could leave a lock of LangGraph's taken, for which
        the run then waits. Pressed again, it is raised at once.

        Args:
            told: Calls a function when SIGINT comes, also while this thread waits.
        """
        default = signal.default_int_handler
        in_main = threading.current_thread() is threading.main_thread()
        # A program that handles the signal in its own way goes on doing so.
        if not in_main or signal.getsignal(signal.SIGINT) is not default:
            yield
            return

        pressed = False

        def interrupt(number: int, frame: FrameType | None) -> None:
            nonlocal pressed
            if pressed:
                default(number, frame)
            pressed = True
            self.leave()

        signal.signal(signal.SIGINT, interrupt)
        try:
            with told(self.leave):
                yield
        finally:
            signal.signal(signal.SIGINT, default)
            if pressed:
                raise KeyboardInterrupt

    async def gone(self) -> None:
        """Wait until all runs have ended; for runs on this event loop."""
        while self._cancels:
            self._ended = anyio.Event()
            await self._ended.wait()


leaving: ContextVar[Leaving | None] = ContextVar("dagplan_leaving", default=None)
"""The call to the graph in which the current node runs."""
