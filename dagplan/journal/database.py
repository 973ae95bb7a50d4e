"""The file: how it is made, recognised, brought up to date and opened."""

import errno
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

from dagplan.errors import JournalError
from dagplan.journal.failures import corrupt, foreign

APPLICATION: Final = 0x64616770
"""What marks a file as a journal: `dagp` in ASCII."""

_MARKED: Final = slice(68, 72)  # where that is in the file

BUSY: Final = 10.0
"""Seconds to wait for another process that is just writing."""

SETTINGS: Final = (
    "synchronous=FULL",  # every commit is on the disk when it returns
    "fullfsync=ON",  # of the disk's own cache too, where it is not part of a commit
    "cell_size_check=ON",  # pages are looked at when they are read
    "trusted_schema=OFF",
    f"journal_size_limit={16 * 2**20}",  # what stays of a log that grew large
)

_LARGEST_CHECKED: Final = 256 * 2**20  # bytes; it takes about 1 ms for each million

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """CREATE TABLE book (
            runs INTEGER NOT NULL,
            ids BLOB NOT NULL
        )""",
        """CREATE TABLE run (
            nr INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            count INTEGER NOT NULL,
            checksum BLOB NOT NULL
        )""",
        """CREATE TABLE event (
            run INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            checksum BLOB NOT NULL,
            PRIMARY KEY (run, seq)
        )""",
        "INSERT INTO book VALUES (0, zeroblob(16))",
    ),
)
"""What brings a file from version 0 to 1, from 1 to 2, and so on.

A number once given out means the same for ever: a change of the tables is one more
entry, never another wording of an old one.
"""

VERSION: Final = len(MIGRATIONS)


def connect(path: Path) -> sqlite3.Connection:
    """Open a journal's file, which is there, and bring it up to date.

    Raises:
        JournalError: It is something else, or a newer dagplan made it.
        CorruptJournalError: Its tables are not those that were made.
        sqlite3.Error: It cannot be opened.
    """
    _look(path)
    connection = _opened(path, "mode=rw", BUSY)
    try:
        for setting in SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        _check_version(path, _number(connection, "user_version"))
        _migrate(connection)
        _check_tables(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _opened(path: Path, query: str, busy: float) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{query}",
        uri=True,
        timeout=busy,
        isolation_level=None,
    )
    # Texts are checked before anything is made of them.
    connection.text_factory = bytes
    return connection


def _look(path: Path) -> None:
    """Refuse a foreign file without touching it or leaving anything beside it.

    SQLite itself looks, since to close a file that was opened in another way drops the
    locks of every connection that this process has to it. An `immutable` connection
    takes no locks; it does not see the log, but what it asks for was there before
    there was a log.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a directory", str(path))
    if path.exists() and not os.access(path, os.W_OK):
        # SQLite would open it all the same, and fail at the first event.
        raise PermissionError(errno.EACCES, "may not be written", str(path))
    with closing(_opened(path, "mode=ro&immutable=1", 0.0)) as connection:
        try:
            application = _number(connection, "application_id")
            version = _number(connection, "user_version")
        except sqlite3.Error as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_NOTADB:
                raise _unreadable(path) from error
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CORRUPT:
                return  # another process may just be writing it; a real look tells
            raise
        if application != APPLICATION:
            raise _unmarked(connection, path)
    _check_version(path, version)


def _unreadable(path: Path) -> JournalError:
    """Return the error for a file that SQLite takes for no database.

    It is read as it lies there. The locks that go with that are those of connections to
    a file that nobody can open any more.
    """
    with path.open("rb") as file:
        head = file.read(_MARKED.stop)
    if head[_MARKED] == APPLICATION.to_bytes(4, "big"):
        return corrupt(path, "its header cannot be read")
    return foreign(path, "it is no SQLite database")


def _unmarked(connection: sqlite3.Connection, path: Path) -> JournalError:
    """Return the error for a database without the mark of a journal."""
    if path.stat().st_size == 0:
        return foreign(path, "it is empty")
    with suppress(sqlite3.Error):
        if _tables(connection) == _made():
            return corrupt(path, "its header does not name it a journal")
    return foreign(path, "other software made it")


def _check_version(path: Path, version: int) -> None:
    if version < 1:
        # A draft becomes a journal only once it has its tables.
        raise corrupt(path, f"its header names the version {version}")
    if version > VERSION:
        raise JournalError(
            f"the journal {str(path)!r} is of version {version}, and this dagplan "
            f"knows versions up to {VERSION}; install the newer one that made it",
            path=str(path),
        )


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (found,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    assert isinstance(found, int)
    return found


def _migrate(connection: sqlite3.Connection) -> None:
    if _number(connection, "user_version") == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it in the meantime.
        for number in range(_number(connection, "user_version"), VERSION):
            for statement in MIGRATIONS[number]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={number + 1}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _check_tables(connection: sqlite3.Connection, path: Path) -> None:
    """Check that the tables are the very ones that were made, with nothing added."""
    if _tables(connection) != _made():
        raise corrupt(path, "its tables are not those of a journal")
    ((mode,),) = connection.execute("PRAGMA journal_mode")
    if mode != b"wal":
        raise corrupt(path, "its header does not name the log")


def _tables(connection: sqlite3.Connection) -> set[str]:
    found = connection.execute("SELECT CAST(sql AS BLOB) FROM sqlite_master")
    return {sql.decode(errors="replace") for (sql,) in found if sql}


def _made() -> set[str]:
    return {
        statement
        for migration in MIGRATIONS
        for statement in migration
        if statement.startswith("CREATE")
    }


def check_pages(connection: sqlite3.Connection, path: Path) -> None:
    """Have SQLite look whether its pages hang together, unless there are too many.

    Writing to pages that do not would damage more of them. What is read of a run is
    checked in any case.

    Raises:
        CorruptJournalError: They do not.
        sqlite3.Error: They cannot be read.
    """
    pages = _number(connection, "page_count")
    if pages * _number(connection, "page_size") > _LARGEST_CHECKED:
        return
    ((found,),) = connection.execute("PRAGMA quick_check(1)")
    if found != b"ok":
        raise corrupt(path, " ".join(found.decode(errors="replace").split()))


def create(path: Path) -> None:
    """Make an empty journal, unless the file is there; only its user may read it.

    It is made under another name, so that at its place there is a whole journal or
    none, whoever else makes it at the same time and wherever the machine stops.
    """
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(_opened(draft, "mode=rw", BUSY)) as connection:
            connection.execute(f"PRAGMA application_id={APPLICATION}")
            _migrate(connection)
            connection.execute("PRAGMA journal_mode=WAL")
        _place(draft, path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def _place(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return  # somebody else was faster, and theirs is as good
    except OSError:
        # A file system without links; whoever makes a journal holds the gate.
        draft.rename(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
