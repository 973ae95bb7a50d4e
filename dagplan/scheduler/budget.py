"""Takes in what calls of models spend, and has a run leave off once it may no more."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import get_ident

import anyio
import anyio.from_thread
import anyio.lowlevel

from dagplan.events import BudgetReached, ModelCalled
from dagplan.scheduler.limits import Share
from dagplan.scheduler.spending import Spending


class BudgetWatch:
    """Watches a run's budget.

    Args:
        spending: What the run has spent.
        share: What it may use of the limits.
        epoch: When it began, on the clock of its event loop.
        now: Returns the seconds since then.
        tell: Told of each call.
        leave_off: Told of each bound that is reached.
    """

    def __init__(
        self,
        spending: Spending,
        share: Share,
        epoch: float,
        now: Callable[[], float],
        tell: Callable[[ModelCalled], None],
        leave_off: Callable[[BudgetReached], None],
    ) -> None:
        self._spending = spending
        self._share = share
        self._epoch = epoch
        self._now = now
        self._tell = tell
        self._leave_off = leave_off
        self._ended = False
        self._thread = get_ident()
        self._loop = anyio.lowlevel.current_token()

    @property
    def reached(self) -> Sequence[BudgetReached]:
        """The bounds that are reached; once there is one nothing new begins."""
        return tuple(self._spending.reached)

    @property
    def deadline(self) -> float:
        """When the run's time is up, as `anyio.current_time()`; infinity for never."""
        return self._epoch + self._spending.deadline

    def emit(self, event: ModelCalled) -> None:
        """Record a model call whose times are those of `anyio.current_time()`."""
        if get_ident() != self._thread:
            # Of a model inside a sync tool langchain tells in the tool's thread.
            anyio.from_thread.run_sync(self.emit, event, token=self._loop)
            return
        now, epoch = self._now(), self._epoch
        if event.tokens is not None:
            self._share.spend(event.tokens.total, now)
        started, ended = event.started - epoch, event.ended - epoch
        self._tell(replace(event, at=now, started=started, ended=ended))
        self._spending.add(event)
        self.check()

    def check(self) -> None:
        """Leave off where a bound is reached that was not when this was last asked."""
        if self._ended:
            return
        for reached in self._spending.news(self._now()):
            self._leave_off(reached)

    async def keep_deadline(self) -> None:
        """Leave off once the run's time is up."""
        await anyio.sleep_until(self.deadline)
        self.check()

    def end(self) -> None:
        """Watch no more: the run ends, and nothing may be told after that."""
        self._ended = True
