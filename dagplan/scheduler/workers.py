"""Tasks that run attempts one after the other, each in a context of its own."""

import asyncio  # noqa: TID251 - for what a step may have done to its own task
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup

from dagplan.errors import TaskLeftCancelledError
from dagplan.protocols import StepRunner
from dagplan.scheduler.failure import one_line
from dagplan.scheduler.isolation import Pace, isolated
from dagplan.scheduler.stimuli import Gone, Raised, Returned, Start

Ended = Returned | Raised | Gone
_MOST_WITHOUT_GIVING_WAY = 10
# What a step may let through, alone or in a group, that is no failure of its own.
_NOT_ITS_OWN = (KeyboardInterrupt, GeneratorExit)


class _Worker:
    """A task that runs attempts.

    Attributes:
        scope: Cancels the attempt that it runs, and ends the task.
        called: Set when there is work for it.
        fit: Whether it may take another attempt.
        served: Whether it has run an attempt.
        is_left_cancelled: Tells whether its task was cancelled and nobody took that
            back; asyncio only.
    """

    __slots__ = ("called", "fit", "is_left_cancelled", "scope", "served")

    def __init__(self) -> None:
        self.scope = anyio.CancelScope()
        self.called = anyio.Event()
        self.fit = True
        self.served = False
        self.is_left_cancelled: Callable[[], int] = _never


def _cancellings() -> Callable[[], int]:
    """Return what tells how often this task was cancelled; only asyncio knows."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None
    return _never if task is None else task.cancelling


def _never() -> int:
    return 0


class Workers:
    """Runs attempts in as many tasks as are busy at the same time.

    A worker that has ended an attempt goes on with the next: a task for each attempt
    costs more than all that the machine decides about it. What a shared task could
    carry from one step into the next is kept apart: each attempt has its own copy of
    the context of the run, and a worker takes no further one after an
    attempt that failed, or that left it cancelled. One thing is left: on asyncio, a step
    that succeeds and forgets something that cancels its task later (an open
    `asyncio.timeout` in a generator, a `call_later`) may hit a step after it, which then
    fails with a `TaskLeftCancelledError` and may be retried.

    Args:
        run_step: Runs one attempt.
        tasks: Where workers live.
        context: Each attempt runs in a copy of it.
        now: Returns the seconds since the run began.
        ended: Told how each attempt ended, by the worker that ran it.
        left: Called before `ended` where the whole run is being left.

    Attributes:
        add: Queues an attempt; `staff` sees to it that someone takes it.
    """

    def __init__(
        self,
        run_step: StepRunner,
        tasks: TaskGroup,
        context: Context,
        now: Callable[[], float],
        ended: Callable[[Sequence[Ended]], None],
        left: Callable[[], None],
    ) -> None:
        self._run_step = run_step
        self._tasks = tasks
        self._now = now
        self._ended = ended
        self._left = left
        self._context = context
        self._pace = Pace()
        self._queue: deque[Start] = deque()
        self.add = self._queue.append
        self._idle: list[_Worker] = []
        self._busy: dict[int, _Worker] = {}
        # How many workers are on their way to the queue.
        self._coming = 0

    def staff(self) -> None:
        """Call or hire a worker for every attempt that nobody is on the way to."""
        while self._coming < len(self._queue):
            self._coming += 1
            if self._idle:
                self._idle.pop().called.set()
            else:
                # From the context of the run: a task would inherit that of whichever
                # step is ending just now.
                self._context.copy().run(self._hire)

    def cancel(self, attempts: Sequence[int]) -> list[int]:
        """Cancel attempts; returns those that had not begun and now never will.

        One that has ended meanwhile is neither: what is recorded first is done later.
        """
        waiting = set()
        for attempt in attempts:
            worker = self._busy.get(attempt)
            if worker is None:
                waiting.add(attempt)
            else:
                worker.fit = False
                worker.scope.cancel()
        if not waiting:
            return []
        never = [c.attempt for c in self._queue if c.attempt in waiting]
        rest = [c for c in self._queue if c.attempt not in waiting]
        self._queue.clear()
        self._queue.extend(rest)
        return never

    def _hire(self) -> None:
        self._tasks.start_soon(self._work, _Worker())

    async def _work(self, worker: _Worker) -> None:
        worker.is_left_cancelled = _cancellings()
        with worker.scope:
            while worker.fit:
                if not self._queue:
                    await self._wait(worker)
                    continue
                command = self._queue.popleft()
                self._coming -= 1
                await self._attempt(command, worker)
                if self._pace.in_a_row >= _MOST_WITHOUT_GIVING_WAY:
                    # Steps that wait for nothing must not keep others from the loop.
                    self._pace.in_a_row = 0
                    await anyio.lowlevel.checkpoint()
            if worker.is_left_cancelled():
                await self._pass(anyio.lowlevel.checkpoint)

    async def _wait(self, worker: _Worker) -> None:
        self._coming -= 1
        self._idle.append(worker)
        worker.called = anyio.Event()
        if await self._pass(worker.called.wait):
            worker.fit = False
            if worker in self._idle:
                self._idle.remove(worker)
            else:
                self._coming -= 1
                self.staff()

    async def _pass(self, wait: Callable[[], Awaitable[None]]) -> bool:
        """Wait, and let a cancellation pass that a step has left for its task.

        Tells whether there was one.
        """
        try:
            await wait()
        except BaseException:  # noqa: BLE001 - the next line raises it if it is the run's
            await anyio.lowlevel.checkpoint_if_cancelled()
            return True
        return False

    async def _attempt(self, command: Start, worker: _Worker) -> None:
        """Run one attempt and say how it ended, whatever happens."""
        key = command.attempt
        self._busy[key] = worker
        ended: Ended | None = None
        try:
            context = self._context.copy()
            value = await isolated(context, self._run_step, command.call, self._pace)
            ended = Returned(self._now(), key, value)
        except Exception as error:  # noqa: BLE001
            # Whatever a step raises is its failure and no one else's.
            worker.fit = False
            ended = Raised(self._now(), key, error, one_line(error))
        except _NOT_ITS_OWN:
            worker.fit = False
            self._left()
            raise
        except BaseException as error:
            # The attempt is cancelled, the whole run is left, or a step let something
            # like a cancellation of its own or another library's panic escape.
            worker.fit = False
            if isinstance(error, BaseExceptionGroup) and error.subgroup(_NOT_ITS_OWN):
                self._left()
                raise
            await self._raise_if_left(worker)
            failure: BaseException = error
            if worker.served and isinstance(error, anyio.get_cancelled_exc_class()):
                failure = TaskLeftCancelledError(
                    "something cancelled the task, perhaps left by a step before it"
                )
            ended = Raised(self._now(), key, failure, one_line(failure))
        finally:
            del self._busy[key]
            if worker.is_left_cancelled():
                worker.fit = False
            worker.served = True
            self._coming += worker.fit
            self._ended((ended or Gone(self._now(), key),))

    async def _raise_if_left(self, worker: _Worker) -> None:
        try:
            await anyio.lowlevel.checkpoint_if_cancelled()
        except BaseException:
            if not worker.scope.cancel_called:
                # The slot that becomes free here must not let another step begin.
                self._left()
            raise
