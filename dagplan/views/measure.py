"""How wide a text is likely to be in a font that is not known, and texts cut to fit."""

import unicodedata
from typing import Final

_NARROW: Final = frozenset("ijlI|!.,:;'`")
_SLIM: Final = frozenset('ftr()[]{}/\\-" ')
_BROAD: Final = frozenset("mwMW@%&…—")

# In ems: those of wide fonts (DejaVu Sans, Verdana), so that a text rather ends early
# than runs over an edge.
_ASCII: Final = {
    char: 0.34
    if char in _NARROW
    else 0.42
    if char in _SLIM
    else 0.98
    if char in _BROAD
    else 0.69
    if char.isupper()
    else 0.61
    for char in map(chr, range(32, 127))
}


def text_width(text: str, size: float) -> float:
    """Return how wide a text is at most in all likelihood, `size` being one em."""
    return size * sum(map(_ems, text))


def _ems(char: str) -> float:
    known = _ASCII.get(char)
    if known is not None:
        return known
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0.0
    return 1.1 if unicodedata.east_asian_width(char) in "WF" else 0.8


def fit(text: str, room: float, size: float) -> str:
    """Return a text that is no wider than `room`, marked where it was cut."""
    if text_width(text, size) <= room:
        return text
    taken = size * _ems("…")
    for index, char in enumerate(text):
        taken += size * _ems(char)
        if taken > room:
            return f"{text[:index].rstrip()}…"
    return text
