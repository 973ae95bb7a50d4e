"""Texts of models, tools and users, made safe to show in a terminal."""

import re
import unicodedata
from typing import Final

REPLACED: Final = "\N{REPLACEMENT CHARACTER}"

# Variation selectors change how wide a terminal draws the character before them,
# and some letters are blank; `str.isprintable` accepts both.
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
_STACKED_MARKS: Final = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def printable(text: str, *, lines: bool = False) -> str:
    """Return a text without anything that could steer or garble a terminal.

    Control characters (C0, C1, ESC), lone surrogates and code points without a known
    shape become U+FFFD, so that an attempt stays visible; line breaks, tabs and odd
    spaces become spaces; bidi controls and zero-width characters go. The time is
    linear in the length of the text.

    Args:
        text: Anything.
        lines: Whether line feeds stay, for texts of several lines.
    """
    if text.isascii() and text.isprintable():
        return text
    kept = _STACKED_MARKS.sub(r"\1", _INVISIBLE.sub("", text))
    if kept.isprintable():
        return kept
    table = {ord(char): _shown(char, lines=lines) for char in set(kept)}
    return kept.translate(table)


def _shown(char: str, *, lines: bool) -> str:
    if char.isprintable() or (lines and char == "\n"):
        return char
    if char.isspace():
        return " "
    return "" if unicodedata.category(char) == "Cf" else REPLACED


def one_line(text: str) -> str:
    """Return a text made `printable`, its runs of spaces made one."""
    return " ".join(printable(text).split())
