"""What is left out of values so that they fit into what a model may be shown.

Bounds are in characters, so that no tokenizer has to be there: a token is about four
of them in English, three in figures and JSON, one in Chinese. What is said of what was
left out counts too: every text keeps within its bound. The longest is cut first, so
that nothing short is cut while something longer is whole.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dagplan.plan.references import as_text

CHARACTERS: Final = 120_000
"""Most characters of data in one call of a model, the question included: about 30,000
tokens."""

RESULTS: Final = 60_000
"""Most of them for what all steps have found."""

RESULT: Final = 30_000
"""Most of them for what one step has found, and for all that one step is given."""

_LEVELS = 4  # of lists and objects, below which they are cut as text
_LEAST = 40  # characters of an element that still say something


def shorten(text: str, most: int) -> str:
    """Keep the beginning and the end of a text, and say how much is missing.

    Args:
        text: Any text.
        most: Most characters of what is returned. Below about 80 there is room for the
            beginning only, and an ellipsis stands for the rest.
    """
    if len(text) <= most:
        return text
    reserved = len(_left_out(len(text), "characters"))
    kept = most - reserved
    if kept < reserved:
        return f"{text[: most - 1]}…" if most > 0 else ""
    tail = kept // 4
    note = _left_out(len(text) - kept, "characters")
    return f"{text[: kept - tail]}{note}{text[len(text) - tail :]}"


def _left_out(count: int, what: str) -> str:
    return f"\n[… {count:,} {what} left out …]\n"


def written(value: object, most: int) -> str:
    """Write a value, cut so that what is left can be read.

    Of a list or an object each element is kept as far as all have room, the longest
    cut first; else those at the beginning and the end are.

    Args:
        value: Plain JSON.
        most: Most characters of what is returned.
    """
    return _cut(value, as_text(value), most, _LEVELS)


def _cut(value: object, text: str, most: int, levels: int) -> str:
    if len(text) <= most:
        return text
    if levels == 0 or most < 2 * _LEAST or not isinstance(value, list | dict):
        return shorten(text, most)
    return _cut_elements(value, most, levels - 1)


def _cut_elements(
    value: list[object] | dict[str, object], most: int, levels: int
) -> str:
    if isinstance(value, dict):
        names = [f"{_json(shorten(key, _LEAST))}: " for key in value]
        elements, what, ends = [*value.values()], "keys", "{}"
    else:
        names, elements, what, ends = [""] * len(value), value, "items", "[]"
    texts = [_json(element) for element in elements]
    room = most - len(ends)
    front, back = _places([*zip(names, texts, strict=True)], room)
    missing = len(texts) - len(front) - len(back)
    note = [f"… {missing:,} {what} left out …"] * (missing > 0)
    shown = [*front, *back]
    room -= sum(len(names[place]) + 2 for place in shown)
    room -= sum(len(each) + 2 for each in note)
    level = _level([len(texts[place]) for place in shown], room)
    cut = [
        f"{names[place]}{_cut(elements[place], texts[place], level, levels)}"
        for place in shown
    ]
    inner = ", ".join([*cut[: len(front)], *note, *cut[len(front) :]])
    return f"{ends[0]}{inner}{ends[1]}"


def _places(
    elements: Sequence[tuple[str, str]], room: int
) -> tuple[Sequence[int], Sequence[int]]:
    """Return which elements have room, each cut to the least that says something.

    Returns:
        The places of all of them and of none; or of those from the beginning, and of
        those up to the end.
    """
    sizes = [len(name) + min(len(text), _LEAST) + 2 for name, text in elements]
    if sum(sizes) <= room:
        return range(len(sizes)), ()
    room -= len(_left_out(len(sizes), "items"))
    front = _fitting(sizes, room * 3 // 4)
    back = _fitting(sizes[front:][::-1], room - sum(sizes[:front]))
    return range(front), range(len(sizes) - back, len(sizes))


def _fitting(sizes: Sequence[int], room: int) -> int:
    """Return how many from the beginning have room."""
    for count, size in enumerate(sizes):
        room -= size
        if room < 0:
            return count
    return len(sizes)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _level(lengths: Sequence[int], room: int) -> int:
    """Return the length to which the longest are cut so that all have room."""
    remaining = room
    for done, length in enumerate(sorted(lengths)):
        share = remaining // (len(lengths) - done)
        if length > share:
            return max(0, share)
        remaining -= length
    return max(0, room)


def fit(values: Sequence[object], most: int, each: int = RESULT) -> list[str]:
    """Write values so that all have room, the longest cut first.

    Args:
        values: Plain JSON.
        most: Most characters of all that is returned.
        each: Most characters of one of them.
    """
    texts = [as_text(value) for value in values]
    level = min(each, _level([min(len(text), each) for text in texts], most))
    pairs = zip(values, texts, strict=True)
    return [_cut(value, text, level, _LEVELS) for value, text in pairs]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a model is shown.

    Attributes:
        label: What it is; shown whole, or the entry is left out.
        parts: Plain JSON, a line each; cut where need be.
        rank: Of two entries the one of the higher rank is left out first.
    """

    label: str
    parts: tuple[object, ...]
    rank: int = 0

    @property
    def fixed(self) -> int:
        """Characters beside those of the parts, an empty line after it included."""
        return len(self.label) + len(self.parts) + 2


def lay_out(entries: Sequence[Entry], most: int, each: int = RESULT) -> str:
    """Write entries one below the other so that all have room.

    Half of the room is for parts at least: entries whose labels have none beside that
    are left out, and counted at the end.

    Args:
        entries: In the order in which they are shown.
        most: Most characters of what is returned.
        each: Most characters of one part.
    """
    by_rank = sorted(range(len(entries)), key=lambda place: entries[place].rank)
    count = _fitting([entries[place].fixed for place in by_rank], most // 2)
    shown = [entries[place] for place in sorted(by_rank[:count])]
    missing = len(entries) - count
    note = [f"[… {missing:,} more left out …]"] * (missing > 0)
    room = most - sum(entry.fixed for entry in shown) - sum(map(len, note))
    parts = [part for entry in shown for part in entry.parts]
    texts = iter(fit(parts, room, each))
    blocks = [
        f"{entry.label} " + "\n".join(next(texts) for _ in entry.parts)
        for entry in shown
    ]
    return "\n\n".join([*blocks, *note])
