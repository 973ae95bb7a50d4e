"""A reader of SQLite's write-ahead log, to tell a torn end from damage.

SQLite takes the log over up to the first frame whose checksum is wrong, and drops what
follows without a word. That is right for a transaction that was being written when the
machine stopped, for nobody was told of its success. But if another transaction follows,
the broken one had been committed: each is on the disk before the next one begins.

The format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
"""

import struct
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, Final

_MAGIC: Final = 0x377F0682  # its last bit: checksums are over big-endian words
_VERSION: Final = 3_007_000
_HEADER: Final = struct.Struct(">8I")
_FRAME: Final = struct.Struct(">6I")
_MASK: Final = 0xFFFF_FFFF

_Sums = tuple[int, int]


def is_damaged(file: BinaryIO) -> bool:
    """Tell whether a log that nobody is writing lacks what had been committed.

    Where its end is cut off at the end of a transaction, nobody can tell; where its
    last transaction is broken, it is taken for one that was never committed.
    """
    head = file.read(_HEADER.size)
    if len(head) < _HEADER.size:
        return False
    magic, version, page_size, _, salt1, salt2, *sums = _HEADER.unpack(head)
    words = ">" if magic & 1 else "<"
    sound = magic & ~1 == _MAGIC and version == _VERSION
    if not sound or [*_checksum(head[:24], (0, 0), words)] != sums:
        # A header fits into one sector and is on the disk before the first frame.
        return bool(file.read(1))
    frames = _frames(file, page_size, (salt1, salt2))
    return _breaks_off((sums[0], sums[1]), frames, words)


def _frames(
    file: BinaryIO, page_size: int, salts: tuple[int, int]
) -> Iterator[tuple[bool, bytes]]:
    """Read the frames that are there in full; whether each is of this log, or older.

    A log is begun anew by other salts in its header, and what stood there before stays
    until it is written over.
    """
    while True:
        frame = file.read(_FRAME.size + page_size)
        if len(frame) < _FRAME.size + page_size:
            return
        yield struct.unpack_from(">2I", frame, 8) == salts, frame


def _breaks_off(
    before: _Sums, frames: Iterator[tuple[bool, bytes]], words: str
) -> bool:
    for current, frame in frames:
        if current:
            page, _, _, _, *sums = _FRAME.unpack_from(frame)
            before = _checksum(frame[:8], before, words)
            before = _checksum(memoryview(frame)[_FRAME.size :], before, words)
            if page and [*before] == sums:
                continue
        return _goes_on(chain([(current, frame)], frames))
    return False


def _goes_on(frames: Iterator[tuple[bool, bytes]]) -> bool:
    """Tell whether anything follows the transaction in which these frames begin."""
    ended = False
    for current, frame in frames:
        if current and ended:
            return True
        ended = ended or (current and _ends_transaction(frame))
    return False


def _ends_transaction(frame: bytes) -> bool:
    return any(frame[4:8])


def _checksum(data: bytes | memoryview, sums: _Sums, words: str) -> _Sums:
    first, second = sums
    values = iter(struct.unpack(f"{words}{len(data) // 4}I", data))
    for one, two in zip(values, values, strict=True):
        first = (first + one + second) & _MASK
        second = (second + two + first) & _MASK
    return first, second
