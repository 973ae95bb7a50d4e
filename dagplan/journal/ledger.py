"""What stands in the file: runs, their events, and the checksums that tie them together.

The checksum of an event covers that of the one before it, its place, its kind and its
text; the first one follows on the run's id. So no event can be missing, changed, moved
or of another run. A run's head has the number of its events and the last checksum, so
that none is missing at the end; the book has the number of runs and the sum of their
ids, so that no run is missing.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from dagplan.errors import UnknownRunError
from dagplan.events import Event
from dagplan.journal.codec import decode
from dagplan.journal.failures import corrupt
from dagplan.journal.lock import Mark

_BYTES: Final = 16
_MODULUS: Final = 1 << 8 * _BYTES


@dataclass(frozen=True, slots=True)
class Head:
    """How far a run is recorded.

    Attributes:
        run_id: The run.
        nr: Its number in the file; None for a run that has no event yet.
        count: How many events it has.
        checksum: That of the last one.
    """

    run_id: str
    nr: int | None
    count: int
    checksum: bytes

    @classmethod
    def new(cls, run_id: str) -> "Head":
        """Return the head of a run that has no event yet."""
        return cls(run_id, None, 0, _name(f"dagplan run {run_id}"))

    @property
    def mark(self) -> Mark:
        """What its owner knows to be recorded."""
        return Mark(self.count, self.checksum)


def append(
    connection: sqlite3.Connection,
    path: Path,
    head: Head,
    rows: Iterable[tuple[str, str]],
) -> Head:
    """Write events, as kind and text, within the transaction that is open.

    Returns:
        The run's head once the transaction is committed.

    Raises:
        CorruptJournalError: The file is not as its owner left it.
        sqlite3.Error: It cannot be written.
    """
    nr = _begin(connection, path, head) if head.nr is None else head.nr
    count, checksum = head.count, head.checksum
    linked: list[tuple[int, int, str, str, bytes]] = []
    for kind, body in rows:
        checksum = _link(checksum, count, kind.encode(), body.encode())
        linked.append((nr, count, kind, body, checksum))
        count += 1
    connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", linked)
    moved = connection.execute(
        "UPDATE run SET count=?, checksum=? WHERE nr=? AND count=? AND checksum=?",
        (count, checksum, nr, head.count, head.checksum),
    )
    if moved.rowcount != 1:
        raise corrupt(path, f"run {head.run_id!r} was changed while it was open")
    return Head(head.run_id, nr, count, checksum)


def _begin(connection: sqlite3.Connection, path: Path, head: Head) -> int:
    runs, ids = _book(connection, path)
    written = connection.execute(
        "INSERT INTO run (id, count, checksum) VALUES (?, ?, ?)",
        (head.run_id, head.count, head.checksum),
    )
    connection.execute(
        "UPDATE book SET runs=?, ids=?", (runs + 1, _sum((ids, _name(head.run_id))))
    )
    assert written.lastrowid is not None
    return written.lastrowid


def load(
    connection: sqlite3.Connection, path: Path, run_id: str, marks: Mapping[str, Mark]
) -> tuple[Head, list[Event]]:
    """Read a run and check all of it.

    Args:
        connection: To the file; all is read as of one moment.
        path: The file, for messages.
        run_id: The run.
        marks: What is known to be recorded of runs at least.

    Raises:
        CorruptJournalError: It is not what was written.
        JournalError: A newer dagplan wrote it.
        sqlite3.Error: It cannot be read.
    """
    connection.execute("BEGIN")
    try:
        _check_marks(connection, path, marks)
        head = _head(connection, path, run_id)
        if head.nr is None:
            return head, []
        return head, [*_events(connection, path, head, marks.get(run_id))]
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _check_marks(
    connection: sqlite3.Connection, path: Path, marks: Mapping[str, Mark]
) -> None:
    """Check that no run ends before its mark.

    If one does, commits are lost, and nobody knows of which other runs too.
    """
    for run_id, mark in marks.items():
        missing = mark.count - _head(connection, path, run_id).count
        if missing > 0:
            raise corrupt(
                path,
                f"run {run_id!r} lacks the last {missing} of its events (to go on "
                f"without them remove its file in '{path.name}.locks')",
            )


def _head(connection: sqlite3.Connection, path: Path, run_id: str) -> Head:
    found = connection.execute(
        "SELECT nr, count, checksum FROM run WHERE id=?", (run_id,)
    ).fetchone()
    if found is None:
        if run_id in _names(connection, path):
            raise corrupt(path, f"run {run_id!r} is not where it should be")
        return Head.new(run_id)
    match found:
        case (int(nr), int(count), bytes(checksum)) if count > 0:
            return Head(run_id, nr, count, checksum)
        case _:
            raise corrupt(path, f"the head of run {run_id!r} is none")


def _events(
    connection: sqlite3.Connection, path: Path, head: Head, mark: Mark | None
) -> Iterator[Event]:
    count, checksum = 0, Head.new(head.run_id).checksum
    # Closed on the way out, for a cursor that lives on in a traceback would keep the
    # connection from being closed.
    with closing(connection.execute(_EVENTS, (head.nr,))) as rows:
        for seq, kind, body, found in rows:
            if (
                seq != count
                or not isinstance(kind, bytes)
                or not isinstance(body, bytes)
            ):
                raise corrupt(path, f"event {count} of run {head.run_id!r} is missing")
            checksum = _link(checksum, count, kind, body)
            if found != checksum:
                raise corrupt(path, f"event {count} of run {head.run_id!r} was changed")
            count += 1
            if mark is not None and mark.count == count and mark.checksum != checksum:
                raise corrupt(
                    path, f"event {seq} of run {head.run_id!r} is another one"
                )
            # The text is whole, as its checksum says.
            yield decode(kind.decode(), body.decode())
    if count != head.count or checksum != head.checksum:
        raise corrupt(
            path,
            f"run {head.run_id!r} has {count} events where {head.count} others were",
        )


_EVENTS: Final = "SELECT seq, kind, body, checksum FROM event WHERE run=? ORDER BY seq"


def names(
    connection: sqlite3.Connection, path: Path, marks: Mapping[str, Mark]
) -> list[str]:
    """Return the ids of the runs, newest first, once it is sure that none is missing.

    Raises:
        CorruptJournalError: One is.
        sqlite3.Error: They cannot be read.
    """
    connection.execute("BEGIN")
    try:
        _check_marks(connection, path, marks)
        return _names(connection, path)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _names(connection: sqlite3.Connection, path: Path) -> list[str]:
    rows = connection.execute("SELECT id FROM run NOT INDEXED ORDER BY nr DESC")
    found = [name for (name,) in rows]
    if not all(isinstance(name, bytes) and name.isascii() for name in found):
        raise corrupt(path, "the id of a run is none")
    ids = [name.decode() for name in found]
    runs, expected = _book(connection, path)
    if len(ids) != runs or _sum(map(_name, ids)) != expected:
        raise corrupt(path, f"it has {len(ids)} runs where {runs} others were")
    return ids


def _book(connection: sqlite3.Connection, path: Path) -> tuple[int, bytes]:
    match connection.execute("SELECT runs, ids FROM book").fetchall():
        case [(int(runs), bytes(ids))] if len(ids) == _BYTES:
            return runs, ids
        case _:
            raise corrupt(path, "its list of runs is gone")


def check_known(head: Head, path: Path) -> None:
    """Raise an error if a run is not there.

    Raises:
        UnknownRunError: It is not.
    """
    if head.nr is None:
        raise unknown(head.run_id, path)


def unknown(run_id: str, path: Path) -> UnknownRunError:
    """Return the error for a run that is not there."""
    return UnknownRunError(
        f"the journal {str(path)!r} holds no run {run_id!r}; check the id and the file",
        run_id=run_id,
        path=str(path),
    )


def _link(before: bytes, seq: int, kind: bytes, body: bytes) -> bytes:
    found = blake2b(before, digest_size=_BYTES)
    found.update(b"%d %s " % (seq, kind))
    found.update(body)
    return found.digest()


def _name(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=_BYTES).digest()


def _sum(names: Iterable[bytes]) -> bytes:
    """Return the sum of ids: the same in whatever order, and undone by no two of them."""
    total = sum(int.from_bytes(name, "big") for name in names)
    return (total % _MODULUS).to_bytes(_BYTES, "big")
