"""A journal that lasts as long as the process: for tests, and between interrupts."""

from collections.abc import Sequence
from os import getpid
from socket import gethostname

from dagplan.errors import JournalError, UnknownRunError
from dagplan.events import Event
from dagplan.history import check_run_id
from dagplan.journal.lock import Owner, busy
from dagplan.protocols import RunRecord


class MemoryJournal:
    """Keeps the events of runs in this process."""

    def __init__(self) -> None:
        self._runs: dict[str, list[Event]] = {}
        self._owned: set[str] = set()

    async def open(self, run_id: str) -> RunRecord:
        """Open a run, new or not, and own it; see `protocols.Journal`."""
        check_run_id(run_id)
        if run_id in self._owned:
            raise busy(run_id, Owner(getpid(), gethostname()))
        self._owned.add(run_id)
        return _Record(run_id, self._runs, self._owned)

    async def read(self, run_id: str) -> list[Event]:
        """Return what is recorded of a run.

        Raises:
            UnknownRunError: Nothing is.
        """
        if run_id not in self._runs:
            raise UnknownRunError(f"no run {run_id!r} is recorded", run_id=run_id)
        return [*self._runs[run_id]]

    async def run_ids(self, most: int | None = None) -> list[str]:
        """Return the ids of the recorded runs, the newest first."""
        return [*reversed(self._runs)][:most]

    async def owner(self, run_id: str) -> Owner | None:
        """Return who owns a run; None if nobody does."""
        return Owner(getpid(), gethostname()) if run_id in self._owned else None

    async def forget(self, run_id: str) -> None:
        """Let go of what is recorded of a run."""
        self._runs.pop(run_id, None)


class _Record:
    """An open run of a `MemoryJournal`."""

    def __init__(
        self, run_id: str, runs: dict[str, list[Event]], owned: set[str]
    ) -> None:
        self.run_id = run_id
        self.events: Sequence[Event] = tuple(runs.get(run_id, ()))
        self._runs = runs
        self._owned = owned
        self._open = True

    async def append(self, events: Sequence[Event]) -> None:
        """Record events; see `protocols.RunRecord`."""
        if not self._open:
            raise JournalError(f"the record of run {self.run_id!r} is closed")
        self._runs.setdefault(self.run_id, []).extend(events)

    async def close(self) -> None:
        """Give the run up; others may open it."""
        if self._open:
            self._open = False
            self._owned.discard(self.run_id)
