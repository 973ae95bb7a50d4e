"""Journals of tests: one that is held up or fails, and how one comes to hold a past."""

from collections.abc import Sequence

import anyio

from dagplan.errors import JournalError
from dagplan.events import Event
from dagplan.journal import MemoryJournal
from dagplan.protocols import Journal, RunRecord


class Gated:
    """A journal whose appends wait for a gate, and fail from some number on.

    Args:
        fails_at: Number of the append that fails, as all after it; None for none.

    Attributes:
        gate: Appends wait for it.
        appended: What was appended, batch by batch.
    """

    def __init__(self, fails_at: int | None = None) -> None:
        self.gate = anyio.Event()
        self.gate.set()
        self.appended: list[Sequence[Event]] = []
        self._fails_at = fails_at

    async def open(self, run_id: str) -> RunRecord:
        return _GatedRecord(self, run_id)

    async def take(self, events: Sequence[Event]) -> None:
        await self.gate.wait()
        await anyio.lowlevel.checkpoint()
        if self._fails_at is not None and len(self.appended) >= self._fails_at:
            raise JournalError("the disk is full")
        self.appended.append(events)

    def shut(self) -> None:
        self.gate = anyio.Event()


class _GatedRecord:
    events: Sequence[Event] = ()

    def __init__(self, journal: Gated, run_id: str) -> None:
        self.run_id = run_id
        self._journal = journal

    async def append(self, events: Sequence[Event]) -> None:
        await self._journal.take(events)

    async def close(self) -> None:
        pass


class Noting:
    """A journal that notes which events came together.

    Attributes:
        batches: The appends, in order.
    """

    def __init__(self) -> None:
        self.inner = MemoryJournal()
        self.batches: list[Sequence[Event]] = []

    async def open(self, run_id: str) -> RunRecord:
        return _NotingRecord(self, await self.inner.open(run_id))


class _NotingRecord:
    def __init__(self, journal: Noting, record: RunRecord) -> None:
        self._journal = journal
        self._record = record
        self.run_id = record.run_id
        self.events = record.events

    async def append(self, events: Sequence[Event]) -> None:
        self._journal.batches.append(events)
        await self._record.append(events)

    async def close(self) -> None:
        await self._record.close()


async def holding(events: Sequence[Event], run_id: str = "r") -> Journal:
    """Return a journal that holds these events of a run."""
    journal = MemoryJournal()
    record = await journal.open(run_id)
    await record.append(events)
    await record.close()
    return journal
