"""What a run has decided and nobody has seen: it is recorded first."""

from collections.abc import Callable, Sequence

import anyio

from dagplan.errors import JournalError
from dagplan.events import AnswerText, Event
from dagplan.plan.json_values import as_recorded
from dagplan.protocols import RunRecord, StepCall, StepRunner
from dagplan.scheduler.stimuli import Cancel, Command, Start

Decision = Command | Event
_UNRECORDED = (Start, Cancel, AnswerText)


class Outbox:
    """Records what was decided, then has it performed, both in the order of deciding.

    The machine may be ahead of what is recorded, the world never is: no step starts and
    no observer learns anything that a crash could undo. What is decided while a commit
    is under way waits and goes into the next one together.

    Args:
        record: Where to.
        perform: Does what was decided and tells of it.
        failed: Called once when nothing more can be recorded, with the attempts that
            were to begin and never will.

    Attributes:
        failure: Why nothing more can be recorded; None while it can.
    """

    def __init__(
        self,
        record: RunRecord,
        perform: Callable[[Sequence[Decision]], None],
        failed: Callable[[Sequence[int]], None],
    ) -> None:
        self.failure: Exception | None = None
        self._record = record
        self._perform = perform
        self._failed = failed
        self._waiting: list[Decision] = []
        self._committing = False
        self._called = anyio.Event()
        self._emptied = anyio.Event()
        self._life = anyio.CancelScope(shield=True)

    @property
    def empty(self) -> bool:
        """Whether everything that was decided has been performed."""
        return not self._waiting and not self._committing

    def put(self, decisions: Sequence[Decision]) -> None:
        """Take in what was decided."""
        if self.failure is not None:
            # Nothing new may be seen or begun, but what runs can still be ended.
            self._perform([d for d in decisions if isinstance(d, Cancel)])
            return
        self._waiting += decisions
        self._called.set()

    async def run(self) -> None:
        """Record and perform until `end`; cancellation from outside does not reach it.

        While a run is being left there still is something to be told.
        """
        with self._life:
            while True:
                try:
                    await self._called.wait()
                except anyio.get_cancelled_exc_class():
                    # asyncio cancels each task by itself when its loop is ended.
                    if self._life.cancel_called:
                        raise
                else:
                    self._called = anyio.Event()
                    await self._commit()

    async def emptied(self) -> None:
        """Wait until everything that was decided has been performed."""
        while not self.empty:
            await self._emptied.wait()

    def end(self) -> None:
        """Take nothing in any more."""
        self._life.cancel()

    async def _commit(self) -> None:
        decisions, self._waiting = self._waiting, []
        events = [d for d in decisions if not isinstance(d, _UNRECORDED)]
        self._committing = True
        try:
            if events:
                await self._record.append(events)
        except (Exception, anyio.get_cancelled_exc_class()) as error:  # noqa: BLE001
            # Raised to whoever waits for the run. A cancellation is none of the run's:
            # its own do not reach this task.
            self._fail(error, [*decisions, *self._waiting])
        else:
            self._perform(decisions)
        finally:
            self._committing = False
            if self.empty:
                self._emptied.set()
                self._emptied = anyio.Event()

    def _fail(self, error: BaseException, decisions: Sequence[Decision]) -> None:
        self.failure = (
            error
            if isinstance(error, Exception)
            else JournalError("the event loop ended while a run was recorded")
        )
        self._waiting.clear()
        self._perform([d for d in decisions if isinstance(d, Cancel)])
        self._failed([d.attempt for d in decisions if isinstance(d, Start)])


def recordable(run_step: StepRunner) -> StepRunner:
    """Have steps return what they would return if it came from the record."""

    async def run(call: StepCall, /) -> object:
        return as_recorded(await run_step(call), f"step {call.id!r}")

    return run
