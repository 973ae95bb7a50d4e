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
from typing import BinaryIO, Final, Literal

LogState = Literal["whole", "torn", "damaged"]

_MAGIC: Final = 0x377F0682  # its last bit: checksums are over big-endian words
_VERSION: Final = 3_007_000
_HEADER: Final = struct.Struct(">8I")
_FRAME: Final = struct.Struct(">6I")
_MASK: Final = 0xFFFF_FFFF

_Sums = tuple[int, int]


def log_state(file: BinaryIO) -> LogState:
    """Tell in what state a log is that nobody is writing.

    Returns:
        "whole": everything in it counts; "torn": the last transaction does not, and
        nobody was told that it does; "damaged": others follow what does not count.
    """
    head = file.read(_HEADER.size)
    if not head:
        return "whole"
    if len(head) < _HEADER.size:
        return "torn"
    magic, version, page_size, _, salt1, salt2, *sums = _HEADER.unpack(head)
    words = ">" if magic & 1 else "<"
    sound = magic & ~1 == _MAGIC and version == _VERSION
    if not sound or [*_checksum(head[:24], (0, 0), words)] != sums:
        # A header fits into one sector and is on the disk before the first frame.
        return "damaged" if file.read(1) else "torn"
    frames = _frames(file, page_size, (salt1, salt2))
    return _state(frames, (sums[0], sums[1]), words)


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


def _state(frames: Iterator[tuple[bool, bytes]], before: _Sums, words: str) -> LogState:
    for current, frame in frames:
        if current:
            page, _, _, _, *sums = _FRAME.unpack_from(frame)
            before = _checksum(frame[:8], before, words)
            before = _checksum(memoryview(frame)[_FRAME.size :], before, words)
            if page and [*before] == sums:
                continue
        return _state_from_break(chain([(current, frame)], frames))
    return "whole"


def _state_from_break(frames: Iterator[tuple[bool, bytes]]) -> LogState:
    broken = ended = False
    for current, frame in frames:
        if current and ended:
            return "damaged"
        if current:
            broken = True
            ended = _ends_transaction(frame)
    # Where only frames of an older log follow, this one just ends here.
    return "torn" if broken else "whole"


def _ends_transaction(frame: bytes) -> bool:
    return any(frame[4:8])


def _checksum(data: bytes | memoryview, sums: _Sums, words: str) -> _Sums:
    first, second = sums
    values = iter(struct.unpack(f"{words}{len(data) // 4}I", data))
    for one, two in zip(values, values, strict=True):
        first = (first + one + second) & _MASK
        second = (second + two + first) & _MASK
    return first, second
