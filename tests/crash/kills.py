"""When a process is killed, and the journal that kills its own process."""

import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from dagplan.events import Event
from dagplan.protocols import Journal, RunRecord
from tests.crash.witness import Witness

_MOST_KILLS = 4


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill.

    Attributes:
        append: Which call to the journal's `append` it is about, from 1; None where
            the clock decides.
        after: Whether that call has returned, or not even begun.
        share: Of the time that an undisturbed process takes, if the clock decides.
        busy: Whether that time is counted from the beginning of its first step, rather
            than from its birth.
    """

    append: int | None = None
    after: bool = False
    share: float = 0.0
    busy: bool = False

    def __str__(self) -> str:
        if self.append is None:
            of = "what is busy" if self.busy else "its life"
            return f"at {self.share:.3f} of {of}"
        return f"{'after' if self.after else 'before'} append {self.append}"


class DeadlyJournal:
    """A journal whose process dies at one of its boundaries.

    Args:
        journal: The journal that records.
        witness: Is told of all that the journal has promised to keep.
        kill: When to die; None never.
    """

    def __init__(self, journal: Journal, witness: Witness, kill: Kill | None) -> None:
        self._journal = journal
        self._witness = witness
        self._kill = kill

    async def open(self, run_id: str, /) -> RunRecord:
        """Open a run of the journal that records."""
        record = await self._journal.open(run_id)
        return _DeadlyRecord(record, self._witness, self._kill)


class _DeadlyRecord:
    def __init__(self, record: RunRecord, witness: Witness, kill: Kill | None) -> None:
        self._record = record
        self._witness = witness
        self._kill = kill
        self._calls = 0

    @property
    def run_id(self) -> str:
        return self._record.run_id

    @property
    def events(self) -> Sequence[Event]:
        return self._record.events

    async def append(self, events: Sequence[Event], /) -> None:
        self._calls += 1
        mine = self._kill is not None and self._kill.append == self._calls
        if mine and self._kill is not None and not self._kill.after:
            die()
        await self._record.append(events)
        self._witness.write("appended", value=len(events))
        if mine:
            die()

    async def close(self) -> None:
        await self._record.close()


def die() -> None:
    """Kill this process as nothing can be caught or cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def series(dice: Random, appends: int) -> Iterator[tuple[Kill, ...]]:
    """Yield for each run of one case when its processes are killed.

    Half of the series go to each boundary of the journal in turn, the others to any
    moment.

    Args:
        dice: Decides.
        appends: How often an uninterrupted run calls the journal; 0 where there is no
            journal of ours to call.
    """
    if appends and dice.random() < 0.5:
        order = [*range(1, appends + 1)]
        dice.shuffle(order)
        for append in order:
            # Right after one call and right before the next are nearly the same.
            kill = Kill(append=append, after=dice.random() < 0.5)
            yield (kill, *_some(dice, appends, dice.randint(0, 2)))
        return
    for _ in range(12):
        yield _some(dice, 0, dice.randint(1, _MOST_KILLS))


def _some(dice: Random, appends: int, count: int) -> tuple[Kill, ...]:
    return tuple(_any(dice, appends) for _ in range(count))


def _any(dice: Random, appends: int) -> Kill:
    if appends and dice.random() < 0.7:
        return Kill(append=dice.randint(1, appends), after=dice.random() < 0.5)
    return Kill(share=dice.random(), busy=dice.random() < 0.75)
