"""Whether SQLite would lose committed rows of a write-ahead log without a word.

From the first frame on whose checksum is wrong, SQLite takes the rest of the log for
something that was never committed. After a crash that is right, where a disk has broken
it is not. Format: https://www.sqlite.org/fileformat2.html#walformat and
https://www.sqlite.org/walformat.html
"""

import struct
from pathlib import Path

from dagplan.errors import CorruptJournalError

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_MAGIC = 0x377F0682  # one more: checksums are of big-endian words


def check_log(database: Path) -> None:
    """Read the log that a database was left with.

    Raises:
        CorruptJournalError: Committed transactions of it cannot be read any more.
    """
    path = database.with_name(f"{database.name}-wal")
    # The index first: it may fall behind a log that another process writes to just
    # now, and must not be ahead of it.
    index = _bytes(database.with_name(f"{database.name}-shm"), most=136)
    log = _bytes(path)
    if _is_whole(log, index) or _bytes(path, most=_HEADER.size) != log[: _HEADER.size]:
        # The latter where another process has begun the log anew while it was read;
        # its header is written before anything else of it is.
        return
    raise CorruptJournalError(
        f"{str(database)!r} is broken: committed events of its write-ahead log are "
        "lost; restore it from a backup or name another file",
        path=str(database),
    )


def _is_whole(log: bytes, index: bytes) -> bool:
    if len(log) < _HEADER.size:
        return not (log and _committed(index, None))
    magic, _, size, _, *salts, first, second = _HEADER.unpack_from(log)
    order = ">" if magic == _MAGIC + 1 else "<"
    if magic & ~1 != _MAGIC or (first, second) != _sum(order, log[:24], (0, 0)):
        return False
    salt = (salts[0], salts[1])
    whole = _whole_frames(log, size, salt, order, (first, second))
    if whole < _committed(index, salt):
        return False
    return _commits_after(log, size, salt, whole) <= 1


def _bytes(path: Path, most: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except FileNotFoundError:
        return b""


def _whole_frames(
    log: bytes, size: int, salt: tuple[int, int], order: str, seed: tuple[int, int]
) -> int:
    """Count the frames up to the last commit that SQLite can read."""
    committed = 0
    places = range(_HEADER.size, len(log) - size - _FRAME.size + 1, size + _FRAME.size)
    for frames, at in enumerate(places, start=1):
        _, pages, *salts, first, second = _FRAME.unpack_from(log, at)
        seed = _sum(order, log[at : at + 8], seed)
        seed = _sum(order, log[at + _FRAME.size : at + _FRAME.size + size], seed)
        if (salts[0], salts[1]) != salt or seed != (first, second):
            break
        if pages:
            committed = frames
    return committed


def _commits_after(log: bytes, size: int, salt: tuple[int, int], frames: int) -> int:
    """Count the frames that end a transaction, behind those that can be read.

    One may be of the transaction that a crash has cut off. Another means that an
    earlier one, which was on the disk before it began, is broken.
    """
    first = _HEADER.size + frames * (size + _FRAME.size)
    found = 0
    for at in range(first, len(log) - _FRAME.size + 1, size + _FRAME.size):
        _, pages, *salts, _, _ = _FRAME.unpack_from(log, at)
        found += bool(pages) and (salts[0], salts[1]) == salt
    return found


def _committed(index: bytes, salt: tuple[int, int] | None) -> int:
    """Return how many frames were committed, as the log's index tells it.

    Its header is written once the log is on the disk, so it never tells of more. 0
    where it is no index of this log.
    """
    copies = index[:48], index[48:96]
    if len(index) < 96 or copies[0] != copies[1]:
        return 0
    order = "<" if struct.unpack_from("<I", index)[0] == 3_007_000 else ">"
    words = struct.unpack_from(f"{order}12I", index)
    if _sum(order, index[:40], (0, 0)) != (words[10], words[11]):
        return 0
    salts = struct.unpack_from(">2I", index, 32)
    return int(words[4]) if salt is None or salts == salt else 0


def _sum(order: str, data: bytes, seed: tuple[int, int]) -> tuple[int, int]:
    """Continue the checksum of the log over more bytes."""
    first, second = seed
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second
