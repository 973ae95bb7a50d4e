"""By which policies a run decides."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from dagplan.plan.model import Step
from dagplan.policy import Budget, Hedge, Retry, Timeout

Chance = Callable[[], float]
"""Returns a random number from 0 to 1, as `random.Random(seed).random` does."""

Estimate = Callable[[Step], float]
"""Tells how many seconds a step will probably take; for `for_each`, one item of it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """By which policies a run decides.

    Attributes:
        chance: Where jitter comes from.
        retry: How often, and after which waits, a step is tried again.
        timeout: How long a step may take.
        hedge: When a second attempt joins one that takes long; None never.
        estimate: How long steps will take, to tell the longest path; None counts steps.
        until: Ids of the steps whose end is the end of the run; None for all.
        slots: Most steps at once of this run, whatever it shares with others; None for
            no bound of its own.
        name: Tells this run's idempotency keys from those of others.
        recorded: Whether work is named by digests, since the run is recorded.
        side_effects: Tools whose calls change something outside.
        ask_first: Tools whose calls the user approves of first.
        budget: How much the run may spend.
    """

    chance: Chance
    retry: Retry = Retry(attempts=1)
    timeout: Timeout = Timeout()
    hedge: Hedge | None = None
    estimate: Estimate | None = None
    until: Collection[str] | None = None
    slots: int | None = None
    name: str = "run"
    recorded: bool = False
    side_effects: frozenset[str] = frozenset()
    ask_first: frozenset[str] = frozenset()
    budget: Budget = Budget()

    def retry_of(self, step: Step) -> Retry:
        """Return how often a step is tried again.

        One with side effects is not, unless it or its tool is named: an error does not
        tell whether the effect came about.
        """
        if step.tool in self.side_effects and not _names(self.retry, step):
            return _ONCE
        return self.retry.of(step.id, step.tool)

    def hedge_of(self, step: Step) -> Hedge | None:
        """Return when a second attempt joins; likewise never for side effects."""
        hedge = self.hedge
        if hedge is None or (
            step.tool in self.side_effects and not _names(hedge, step)
        ):
            return None
        return hedge.of(step.id, step.tool)


_ONCE = Retry(attempts=1)


def _names(policy: Retry | Hedge, step: Step) -> bool:
    return step.id in policy.per_step or step.tool in policy.per_tool
