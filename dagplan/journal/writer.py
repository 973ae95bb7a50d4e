"""The one thread that writes to a journal on disk."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar, cast

import anyio

from dagplan.journal.schema import connect
from dagplan.loops import on_this_loop

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


@dataclass(eq=False)
class _Task(Generic[T]):
    """Something to do with the connection, and who waits for it.

    Attributes:
        work: What to do; in a transaction of its own or of several tasks.
        tell: Has the loop of whoever waits call a function.
        ended: Set there once it is done.
        outcome: What it returned.
        error: What it raised.
    """

    work: Work[T]
    tell: Callable[..., None]
    ended: anyio.Event
    outcome: list[T] = field(default_factory=list)
    error: Exception | None = None

    def done(self) -> None:
        self.tell(self.ended.set)


class Writer:
    """Does what is asked of it in transactions, as many requests in one as wait.

    A commit waits for the disk, about a tenth of a millisecond on a fast one: what comes
    meanwhile, from all runs and event loops of this process, goes into the next commit
    together. In a thread of its own, since an event loop must not wait for a disk.

    Args:
        path: The file.

    Attributes:
        commits: How many transactions were committed.
    """

    def __init__(self, path: Path) -> None:
        self.commits = 0
        self._path = path
        self._tasks: SimpleQueue[_Task[Any] | None] = SimpleQueue()
        self._thread = threading.Thread(
            target=self._run, name="dagplan journal", daemon=True
        )
        self._thread.start()

    async def do(self, work: Work[T]) -> T:
        """Do something with the connection, and return once it is committed.

        Args:
            work: Reads and writes; begins and ends no transaction.

        Raises:
            JournalError: The journal cannot be opened; or what `work` raises.
            sqlite3.Error: It could not be done; nothing of it was.
        """
        task = _Task(work, on_this_loop(), anyio.Event())
        self._tasks.put(task)
        with anyio.CancelScope(shield=True):
            await task.ended.wait()
        if task.error is not None:
            raise task.error
        return task.outcome[0]

    def stop(self) -> None:
        """End the thread when all is done that was asked for, and wait for that."""
        self._tasks.put(None)
        self._thread.join()

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        going_on = True
        while going_on:
            tasks, going_on = self._next()
            try:
                connection = connection or connect(self._path, writes=True)
            except Exception as error:  # noqa: BLE001 - raised to whoever waits
                for task in tasks:
                    task.error = error
                    task.done()
            else:
                self._do(connection, tasks)
        if connection is not None:
            # Reads what is in the log into the file; a failure leaves it there.
            with suppress(sqlite3.Error):
                connection.close()

    def _next(self) -> tuple[list[_Task[Any]], bool]:
        """Wait for a task, and take all that wait as well."""
        tasks = []
        found = self._tasks.get()
        with suppress(Empty):
            while found is not None:
                tasks.append(found)
                found = self._tasks.get_nowait()
            return tasks, False
        return tasks, True

    def _do(self, connection: sqlite3.Connection, tasks: Sequence[_Task[Any]]) -> None:
        """Do tasks in one transaction; where that fails, each in its own."""
        if not tasks:
            return
        try:
            connection.execute("BEGIN IMMEDIATE")
            outcomes = [task.work(connection) for task in tasks]
            connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - raised to whoever waits
            with suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            if len(tasks) > 1:
                for task in tasks:
                    self._do(connection, [task])
                return
            tasks[0].error = error
            tasks[0].done()
            return
        self.commits += 1
        for task, outcome in zip(tasks, outcomes, strict=True):
            task.outcome.append(cast("Any", outcome))
            task.done()
