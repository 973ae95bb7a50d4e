"""The tables of a journal on disk, and how older ones become the newest."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dagplan.errors import CorruptJournalError, JournalError


class EmptyJournalError(Exception):
    """A file that holds nothing yet is read."""


APPLICATION: Final = 0x64_61_67_70  # "dagp", which tells a journal from other files

_RUNS = """
CREATE TABLE run (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    events INTEGER NOT NULL,  -- how many there are
    checksum BLOB NOT NULL    -- of the last one
) STRICT
"""
_EVENTS = """
CREATE TABLE event (
    run INTEGER NOT NULL,
    row INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    checksum BLOB NOT NULL,
    PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID
"""

MIGRATIONS: Sequence[Sequence[str]] = ((_RUNS, _EVENTS),)
"""Statements that lead from each version of the schema to the next, from 0 on."""

_PATIENCE = 10.0  # seconds for which another process may keep the file locked


def connect(path: Path, *, writes: bool) -> sqlite3.Connection:
    """Open a journal, and bring it to the newest schema if it is to be written.

    Raises:
        JournalError: The file is no journal, or one of a newer version.
        sqlite3.Error: It cannot be opened or read.
    """
    # Also to read: what a crash has left is put in order by whoever comes first.
    mode = "rwc" if writes else "rw"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        timeout=_PATIENCE,
        isolation_level=None,
        uri=True,
        check_same_thread=False,
    )
    try:
        _prepare(connection, path, writes=writes)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, *, writes: bool) -> None:
    version = _checked_version(connection, path)
    if not writes:
        if not version:
            # Whoever made it was ended before there were tables in it.
            raise EmptyJournalError
        return
    connection.execute("PRAGMA journal_mode=WAL").fetchone()
    # An append is on the disk when it returns, not only with the system.
    connection.execute("PRAGMA synchronous=FULL")
    if version < len(MIGRATIONS):
        _migrate(connection, path)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked again: another process may have been faster.
        version = _checked_version(connection, path)
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id={APPLICATION}")
        connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _checked_version(connection: sqlite3.Connection, path: Path) -> int:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != APPLICATION and (application or version or tables):
        raise JournalError(
            f"{str(path)!r} is no journal of dagplan but another database; name "
            "another file",
            path=str(path),
        )
    if version > len(MIGRATIONS):
        raise JournalError(
            f"{str(path)!r} is of version {version} and this dagplan knows up to "
            f"{len(MIGRATIONS)}; install a newer dagplan",
            path=str(path),
        )
    if application == APPLICATION and (not version or not tables):
        raise CorruptJournalError(
            f"{str(path)!r} has lost its tables; restore it from a backup",
            path=str(path),
        )
    return int(version)
