"""How many columns of a terminal a text takes, and texts cut to fit."""

import unicodedata


def cells(text: str) -> int:
    """Return the columns that a printable text takes: 2 for wide, 0 for combining."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def _cell(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """Return a printable text in at most `width` columns, marked where it was cut."""
    if cells(text) <= width:
        return text
    room = width - len(ellipsis)
    if room < 0:
        return ellipsis[: max(width, 0)]
    taken = 0
    for index, char in enumerate(text):
        taken += _cell(char)
        if taken > room:
            return text[:index] + ellipsis
    return text


def pad(text: str, width: int) -> str:
    """Return a printable text with spaces up to `width` columns."""
    return text + " " * (width - cells(text))
