"""What is fixed before a run begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from dagplan.events import Event
from dagplan.policy import Limits
from dagplan.protocols import Observer, RunRecord
from dagplan.scheduler.limits import Throttle
from dagplan.scheduler.rules import Chance, Rules


def some_chance() -> Chance:
    """Return a source of random numbers that nobody can repeat."""
    return Random().random  # noqa: S311 - jitter is no secret


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What is fixed before a run begins.

    Attributes:
        limits: How much may happen at once; a `Throttle` is shared with other runs.
        question: What is to be answered; empty where a plan alone is run.
        observer: Sees each event.
        rules: By which policies the run decides.
        record: Where what is decided is recorded before anyone sees it; None: nowhere.
        before: What has been recorded of the run, which is then resumed.
        note: As in `RunStarted`.
    """

    limits: Limits | Throttle = Limits()
    question: str = ""
    observer: Observer | None = None
    rules: Rules = field(default_factory=lambda: Rules(some_chance()))
    record: RunRecord | None = None
    before: Sequence[Event] = ()
    note: Mapping[str, object] = field(default_factory=dict)
