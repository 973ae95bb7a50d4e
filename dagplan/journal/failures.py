"""What went wrong with a file, said once and with what to do about it."""

import errno
import os
import sqlite3
from pathlib import Path

from dagplan.errors import CorruptJournalError, JournalError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_FOLDER = frozenset(
    {errno.ENOTDIR, errno.ENAMETOOLONG, errno.ENOENT, errno.ELOOP, errno.EEXIST}
)


def corrupt(path: Path, what: str) -> CorruptJournalError:
    """Return the error for a file that does not hold what was written to it."""
    return CorruptJournalError(
        f"the journal {str(path)!r} is damaged: {what}; restore it from a backup, or "
        "begin a new one elsewhere",
        path=str(path),
    )


def foreign(path: Path, what: str) -> JournalError:
    """Return the error for a file that is something else; it was left untouched."""
    return JournalError(
        f"{str(path)!r} is no journal: {what}; give the journal a file of its own",
        path=str(path),
    )


def explained(error: Exception, path: Path) -> JournalError:
    """Return what an error of SQLite or of the system means for a journal.

    Args:
        error: To be chained as the cause by whoever raises the outcome.
        path: The journal's file.
    """
    match error:
        case JournalError():
            if error.path is not None:
                return error
            # The codec knows nothing of files.
            return type(error)(f"the journal {str(path)!r}: {error}", path=str(path))
        case sqlite3.Error() | UnicodeDecodeError():
            return _of_sqlite(error, path)
        case OSError():
            return _of_system(error, path)
        case MemoryError():
            return _failed(
                path, "there is not enough memory", "free some and try again"
            )
        case _:
            return _failed(path, f"{error!r}", "please report this")


def _of_sqlite(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> JournalError:
    # Extended codes tell more in their upper bytes. An error that the Python module
    # finds by itself has none.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    damage = _damage(error, code, path)
    if damage is not None:
        return corrupt(path, damage)
    match code:
        case sqlite3.SQLITE_FULL:
            return _full(path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return _forbidden(path)
        case _:
            return _failed(path, *_SQLITE.get(code, (str(error), _CHECK_DISK)))


def _damage(
    error: sqlite3.Error | UnicodeDecodeError, code: int, path: Path
) -> str | None:
    """Return what is damaged; None if nothing tells that anything is."""
    if isinstance(error, UnicodeDecodeError):
        # SQLite quotes from the text of a table, which is none any more.
        return "its tables are not those of a journal"
    match code:
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_FORMAT:
            return str(error)
        case sqlite3.SQLITE_NOTADB:
            return "its header cannot be read"
        case sqlite3.SQLITE_ERROR if "file format" in str(error):
            return "its header names a form that its tables never had"
        case sqlite3.SQLITE_READONLY if _is_writable(path):
            return "its header forbids to write to it"
        case _:
            return None


def _is_writable(path: Path) -> bool:
    beside = [path, *(path.with_name(f"{path.name}-{end}") for end in ("wal", "shm"))]
    places = [path.parent, *(file for file in beside if file.exists())]
    return all(os.access(place, os.W_OK) for place in places)


_CHECK_DISK = "check the disk and try again"
_LOCKED = ("another process keeps it locked", "end that one or try again")
_SQLITE = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_CANTOPEN: (
        "it cannot be opened",
        "check that it and its folder are there and writable",
    ),
    sqlite3.SQLITE_TOOBIG: ("an event is too large for it", "record less at once"),
}


def _of_system(error: OSError, path: Path) -> JournalError:
    if error.errno in _FULL:
        return _full(path)
    if error.errno in _FORBIDDEN:
        return _forbidden(path)
    if error.errno == errno.EISDIR:
        return _failed(path, "it is a folder", "name a file in it")
    if error.errno in _NO_FOLDER:
        what = f"there is no such place ({error.strerror}: {error.filename!r})"
        return _failed(path, what, "name another one")
    return _failed(path, str(error), _CHECK_DISK)


def _full(path: Path) -> JournalError:
    return _failed(path, "its disk is full", "make room and go on")


def _forbidden(path: Path) -> JournalError:
    return _failed(
        path,
        "it may not be written",
        "make it and its folder writable, or name another",
    )


def _failed(path: Path, what: str, remedy: str) -> JournalError:
    return JournalError(
        f"the journal {str(path)!r} cannot be used: {what}; {remedy}", path=str(path)
    )
