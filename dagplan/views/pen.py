"""Writes lines: safe, cut to the width, coloured if wanted."""

from collections.abc import Iterable
from dataclasses import dataclass

from dagplan.views.cells import cells, cut
from dagplan.views.escape import one_line
from dagplan.views.glyphs import ASCII, DIM, UNICODE, Glyphs

Part = tuple[str, str]
"""A piece of a line: the text, and the ANSI code of its colour or nothing."""


@dataclass(frozen=True, slots=True)
class Pen:
    """How a view writes.

    Attributes:
        width: Columns that no line exceeds.
        colour: Whether ANSI colours are written.
        glyphs: The signs to draw with.
    """

    width: int
    colour: bool
    glyphs: Glyphs

    def safe(self, text: str, width: int) -> str:
        """Return a text of unknown origin on one line of at most `width` columns."""
        # Cut first: what nobody will see need not be cleaned, however long it is.
        shown = one_line(text[: 8 * self.width])
        if self.glyphs is ASCII:
            shown = shown.replace("…", "..").encode("ascii", "replace").decode()
        return cut(shown, width, self.glyphs.ellipsis)

    def line(self, *parts: Part) -> str:
        """Put parts that are safe already into one line."""
        room = self.width
        written: list[str] = []
        for text, tone in _without_end(parts):
            shown = cut(text, room, self.glyphs.ellipsis)
            room -= cells(shown)
            paint = self.colour and tone and shown.strip()
            written.append(f"\x1b[{tone}m{shown}\x1b[0m" if paint else shown)
        return "".join(written)

    def legend(self, entries: Iterable[str]) -> list[str]:
        """Write entries side by side, on as many lines as they need."""
        rows: list[str] = []
        for entry in entries:
            if rows and cells(rows[-1]) + 3 + cells(entry) <= self.width:
                rows[-1] += f"   {entry}"
            else:
                rows.append(entry)
        return [self.line((row, DIM)) for row in rows]


def _without_end(parts: tuple[Part, ...]) -> list[Part]:
    """Drop the spaces that end a line, and parts that are nothing else."""
    kept = list(parts)
    while kept and not kept[-1][0].strip():
        kept.pop()
    if kept:
        text, tone = kept[-1]
        kept[-1] = (text.rstrip(), tone)
    return kept


def pen(width: int, *, colour: bool, ascii_only: bool) -> Pen:
    """Return the pen for what a caller asked for."""
    return Pen(max(width, 1), colour, ASCII if ascii_only else UNICODE)
