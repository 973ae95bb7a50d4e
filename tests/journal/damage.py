"""Ways in which bytes on a disk are damaged."""

from collections.abc import Callable, Mapping
from random import Random

PAGE = 4096
FRAME = 24 + PAGE
HEADER = 32
"""Bytes of the header of a log; its frames follow."""

Damage = Callable[[bytearray, Random], None]


def flip(data: bytearray, chance: Random) -> None:
    for _ in range(chance.choice((1, 1, 1, 2, 8))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def flip_in_header(data: bytearray, chance: Random) -> None:
    data[chance.randrange(min(100, len(data)))] ^= 1 << chance.randrange(8)


def flip_in_page_head(data: bytearray, chance: Random) -> None:
    """Hit what makes a page of the tree what it is: its kind, its cells, its children."""
    page = PAGE * chance.randrange(len(data) // PAGE)
    data[page + chance.randrange(32)] ^= 1 << chance.randrange(8)


def truncate(data: bytearray, chance: Random) -> None:
    del data[chance.randrange(len(data)) :]


def drop_last_page(data: bytearray, chance: Random) -> None:
    del data[-PAGE * chance.randint(1, 3) :]


def drop_frames(data: bytearray, chance: Random) -> None:
    """Cut a log off between two frames, where nothing looks torn."""
    del data[HEADER + FRAME * chance.randrange((len(data) - HEADER) // FRAME) :]


def zero(data: bytearray, chance: Random) -> None:
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice((1, 16, 512, PAGE, 5 * PAGE)))
    data[start:end] = bytes(end - start)


def zero_page(data: bytearray, chance: Random) -> None:
    start = PAGE * chance.randrange(len(data) // PAGE)
    data[start : start + PAGE] = bytes(PAGE)


def noise(data: bytearray, chance: Random) -> None:
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice((1, 16, 512)))
    data[start:end] = chance.randbytes(end - start)


def swap_pages(data: bytearray, chance: Random) -> None:
    _swap(data, 0, PAGE, chance)


def repeat_page(data: bytearray, chance: Random) -> None:
    one, two = (PAGE * n for n in chance.sample(range(len(data) // PAGE), 2))
    data[one : one + PAGE] = data[two : two + PAGE]


def swap_frames(data: bytearray, chance: Random) -> None:
    _swap(data, HEADER, FRAME, chance)


def _swap(data: bytearray, begin: int, size: int, chance: Random) -> None:
    count = (len(data) - begin) // size
    if count < 2:
        return
    one, two = (begin + size * n for n in chance.sample(range(count), 2))
    data[one : one + size], data[two : two + size] = (
        data[two : two + size],
        data[one : one + size],
    )


def append_noise(data: bytearray, chance: Random) -> None:
    data += chance.randbytes(chance.choice((1, 512, PAGE, FRAME, 3 * PAGE + 7)))


def empty(data: bytearray, _: Random) -> None:
    data.clear()


def rotate_frames(data: bytearray, _: Random) -> None:
    data[:] = data[FRAME:] + data[:FRAME]


MAIN: tuple[Damage, ...] = (
    flip, flip, flip, flip_in_header, flip_in_header, flip_in_page_head,
    flip_in_page_head, truncate, drop_last_page, zero, zero_page, noise, swap_pages,
    repeat_page, append_noise, empty,
)  # fmt: skip
LOG: tuple[Damage, ...] = (
    flip, flip, flip_in_header, truncate, drop_frames, zero, noise, swap_frames,
    append_noise, empty,
)  # fmt: skip
SHARED: tuple[Damage, ...] = (
    flip, flip_in_header, truncate, zero, noise, append_noise, empty,
)  # fmt: skip
END: tuple[Damage, ...] = (flip, truncate, zero, noise, rotate_frames)
"""Of the last transaction, which may not have been committed."""

BEGINNING: tuple[Damage, ...] = (flip, zero, noise)
"""Of a log whose machine stopped."""

KINDS: Mapping[str, tuple[Damage, ...]] = {"": MAIN, "-wal": LOG, "-shm": SHARED}
"""What may happen to the files of a journal, by what their names end in."""
