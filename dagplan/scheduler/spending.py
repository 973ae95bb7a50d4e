"""What a run has spent of its budget, and which bounds it has reached."""

from collections.abc import Iterable
from math import inf

from dagplan.events import Bound, BudgetReached, Event, ModelCalled
from dagplan.policy import Budget

_NO_TIME_AT_ALL = 1e-6  # a timer may ring a rounding error early


class Spending:
    """Counts what a run spends.

    Args:
        budget: How much it may.
        before: What was recorded of it before it was resumed; that counts as well.

    Attributes:
        reached: The bounds that are reached, in that order, each once.
    """

    def __init__(self, budget: Budget, before: Iterable[Event] = ()) -> None:
        self.reached: list[BudgetReached] = []
        self._budget = budget
        self._calls = 0
        self._tokens = 0
        self._cost = 0.0
        for event in before:
            if isinstance(event, ModelCalled):
                self.add(event)

    @property
    def deadline(self) -> float:
        """Seconds since the run began at which its time is up; infinity for never."""
        return inf if self._budget.deadline is None else self._budget.deadline

    def add(self, call: ModelCalled) -> None:
        """Count a call; what its provider did not tell cannot be counted."""
        self._calls += 1
        self._tokens += 0 if call.tokens is None else call.tokens.total
        self._cost += call.price or 0.0

    def news(self, at: float) -> list[BudgetReached]:
        """Return the bounds that were not reached when it was last asked.

        Args:
            at: Seconds since the run began.
        """
        budget = self._budget
        known = {event.bound for event in self.reached}
        time = max(at, self.deadline) if at > self.deadline - _NO_TIME_AT_ALL else at
        bounds: tuple[tuple[Bound, float | None, float], ...] = (
            ("max_model_calls", budget.max_model_calls, self._calls),
            ("max_tokens", budget.max_tokens, self._tokens),
            ("max_cost", budget.max_cost, self._cost),
            ("deadline", budget.deadline, time),
        )
        found = [
            BudgetReached(at, bound, limit, spent)
            for bound, limit, spent in bounds
            if limit is not None and spent >= limit and bound not in known
        ]
        self.reached += found
        return found
