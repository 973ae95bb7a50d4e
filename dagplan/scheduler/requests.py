"""Requests that are no step's first: they wait for the same limits, and are tried again."""

from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import TypeVar

import anyio

from dagplan.errors import BudgetError
from dagplan.events import Throttled
from dagplan.policy import Retry
from dagplan.protocols import Admit
from dagplan.scheduler.failure import one_line
from dagplan.scheduler.limits import Share
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.spending import Spending
from dagplan.trouble import classify

T = TypeVar("T")


class Requests:
    """What planner, replanner and steps ask providers for beside a step's first request.

    Args:
        share: The run's part in what limits them.
        now: Returns the seconds since the run began.
        rules: How often work is tried again.
        tell: Told when a provider asks to slow down.
        spending: What the run has spent: once that is all, no request goes out.
    """

    def __init__(
        self,
        share: Share,
        now: Callable[[], float],
        rules: Rules,
        tell: Callable[[Throttled], None],
        spending: Spending,
    ) -> None:
        self._share = share
        self._now = now
        self._rules = rules
        self._tell = tell
        self._spending = spending
        self._admits: dict[str | None, Admit] = {}

    def admit_of(self, tool: str | None) -> Admit:
        """Return what admits further requests of a tool's steps."""
        admit = self._admits.get(tool)
        if admit is None:
            admit = self._admits[tool] = partial(self.admit, tool)
        return admit

    async def admit(self, user: Hashable, *, on_top: bool = False) -> None:
        """Wait until one request may go out that is no attempt's first.

        Args:
            user: Who sends it: the tool of a step, or a role.
            on_top: Whether it may go beyond the budget: without an answer all that
                was spent was spent for nothing.

        Raises:
            BudgetError: A bound of the budget is reached.
        """
        self._refuse(on_top)
        if self._share.only_slots:
            return
        told = anyio.Event()

        def wake() -> None:
            told.set()

        share = self._share.beside(wake)
        try:
            while share.take_request(user, self._now()) is None:
                with anyio.move_on_after(share.held_until - self._now()):
                    await told.wait()
                told = anyio.Event()
        finally:
            share.close()
        self._refuse(on_top)

    def _refuse(self, on_top: bool) -> None:  # noqa: FBT001
        if self._spending.reached and not on_top:
            raise self.refusal("no model is called any more")

    def refusal(self, then: str) -> BudgetError:
        """Return what tells that a bound of the budget is reached.

        Args:
            then: What follows from that.
        """
        reached = self._spending.reached[0]
        remedy = f"raise {reached.bound} of the budget, or use None for no bound"
        text = f"{reached.said}, so {then}; {remedy}"
        return BudgetError(text, bound=reached.bound)

    async def insist(
        self,
        role: str,
        work: Callable[[], Awaitable[T]],
        may_repeat: Callable[[], bool] = lambda: True,
    ) -> T:
        """Do work that is no step, such as planning, by the retry policy of the plan.

        Args:
            role: Who works, for the limits of its provider.
            work: What to do; begins afresh each time.
            may_repeat: Tells whether it still can.

        Raises:
            Exception: The last error of the work.
        """
        retry, tries = self._rules.retry, 0
        while True:
            began = self._now()
            tries += 1
            try:
                return await work()
            except Exception as error:
                after = self._slow_down(role, error, began)
                again = tries < retry.attempts and may_repeat()
                if not (again and _covers(retry, error)):
                    raise
            await anyio.sleep(max(retry.wait(tries, self._rules.chance()), after))

    def _slow_down(self, role: str, error: Exception, began: float) -> float:
        """Pause a provider that asks for it; returns the seconds that it asks for."""
        trouble = classify(error)
        if trouble.resource is not None:
            at, chance = self._now(), self._rules.chance()
            wait = self._share.refused(
                role, trouble.resource, trouble.after, began, at, chance
            )
            self._tell(Throttled(at, None, trouble.resource, wait))
        return trouble.after or 0.0


def _covers(retry: Retry, error: Exception) -> bool:
    try:
        return retry.covers(error)
    except Exception as broken:  # noqa: BLE001 - told with the error that counts
        error.add_note(f"Retry.errors failed on it: {one_line(broken)}")
        return False
