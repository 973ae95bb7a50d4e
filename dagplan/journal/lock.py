"""Files that are locked by whoever holds them: one owner per run.

The lock belongs to the open file, so that it goes with the process however that ends,
and a second open in the same process is refused like that of another one.
"""

import json
import os
import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final, Self

_OWNER_BYTES: Final = 512
_MARK: Final = struct.Struct(">Q16s8s")


@dataclass(frozen=True, slots=True)
class Owner:
    """Who goes on with a run just now.

    Attributes:
        pid: The process; None where it has not said yet.
        host: Its machine; likewise.
    """

    pid: int | None
    host: str | None


@dataclass(frozen=True, slots=True)
class Mark:
    """What the owner of a run knows to be recorded of it.

    Attributes:
        count: Number of events.
        checksum: Of the last one.
    """

    count: int
    checksum: bytes


if sys.platform == "win32":
    import msvcrt

    # A locked byte cannot be read by others, so it lies where nothing is written.
    _FAR = 1 << 30

    def _lock(fd: int, *, wait: bool) -> bool:
        os.lseek(fd, _FAR, os.SEEK_SET)
        while True:
            try:
                # LK_LOCK gives up after ten seconds.
                msvcrt.locking(fd, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError:
                if not wait:
                    return False
            else:
                return True

else:
    import fcntl

    def _lock(fd: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True


class LockFile:
    """A file that is locked while it is held, and gone when it was given up.

    It names its owner, and after a crash it is still there with the owner's mark.
    """

    def __init__(self, path: Path, fd: int) -> None:
        self.path = path
        self._fd: int | None = fd
        _held.add(self)

    @classmethod
    def take(cls, path: Path, *, wait: bool = False) -> Self | None:
        """Take the lock.

        Args:
            path: The file; it and its folder are made if need be.
            wait: Whether to wait until others give it up.

        Returns:
            None if somebody else has it.
        """
        while True:
            # `exist_ok` would look for a folder that somebody may just have removed.
            with suppress(FileExistsError):
                path.parent.mkdir(mode=0o700)
            try:
                fd = _opened(path, os.O_CREAT)
            except FileNotFoundError:
                if path.parent.is_symlink():
                    raise
                continue  # whoever gave up the last lock has just removed the folder
            try:
                got = _lock(fd, wait=wait)
                if got and _is_at(path, fd):
                    return cls(path, fd)
            except BaseException:
                os.close(fd)
                raise
            os.close(fd)
            if not got:
                return None
            # Whoever had it has unlinked it between our opening and locking: another
            # file may be there by now, and it is the one that counts.

    def sign(self) -> None:
        """Write who owns it, leaving a mark that is there."""
        owner = {"pid": os.getpid(), "host": socket.gethostname()}
        self._write(0, json.dumps(owner).encode().ljust(_OWNER_BYTES - 1) + b"\n")

    def mark(self, mark: Mark) -> None:
        """Write what is known to be recorded; costs no wait for a disk.

        It survives the end of the process, though not that of the machine, and is
        therefore only ever a bound from below.
        """
        # On a full disk it stays as it was.
        with suppress(OSError):
            self._write(_OWNER_BYTES, _packed(mark))

    def _write(self, at: int, data: bytes) -> None:
        if self._fd is not None:
            os.lseek(self._fd, at, os.SEEK_SET)
            os.write(self._fd, data)

    def give_up(self) -> None:
        """Remove the file and let others have the lock."""
        fd, self._fd = self._fd, None
        _held.discard(self)
        if fd is None:
            return
        if sys.platform != "win32":
            # While it is still locked: whoever opened it before sees that it is gone,
            # whoever opens it later makes a new one.
            with suppress(OSError):
                self.path.unlink()
        os.close(fd)
        with suppress(OSError):  # on Windows others may have it open
            if sys.platform == "win32":
                self.path.unlink()
            self.path.parent.rmdir()  # unless there are others in it

    def leave(self) -> None:
        """Let others have the lock, and leave the file with its mark to them."""
        fd, self._fd = self._fd, None
        _held.discard(self)
        if fd is not None:
            os.close(fd)


def owner_of(path: Path) -> Owner | None:
    """Return who holds a lock, making nothing; None if nobody does."""
    try:
        fd = _opened(path)
    except FileNotFoundError:
        return None
    try:
        if _lock(fd, wait=False):
            return None
        return _owner(os.read(fd, _OWNER_BYTES))
    finally:
        os.close(fd)


def mark_at(path: Path) -> Mark | None:
    """Return the mark in a lock file, whoever holds it; None if there is none."""
    try:
        fd = _opened(path)
    except FileNotFoundError:
        return None
    try:
        os.lseek(fd, _OWNER_BYTES, os.SEEK_SET)
        found = os.read(fd, _MARK.size)
    finally:
        os.close(fd)
    if len(found) < _MARK.size:
        return None
    count, checksum, _ = _MARK.unpack(found)
    mark = Mark(count, checksum)
    return mark if found == _packed(mark) else None


def _owner(written: bytes) -> Owner:
    try:
        match json.loads(written):
            case {"pid": int(pid), "host": str(host)}:
                return Owner(pid, host)
            case _:
                return Owner(None, None)
    except ValueError:
        return Owner(None, None)


def _opened(path: Path, flags: int = 0) -> int:
    # Nobody is led astray by a link; no program that is started inherits the file.
    flags |= os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, 0o600)


def _is_at(path: Path, fd: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(fd))
    except FileNotFoundError:
        return False


def _packed(mark: Mark) -> bytes:
    told = mark.count.to_bytes(8, "big") + mark.checksum
    return told + blake2b(told, digest_size=8).digest()


_held: set[LockFile] = set()


def _forget() -> None:
    """Close, in a process that was forked, the locks of the one that it came from.

    An open file is shared with it, and locked until both have closed it: a child that
    lives longer would keep runs that are nobody's.
    """
    while _held:
        _held.pop().leave()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
