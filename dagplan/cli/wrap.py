"""Breaks the lines of a text that is still being written."""

import re

from dagplan.views.cells import cells
from dagplan.views.escape import printable

_PIECE = re.compile(r"\n|[^\S\n]+|\S+")


class Wrapper:
    """Wraps at spaces; what the writer broke stays broken.

    A word is held back until it is known to be whole, so that it can still move to
    the next line. A word that is longer than a line is let through.

    Args:
        width: Columns of a line.
    """

    def __init__(self, width: int) -> None:
        self._width = max(width, 1)
        self._column = 0
        self._space = ""
        self._word = ""

    def feed(self, text: str) -> str:
        """Take the next piece of the text and return what can be shown of it."""
        shown: list[str] = []
        for piece in _PIECE.findall(text):
            if piece.isspace():
                shown.append(self._flush())
                if piece == "\n":
                    self._column, self._space = 0, ""
                    shown.append("\n")
                else:
                    self._space += printable(piece)
            else:
                self._word += piece
                if len(self._word) > self._width:
                    shown.append(self._flush())
        return "".join(shown)

    def end(self) -> str:
        """Return what was held back; the text is over."""
        rest = self._flush()
        self._column, self._space = 0, ""
        return rest

    def _flush(self) -> str:
        word, space = printable(self._word), self._space
        if not word:
            return ""
        self._word = self._space = ""
        taken = cells(space) + cells(word)
        if self._column and self._column + taken > self._width and space:
            self._column = cells(word)
            return f"\n{word}"
        self._column += taken
        return space + word


def wrapped(text: str, width: int) -> str:
    """Return a whole text with its lines broken."""
    wrapper = Wrapper(width)
    return wrapper.feed(text) + wrapper.end()
