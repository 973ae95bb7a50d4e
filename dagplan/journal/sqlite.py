"""`SqliteJournal`: runs in a file, which several processes may use at once."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import TypeVar

import anyio.to_thread

from dagplan.errors import DagplanError, JournalError, SettingsError
from dagplan.events import Event
from dagplan.history import check_run_id
from dagplan.journal import entry, ledger
from dagplan.journal.database import check_pages, connect
from dagplan.journal.failures import explained
from dagplan.journal.lock import Mark, Owner
from dagplan.journal.writer import OwnedRun, Writer

T = TypeVar("T")


class SqliteRecord:
    """One run of a `SqliteJournal`, owned until it is closed.

    It belongs to the event loop in which it was opened.

    Attributes:
        run_id: Its id.
        events: What was recorded before it was opened.
    """

    def __init__(
        self, events: Sequence[Event], run: OwnedRun, writer: Writer, path: Path
    ) -> None:
        self.run_id = run.head.run_id
        self.events: Sequence[Event] = tuple(events)
        self._run = run
        self._writer = writer
        self._path = path
        self._closed = False

    async def append(self, events: Sequence[Event], /) -> None:
        """Record events, all or none, and return once they are on the disk.

        Raises:
            JournalError: They could not be recorded; the run stays open.
        """
        if self._closed:
            raise JournalError(
                f"run {self.run_id!r} is closed; open it again to go on",
                path=str(self._path),
            )
        if events:
            await self._writer.append(self._run, events)

    async def close(self) -> None:
        """Give the run up; once is enough, more do no harm."""
        if not self._closed:
            self._closed = True
            await self._writer.close(self._run)

    def abandon(self) -> None:
        """Give the run up soon, where nobody waits for it."""
        self._closed = True
        self._writer.drop(self._run)


class SqliteJournal:
    """A journal in a SQLite file.

    An object may be used by several threads and event loops at once, and a file by
    several objects and processes; each run has one owner at a time.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Name the file; nothing is opened before a run is.

        Args:
            path: The file. It and its folder are made if need be, for its user only;
                beside it lie SQLite's own files, and `<path>.locks` while runs are
                open.

        Raises:
            SettingsError: It is SQLite's name for no file at all.
        """
        if path == ":memory:":
            raise SettingsError(
                "a journal in ':memory:' would be a file of that name; use "
                "MemoryJournal() for one that goes with the process"
            )
        self.path = Path(path)
        self._writer: Writer | None = None
        self._choosing = Lock()

    async def open(self, run_id: str, /) -> SqliteRecord:
        """Open a run, new or not, and own it.

        Raises:
            RunBusy: Somebody else owns it.
            CorruptJournalError: The file does not hold what was written to it.
            JournalError: It cannot be read or written.
        """
        check_run_id(run_id)
        opened: Future[SqliteRecord] = Future()

        def work() -> None:
            try:
                opened.set_result(self._open(run_id))
            except BaseException as error:  # noqa: BLE001 - raised again in the task
                opened.set_exception(error)

        try:
            await anyio.to_thread.run_sync(work)
        except BaseException:
            # The thread goes on, and nobody else would close what it opens.
            opened.add_done_callback(_abandon)
            raise
        return opened.result()

    async def read(self, run_id: str) -> list[Event]:
        """Return the events of a run, whoever owns it.

        Raises:
            UnknownRunError: There is no such run.
            CorruptJournalError: The file does not hold what was written to it.
            JournalError: It cannot be read.
        """
        check_run_id(run_id)
        return await self._in_thread(lambda: self._read(run_id))

    async def run_ids(self, most: int | None = None) -> list[str]:
        """Return the ids of the runs, newest first.

        Args:
            most: How many at most; None for all.

        Raises:
            CorruptJournalError: The file does not hold what was written to it.
            JournalError: It cannot be read.
        """
        return await self._in_thread(lambda: self._run_ids(most))

    async def owner(self, run_id: str) -> Owner | None:
        """Return who goes on with a run just now; None if nobody does.

        Raises:
            JournalError: The folder of the locks cannot be used.
        """
        check_run_id(run_id)
        return await self._in_thread(lambda: entry.owner(self.path, run_id))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(self._explaining, work)

    def _explaining(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except DagplanError as error:
            if isinstance(error, JournalError) and error.path is None:
                raise explained(error, self.path) from error
            raise
        except Exception as error:
            raise explained(error, self.path) from error

    def _open(self, run_id: str) -> SqliteRecord:
        return self._explaining(lambda: self._owned(run_id))

    def _owned(self, run_id: str) -> SqliteRecord:
        admission = entry.own(self.path, run_id)
        with entry.kept_on_failure(admission.lock):
            with closing(connect(self.path)) as connection:
                head, events = ledger.load(
                    connection, self.path, run_id, admission.marks
                )
                # Whoever comes later may rely on whoever was first.
                if head.nr is not None and admission.is_first:
                    check_pages(connection, self.path)
            run = OwnedRun(head, admission.lock)
            return SqliteRecord(events, run, self._joined(), self.path)

    def _joined(self) -> Writer:
        with self._choosing:
            if self._writer is None or not self._writer.join():
                # There is none, or its last run has left it, or it is another
                # process's, from which this one was forked.
                self._writer = Writer(self.path)
                self._writer.join()
            return self._writer

    def _read(self, run_id: str) -> list[Event]:
        marks = self._marks()
        if marks is None:
            raise ledger.unknown(run_id, self.path)
        with closing(connect(self.path)) as connection:
            head, events = ledger.load(connection, self.path, run_id, marks)
        ledger.check_known(head, self.path)
        return events

    def _run_ids(self, most: int | None) -> list[str]:
        marks = self._marks()
        if marks is None:
            return []
        with closing(connect(self.path)) as connection:
            return ledger.names(connection, self.path, marks)[:most]

    def _marks(self) -> Mapping[str, Mark] | None:
        """Return what is known to be recorded; None if there is no file."""
        if not self.path.parent.exists():
            return None
        marks = entry.look(self.path)
        return marks if self.path.exists() else None


def _abandon(opened: Future[SqliteRecord]) -> None:
    if opened.exception() is None:
        opened.result().abandon()
