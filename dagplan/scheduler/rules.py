"""By which policies a run decides."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from dagplan.plan.model import Step
from dagplan.policy import Hedge, Retry, Timeout

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
    """

    chance: Chance
    retry: Retry = Retry(attempts=1)
    timeout: Timeout = Timeout()
    hedge: Hedge | None = None
    estimate: Estimate | None = None
    until: Collection[str] | None = None
    slots: int | None = None
    name: str = "run"
