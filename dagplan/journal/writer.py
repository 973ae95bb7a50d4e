"""The thread that writes: one per journal, while a run of it is open.

Whatever waits, of all runs, goes into one transaction; nobody is told of success
before it is committed.
"""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

import anyio

from dagplan.errors import JournalError
from dagplan.events import Event
from dagplan.journal.codec import encode
from dagplan.journal.database import BUSY, connect
from dagplan.journal.failures import explained
from dagplan.journal.ledger import Head, append
from dagplan.journal.lock import LockFile, mark_at
from dagplan.loops import on_this_loop

_IN_THE_WAY: Final = 500
"""Milliseconds for which whoever reads may keep a run that is given up waiting."""


@dataclass(eq=False, slots=True)
class OwnedRun:
    """A run as the writer knows it; nobody else looks at it while it is open.

    Attributes:
        head: How far it is recorded.
        lock: What makes this process its owner.
    """

    head: Head
    lock: LockFile


class Waiting:
    """A task that waits for the writer; belongs to the loop in which it was made."""

    def __init__(self) -> None:
        self._tell = on_this_loop()
        self._done = anyio.Event()
        self._error: JournalError | None = None

    def answer(self, error: JournalError | None) -> None:
        """Let it go on, in the thread that writes."""
        self._error = error
        self._tell(self._done.set)

    async def wait(self) -> None:
        """Wait, for it is sure to be over soon; raise what went wrong.

        Whoever is cancelled meanwhile learns of that afterwards: events that may or
        may not be recorded would be worse than a moment's delay.
        """
        with anyio.CancelScope(shield=True):
            await self._done.wait()
        if self._error is not None:
            raise self._error


@dataclass(eq=False, slots=True)
class _Append:
    run: OwnedRun
    events: Sequence[Event]
    waiting: Waiting
    rows: list[tuple[str, str]] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class _Close:
    run: OwnedRun
    waiting: Waiting | None


class Writer:
    """Writes the events of the runs that are open."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: SimpleQueue[_Append | _Close] = SimpleQueue()
        self._runs = 0
        self._over = False
        self._counting = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._thread = threading.Thread(
            target=self._work, name=f"dagplan journal {path.name}", daemon=True
        )

    def join(self) -> bool:
        """Take in one more run; False if the last one has left and it is over."""
        with self._counting:
            if self._over or (self._runs and not self._thread.is_alive()):
                return False
            if not self._runs:
                self._thread.start()
            self._runs += 1
            return True

    async def append(self, run: OwnedRun, events: Sequence[Event]) -> None:
        """Record events and return once they are committed."""
        self._check_alive()
        waiting = Waiting()
        self._jobs.put(_Append(run, events, waiting))
        await waiting.wait()

    async def close(self, run: OwnedRun) -> None:
        """Give a run up once what it waits for is recorded."""
        self._check_alive()
        waiting = Waiting()
        self._jobs.put(_Close(run, waiting))
        await waiting.wait()

    def drop(self, run: OwnedRun) -> None:
        """Give a run up without waiting for it."""
        self._jobs.put(_Close(run, None))

    def _check_alive(self) -> None:
        # Threads are not forked, and nobody would ever answer.
        if not self._thread.is_alive():
            raise JournalError(
                f"the journal {str(self._path)!r} was opened in another process; "
                "open the run in the one that goes on with it",
                path=str(self._path),
            )

    def _work(self) -> None:
        while not self._over:
            jobs = self._next()
            self._record([job for job in jobs if isinstance(job, _Append)])
            for job in jobs:
                if isinstance(job, _Close):
                    self._close(job)

    def _next(self) -> list[_Append | _Close]:
        """Wait for a job, and return all that are there."""
        jobs = [self._jobs.get()]
        with suppress(Empty):
            while True:
                jobs.append(self._jobs.get_nowait())
        return jobs

    def _record(self, jobs: list[_Append]) -> None:
        encoded = [job for job in jobs if self._encoded(job)]
        if not encoded:
            return
        error = self._commit(encoded)
        if error is not None and len(encoded) > 1:
            # One that is too large for the disk must not take the others with it.
            for job in encoded:
                job.waiting.answer(self._commit([job]))
            return
        for job in encoded:
            job.waiting.answer(error)

    def _encoded(self, job: _Append) -> bool:
        error = self._attempt(lambda: job.rows.extend(map(encode, job.events)))
        if error is not None:
            job.waiting.answer(error)
        return error is None

    def _commit(self, jobs: list[_Append]) -> JournalError | None:
        """Write what waits in one transaction; return why it could not be."""
        return self._attempt(lambda: self._write(jobs))

    def _write(self, jobs: list[_Append]) -> None:
        if self._connection is None:
            self._connection = connect(self._path)
        heads: dict[OwnedRun, Head] = {}
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for job in jobs:
                head = heads.get(job.run, job.run.head)
                heads[job.run] = append(self._connection, self._path, head, job.rows)
            self._connection.execute("COMMIT")
        except BaseException:
            self._disconnect()
            raise
        for run, head in heads.items():
            run.head = head
            run.lock.mark(head.mark)

    def _disconnect(self) -> None:
        """Leave nothing of a transaction that failed.

        Pages of it that reached the log would still be there after a crash. The last
        connection of all takes over what counts of the log, and removes it; the next
        append opens another one.
        """
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _close(self, job: _Close) -> None:
        lock = job.run.lock
        rests = mark_at(lock.path) is None or self._attempt(self._empty_log) is None
        with self._counting:
            self._runs -= 1
            self._over = not self._runs
        if self._over:
            self._attempt(self._disconnect)
        rests = rests or not self._has_log()
        self._attempt(lock.give_up if rests else lock.leave)
        if job.waiting is not None:
            job.waiting.answer(None)

    def _empty_log(self) -> None:
        """Have the file take over all that the log holds.

        While other runs are open the log stays, and if they crash nothing but marks
        tells whether it lacks anything: SQLite would go back to what is left of it,
        even where the file has more. So the mark of a run may go only once the log has
        nothing of it. Where somebody is in the way of that, the mark stays, as it
        would after a crash, until the run is owned again.
        """
        if self._connection is None:
            self._connection = connect(self._path)
        self._connection.execute(f"PRAGMA busy_timeout={_IN_THE_WAY}")
        try:
            taken_over = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            ((busy, _, _),) = taken_over.fetchall()
        finally:
            self._connection.execute(f"PRAGMA busy_timeout={int(1000 * BUSY)}")
        if busy:
            raise JournalError("its log is in use", path=str(self._path))

    def _has_log(self) -> bool:
        log = self._path.with_name(f"{self._path.name}-wal")
        return log.exists() and log.stat().st_size > 0

    def _attempt(self, act: Callable[[], object]) -> JournalError | None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - raised in the task that waits
            failure = explained(error, self._path)
            if failure is not error:
                failure.__cause__ = error
            return failure
        return None
