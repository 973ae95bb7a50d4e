"""A journal in one SQLite file."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread

from dagplan.errors import CorruptJournalError, JournalError, UnknownRunError
from dagplan.events import Event
from dagplan.history import check_run_id
from dagplan.journal import chain
from dagplan.journal.codec import decode, encode
from dagplan.journal.lock import FileLock, Owner, busy
from dagplan.journal.schema import EmptyJournalError, connect
from dagplan.journal.wal import check_log
from dagplan.journal.writer import Work, Writer
from dagplan.protocols import RunRecord

T = TypeVar("T")


class SqliteJournal:
    """Keeps the events of runs in a file; what is appended survives any crash.

    ```python
    journal = SqliteJournal("runs.db")
    run = await execute_plan(plan, run_step, journal=journal, run_id="nightly")
    ```

    Several processes may use one file, and one object several event loops; each run
    belongs to one of them at a time. Beside the file lie SQLite's own (`-wal`, `-shm`,
    while it is open) and a lock file for each run that is being run.

    Args:
        path: The file; its folder is made where it is missing.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._locks = self._path.with_name(f"{self._path.name}.locks")
        # Guards the two below: runs of several threads may open and close at once.
        self._guard = threading.Lock()
        self._writer: Writer | None = None
        self._open = 0

    def __repr__(self) -> str:
        return f"SqliteJournal({str(self._path)!r})"

    async def open(self, run_id: str) -> RunRecord:
        """Open a run, new or not, and own it.

        Raises:
            SettingsError: The id is none.
            RunBusy: Somebody else owns it.
            CorruptJournalError: The file does not hold what was written to it.
            JournalError: It cannot be read or written.
        """
        lock = FileLock(self._locks / f"{check_run_id(run_id)}.lock")
        owner = await _in_thread(lock.acquire)
        if owner is not None:
            raise busy(run_id, owner)
        try:
            writer = await self._started()
            try:
                with self._own_errors():
                    read = await writer.do(partial(_read, run_id))
            except BaseException:
                await self._ended()
                raise
        except BaseException:
            lock.release()
            raise
        return _Record(self, run_id, read, lock)

    async def read(self, run_id: str) -> list[Event]:
        """Return what is recorded of a run, owned by somebody or not.

        Raises:
            UnknownRunError: Nothing is.
            CorruptJournalError: The file does not hold what was written to it.
            JournalError: It cannot be read.
        """
        read = await self._reading(partial(_read, run_id))
        if read is None or not read.number:
            raise UnknownRunError(
                f"no run {run_id!r} is recorded in {str(self._path)!r}",
                run_id=run_id,
                path=str(self._path),
            )
        return [*read.events]

    async def run_ids(self, most: int | None = None) -> list[str]:
        """Return the ids of the recorded runs, the newest first.

        Args:
            most: How many; None for all.

        Raises:
            JournalError: The file cannot be read.
        """
        return await self._reading(partial(_ids, -1 if most is None else most)) or []

    async def owner(self, run_id: str) -> Owner | None:
        """Return who owns a run; None if nobody does."""
        lock = FileLock(self._locks / f"{check_run_id(run_id)}.lock")
        return await _in_thread(lock.owner)

    # For its records

    async def append(self, run: "_Run", events: Sequence[Event]) -> None:
        """Record events of a run."""
        rows, checksum = [], run.checksum
        for row, event in enumerate(events, start=run.rows + 1):
            kind, body = encode(event)
            checksum = chain.follow(checksum, kind, body)
            rows.append((row, kind, body, checksum))
        with self._own_errors():
            run.number = await self._running().do(partial(_append, run, rows))
        run.rows += len(rows)
        run.checksum = checksum

    async def close(self, lock: FileLock) -> None:
        """Give up a run."""
        try:
            await self._ended()
        finally:
            await _in_thread(lock.release)

    # The writer

    async def _started(self) -> Writer:
        with self._guard:
            self._open += 1
            if self._writer is not None:
                return self._writer
        try:
            await _in_thread(self._prepare)
        except BaseException:
            with self._guard:
                self._open -= 1
            raise
        with self._guard:
            if self._writer is None:
                self._writer = Writer(self._path)
            return self._writer

    def _running(self) -> Writer:
        if self._writer is None:
            raise JournalError("this run's record is closed", path=str(self._path))
        return self._writer

    async def _ended(self) -> None:
        """Close the file with the last run, so that nothing is left in its log."""
        with self._guard:
            self._open -= 1
            writer = None if self._open else self._writer
            if writer is not None:
                self._writer = None
        if writer is not None:
            with anyio.CancelScope(shield=True):
                await _in_thread(writer.stop)

    def _prepare(self) -> None:
        """Make the folder and the file, and see whether a crash left them whole."""
        with self._own_errors():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            check_log(self._path)

    async def _reading(self, work: Work[T]) -> T | None:
        return await _in_thread(partial(self._read_only, work))

    def _read_only(self, work: Work[T]) -> T | None:
        with self._own_errors():
            if not self._path.exists():
                return None
            try:
                connection = connect(self._path, writes=False)
            except EmptyJournalError:
                return None
            try:
                return work(connection)
            finally:
                connection.close()

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        """Say on one line what went wrong with which file, and what to do about it."""
        path = str(self._path)
        try:
            yield
        except CorruptJournalError as error:
            if error.path is not None:
                raise
            raise CorruptJournalError(
                f"{path!r} is broken: {error}; restore it from a backup or name another "
                "file",
                path=path,
            ) from error
        except sqlite3.DatabaseError as error:
            raise _explained(error, path) from error
        except OSError as error:
            remedy = "name a journal in a folder that can be written to"
            said = f"cannot use {path!r}: {error.strerror or error}; {remedy}"
            raise JournalError(said, path=path) from error


