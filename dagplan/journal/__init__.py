"""Temporary."""

from collections.abc import Sequence

from dagplan.errors import RunBusy
from dagplan.events import Event


class _Record:
    """Temporary."""

    def __init__(self, journal: "MemoryJournal", run_id: str) -> None:
        self.run_id = run_id
        self.journal = journal
        self.events: Sequence[Event] = [*journal.runs.get(run_id, [])]

    async def append(self, events: Sequence[Event]) -> None:
        """Temporary."""
        self.journal.runs.setdefault(self.run_id, []).extend(events)

    async def close(self) -> None:
        """Temporary."""
        self.journal.owned.discard(self.run_id)


class MemoryJournal:
    """Temporary."""

    def __init__(self) -> None:
        self.runs: dict[str, list[Event]] = {}
        self.owned: set[str] = set()

    async def open(self, run_id: str) -> _Record:
        """Temporary."""
        if run_id in self.owned:
            raise RunBusy(run_id)
        self.owned.add(run_id)
        return _Record(self, run_id)
