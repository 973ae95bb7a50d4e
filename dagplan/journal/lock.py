"""Who owns a run: one process, and it lets go when it ends, however it ends."""

import json
import os
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dagplan.errors import JournalError, RunBusy

_MOST_BYTES = 1_000  # of a lock file


@dataclass(frozen=True, slots=True)
class Owner:
    """Who runs a run.

    Attributes:
        pid: The process; None while it has not said so yet.
        host: Its machine; likewise.
    """

    pid: int | None = None
    host: str | None = None


class FileLock:
    """An exclusive lock on a file, which is there only while the lock is held.

    The lock is of the open file: the system frees it with the process, and a second
    attempt of the same process meets it as well.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def acquire(self) -> Owner | None:
        """Take the lock; return None, or who holds it.

        Raises:
            JournalError: The file cannot be made.
        """
        while True:
            try:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError as error:
                raise JournalError(
                    f"cannot lock {str(self._path)!r}: {error.strerror}; name a journal "
                    "in a folder that can be written to",
                    path=str(self._path),
                ) from error
            if not _lock(file):
                owner = _owner(file)
                os.close(file)
                return owner
            # Its last owner may have taken the file away between the two calls; a lock
            # on a file that nobody else can find would be none.
            if _is_same(file, self._path):
                break
            os.close(file)
        self._file = file
        me = {"pid": os.getpid(), "host": socket.gethostname()}
        os.ftruncate(file, 0)
        os.pwrite(file, json.dumps(me).encode(), 0)
        return None

    def release(self) -> None:
        """Let go."""
        if self._file is not None:
            # While it is locked still: whoever opens it now finds out, see `acquire`.
            with suppress(FileNotFoundError, PermissionError):
                self._path.unlink()
            os.close(self._file)
            self._file = None

    def owner(self) -> Owner | None:
        """Return who holds the lock; None if nobody does.

        As far as the file tells: trying to lock it would make it look taken to others.
        """
        try:
            file = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            owner = _owner(file)
        finally:
            os.close(file)
        return owner if _is_alive(owner) else None


def busy(run_id: str, owner: Owner) -> RunBusy:
    """Return what tells of the owner of a run."""
    return RunBusy(run_id, pid=owner.pid, host=owner.host)


def _is_alive(owner: Owner) -> bool:
    if owner.pid is None or owner.host != socket.gethostname():
        return True
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is another user's
    return True


def _is_same(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def _owner(file: int) -> Owner:
    try:
        told = json.loads(os.pread(file, _MOST_BYTES, 0))
        return Owner(int(told["pid"]), str(told["host"]))
    except (ValueError, KeyError, TypeError):
        # It has the lock, and is about to write this.
        return Owner()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        try:
            # Far behind what is written there, which others have to be able to read.
            os.lseek(file, _MOST_BYTES, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
