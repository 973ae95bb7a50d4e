"""`MemoryJournal`: runs in this process, for tests and for runs that need not last."""

import os
import socket
from collections.abc import Sequence

from dagplan.errors import JournalError, RunBusy, UnknownRunError
from dagplan.events import Event
from dagplan.history import check_run_id
from dagplan.journal.lock import Owner


class MemoryRecord:
    """One run of a `MemoryJournal`, owned until it is closed.

    Attributes:
        run_id: Its id.
        events: What was recorded before it was opened.
    """

    def __init__(self, run_id: str, journal: "MemoryJournal") -> None:
        self.run_id = run_id
        self._journal = journal
        self._closed = False
        self.events: Sequence[Event] = tuple(journal.runs.get(run_id, ()))

    async def append(self, events: Sequence[Event], /) -> None:
        """Record events.

        Raises:
            JournalError: The run is closed.
        """
        if self._closed:
            raise JournalError(f"run {self.run_id!r} is closed; open it again to go on")
        if events:
            self._journal.runs.setdefault(self.run_id, []).extend(events)

    async def close(self) -> None:
        """Give the run up; once is enough, more do no harm."""
        if not self._closed:
            self._closed = True
            self._journal.owned.discard(self.run_id)


class MemoryJournal:
    """A journal that goes with the process.

    Attributes:
        runs: The events of each run that has some, oldest run first.
        owned: Ids of the runs that are open.
    """

    def __init__(self) -> None:
        self.runs: dict[str, list[Event]] = {}
        self.owned: set[str] = set()

    async def open(self, run_id: str, /) -> MemoryRecord:
        """Open a run, new or not, and own it.

        Raises:
            RunBusy: It is open already.
        """
        check_run_id(run_id)
        if run_id in self.owned:
            raise RunBusy(run_id, pid=os.getpid(), host=socket.gethostname())
        self.owned.add(run_id)
        return MemoryRecord(run_id, self)

    async def read(self, run_id: str) -> list[Event]:
        """Return the events of a run, whoever owns it.

        Raises:
            UnknownRunError: There is no such run.
        """
        check_run_id(run_id)
        if run_id not in self.runs:
            raise UnknownRunError(
                f"this journal holds no run {run_id!r}; check the id", run_id=run_id
            )
        return [*self.runs[run_id]]

    async def run_ids(self, most: int | None = None) -> list[str]:
        """Return the ids of the runs, newest first.

        Args:
            most: How many at most; None for all.
        """
        return [*reversed(self.runs)][:most]

    async def forget(self, run_id: str) -> None:
        """Let go of what is recorded of a run, if anything is."""
        self.runs.pop(run_id, None)

    async def owner(self, run_id: str) -> Owner | None:
        """Return who goes on with a run just now; None if nobody does."""
        check_run_id(run_id)
        owned = run_id in self.owned
        return Owner(os.getpid(), socket.gethostname()) if owned else None
