"""What happened in a run, attempt by attempt: a fold over its events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from dagplan.events import (
    BudgetReached,
    Event,
    ModelCalled,
    Revised,
    RunResumed,
    RunStarted,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepRetried,
    StepStarted,
    StepStatus,
    StepStuck,
    StepSucceeded,
    Throttled,
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a step, or at an item of one.

    Attributes:
        step_id: The step or the item.
        number: 1 for the first.
        started: Seconds since the run began.
        ended: The same; for one that goes on, the time of the last event.
        outcome: How it ended; `running` if it goes on.
        error: What went wrong, if anything.
        hedge: Whether it joined an attempt that took long.
    """

    step_id: str
    number: int
    started: float
    ended: float
    outcome: StepStatus
    error: str | None = None
    hedge: bool = False


@dataclass(frozen=True, slots=True)
class AttemptLog:
    """What happened in a run.

    Attributes:
        attempts: All attempts, in the order in which they began.
        calls: All calls of models, in the order in which they ended.
        throttled: When providers asked to slow down.
        revised: When the plan was changed.
        stuck: Attempts that did not end when they were cancelled.
        reached: When bounds of the budget were reached.
        slots: How many steps could run at once; None for no limit.
        total: Seconds from the beginning of the run to its last event.
    """

    attempts: tuple[Attempt, ...]
    calls: tuple[ModelCalled, ...]
    throttled: tuple[Throttled, ...]
    revised: tuple[Revised, ...]
    stuck: tuple[StepStuck, ...]
    reached: tuple[BudgetReached, ...]
    slots: int | None
    total: float

    def running(self) -> list[tuple[float, int]]:
        """Return when the number of attempts that run changed, and to what.

        Nobody tells of an attempt that fails while another at its step goes on: it
        counts until that ends, but never for more than there are slots.
        """
        changes = [(attempt.started, 1) for attempt in self.attempts]
        changes += [(attempt.ended, -1) for attempt in self.attempts]
        changes.sort()
        found: list[tuple[float, int]] = []
        count = 0
        for at, group in groupby(changes, key=itemgetter(0)):
            count += sum(change for _, change in group)
            most = count if self.slots is None else min(count, self.slots)
            found.append((at, most))
        return found


def attempt_log(events: Iterable[Event]) -> AttemptLog:
    """Fold the events of a run, or the first of them while it still goes on."""
    fold = _Fold()
    for event in events:
        fold.see(event)
    return fold.done()


@dataclass
class _Fold:
    now: float = 0.0
    slots: int | None = None
    # Attempts that run, by step; the first of each is the one that others join.
    open: dict[str, list[StepStarted | StepHedged]] = field(default_factory=dict)
    closed: list[Attempt] = field(default_factory=list)
    calls: list[ModelCalled] = field(default_factory=list)
    throttled: list[Throttled] = field(default_factory=list)
    revised: list[Revised] = field(default_factory=list)
    stuck: list[StepStuck] = field(default_factory=list)
    reached: list[BudgetReached] = field(default_factory=list)

    def see(self, event: Event) -> None:
        self.now = max(self.now, event.at)
        match event:
            case StepStarted(items=None) | StepHedged():
                self.open.setdefault(event.step_id, []).append(event)
            case StepSucceeded():
                self._close(event.step_id, "succeeded", winner=event.attempt)
            case StepFailed() | StepRetried():
                self._close(event.step_id, "failed", event.error)
            case StepCancelled():
                self._close(event.step_id, "cancelled")
            case _:
                self._note(event)

    def _note(self, event: Event) -> None:
        match event:
            case RunStarted():
                self.slots = event.slots
            case ModelCalled():
                self.calls.append(event)
            case Throttled():
                self.throttled.append(event)
            case Revised():
                self._revise(event)
            case RunResumed():
                # What ran when it was cut off is gone.
                for step_id in [*self.open]:
                    self._close(step_id, "cancelled")
            case StepStuck():
                self.stuck.append(event)
            case BudgetReached():
                self.reached.append(event)
            case _:
                pass

    def _revise(self, event: Revised) -> None:
        self.revised.append(event)
        gone = {*event.dropped, *(step.id for step in event.redefined)}
        for step_id in [*self.open]:
            if step_id.partition("[")[0] in gone:
                self._close(step_id, "cancelled")

    def _close(
        self,
        step_id: str,
        outcome: StepStatus,
        error: str | None = None,
        winner: int | None = None,
    ) -> None:
        """End all attempts at a step: where one won, the others were cancelled."""
        for begun in self.open.pop(step_id, ()):
            lost = winner not in {None, begun.attempt}
            self.closed.append(
                Attempt(
                    step_id,
                    begun.attempt,
                    begun.at,
                    self.now,
                    "cancelled" if lost else outcome,
                    error,
                    isinstance(begun, StepHedged),
                )
            )

    def done(self) -> AttemptLog:
        for step_id in [*self.open]:
            self._close(step_id, "running")
        return AttemptLog(
            tuple(sorted(self.closed, key=lambda attempt: attempt.started)),
            tuple(self.calls),
            tuple(self.throttled),
            tuple(self.revised),
            tuple(self.stuck),
            tuple(self.reached),
            self.slots,
            self.now,
        )


def of_step(attempts: Sequence[Attempt]) -> dict[str, list[Attempt]]:
    """Group attempts by step or item."""
    found: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        found.setdefault(attempt.step_id, []).append(attempt)
    return found