@dataclass(slots=True)
class _Run:
    """Where the record of a run ends."""

    run_id: str
    number: int
    rows: int
    checksum: bytes
    events: Sequence[Event]


class _Record:
    """An open run of a `SqliteJournal`."""

    def __init__(
        self, journal: SqliteJournal, run_id: str, run: _Run, lock: FileLock
    ) -> None:
        self.run_id = run_id
        self.events = run.events
        self._journal = journal
        self._run = run
        self._lock: FileLock | None = lock

    async def append(self, events: Sequence[Event]) -> None:
        """Record events; see `protocols.RunRecord`."""
        if self._lock is None:
            raise JournalError(f"the record of run {self.run_id!r} is closed")
        await self._journal.append(self._run, events)

    async def close(self) -> None:
        """Give the run up; others may open it."""
        lock, self._lock = self._lock, None
        if lock is not None:
            await self._journal.close(lock)


async def _in_thread(work: Callable[[], T]) -> T:
    return await anyio.to_thread.run_sync(work, limiter=anyio.CapacityLimiter(1))


# What is done with a connection


def _read(run_id: str, connection: sqlite3.Connection) -> _Run:
    """Read what is recorded of a run, and check that it is all of it.

    Raises:
        CorruptJournalError: It is not.
    """
    (sound,) = connection.execute("PRAGMA integrity_check(run)").fetchone()
    if sound != "ok":
        raise CorruptJournalError(" ".join(str(sound).split()))
    head = connection.execute(
        "SELECT number, events, checksum FROM run WHERE id = ?", (run_id,)
    ).fetchone()
    checksum = chain.start(run_id)
    if head is None:
        return _Run(run_id, 0, 0, checksum, ())
    number, count, last = head
    events: list[Event] = []
    rows = connection.execute(
        "SELECT row, kind, body, checksum FROM event WHERE run = ? ORDER BY row",
        (number,),
    )
    for row, kind, body, found in rows:
        checksum = chain.follow(checksum, kind, body)
        chain.check(found, checksum, row)
        events.append(decode(kind, body))
        if row != len(events):
            raise CorruptJournalError(f"row {len(events)} is missing")
    if (len(events), checksum) != (count, last):
        raise CorruptJournalError(f"{len(events)} of {count} events are there")
    return _Run(run_id, number, count, checksum, events)


def _append(
    run: _Run, rows: Sequence[tuple[int, str, str, bytes]], db: sqlite3.Connection
) -> int:
    """Write rows and where the record ends now; return the number of the run."""
    if not rows:
        return run.number
    number = run.number
    if number:
        db.execute(
            "UPDATE run SET events = ?, checksum = ? WHERE number = ?",
            (rows[-1][0], rows[-1][3], number),
        )
    else:
        inserted = db.execute(
            "INSERT INTO run (id, events, checksum) VALUES (?, ?, ?)",
            (run.run_id, rows[-1][0], rows[-1][3]),
        )
        number = inserted.lastrowid or 0
    db.executemany(
        "INSERT INTO event (run, row, kind, body, checksum) VALUES (?, ?, ?, ?, ?)",
        [(number, *row) for row in rows],
    )
    return number


def _ids(most: int, connection: sqlite3.Connection) -> list[str]:
    found = connection.execute(
        "SELECT id FROM run ORDER BY number DESC LIMIT ?", (most,)
    )
    return [run_id for (run_id,) in found]


def _explained(error: sqlite3.DatabaseError, path: str) -> JournalError:
    said = str(error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        remedy = "restore it from a backup or name another file"
        return CorruptJournalError(f"{path!r} is broken: {said}; {remedy}", path=path)
    remedies = {
        sqlite3.SQLITE_FULL: "make room and resume the run",
        sqlite3.SQLITE_READONLY: "make it writable or name another file",
        sqlite3.SQLITE_CANTOPEN: "name a file in a folder that can be written to",
        sqlite3.SQLITE_BUSY: "end the program that keeps it locked",
        sqlite3.SQLITE_IOERR: "see whether its disk is full or broken",
    }
    remedy = remedies.get(code, "see whether it can be read and written")
    return JournalError(f"journal {path!r}: {said}; {remedy}", path=path)
