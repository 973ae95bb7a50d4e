"""Sentence patterns: `"what is|are the? <measure> of <places>"`.

A pattern is a row of words. `a|b` stands for either word, `word?` may be missing,
`<slot>` is filled by the slot of that name. A slot gives every way in which it can
be filled, longest first, so that a pattern yields every way in which it matches.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from dagplan.offline.clause import Clause

Slot = Callable[[Clause, int], list[tuple[object, int]]]
Filled = dict[str, object]


@dataclass(frozen=True, slots=True)
class Element:
    """One place in a pattern.

    Attributes:
        words: The words that may stand there; empty for a slot.
        slot: Name of the slot, else empty.
        optional: Whether it may be missing.
    """

    words: frozenset[str]
    slot: str
    optional: bool


@cache
def compiled(pattern: str) -> tuple[Element, ...]:
    """Read a pattern."""
    return tuple(_element(part) for part in pattern.split())


def _element(part: str) -> Element:
    optional = part.endswith("?") and len(part) > 1
    part = part[:-1] if optional else part
    if part.startswith("<"):
        return Element(frozenset(), part.strip("<>"), optional)
    return Element(frozenset(part.split("|")), "", optional)


def match(
    pattern: str, clause: Clause, slots: Mapping[str, Slot], start: int = 0
) -> Iterator[tuple[Filled, int]]:
    """Yield what fills the slots and where the match ends, for every way to match."""
    yield from _match(compiled(pattern), 0, clause, slots, start)


def _match(
    elements: tuple[Element, ...],
    index: int,
    clause: Clause,
    slots: Mapping[str, Slot],
    at: int,
) -> Iterator[tuple[Filled, int]]:
    if index == len(elements):
        yield {}, at
        return
    element = elements[index]
    for name, value, end in _fillings(element, clause, slots, at):
        for filled, stop in _match(elements, index + 1, clause, slots, end):
            yield ({name: value, **filled} if name else filled), stop
    if element.optional:
        yield from _match(elements, index + 1, clause, slots, at)


def _fillings(
    element: Element, clause: Clause, slots: Mapping[str, Slot], at: int
) -> Iterator[tuple[str, object, int]]:
    if element.slot:
        name = element.slot.partition(":")[0]
        label = element.slot.rpartition(":")[2]
        for value, end in clause.filled(name, slots[name], at):
            yield label, value, end
    elif clause.word(at) in element.words:
        yield "", None, at + 1


def whole(
    patterns: tuple[str, ...], clause: Clause, slots: Mapping[str, Slot]
) -> Iterator[Filled]:
    """Yield what fills the slots of each pattern that matches all of a clause."""
    for pattern in patterns:
        first = compiled(pattern)[0]
        if first.words and not first.optional and clause.word(0) not in first.words:
            continue
        for filled, end in match(pattern, clause, slots):
            if end == len(clause):
                yield filled


def phrases(table: Mapping[object, tuple[str, ...]]) -> Slot:
    """Make a slot that is filled by phrases: a table from what they mean to them."""
    by_first: dict[str, list[tuple[tuple[str, ...], object]]] = {}
    for meaning, spellings in table.items():
        for spelling in spellings:
            words = tuple(spelling.split())
            by_first.setdefault(words[0], []).append((words, meaning))

    def slot(clause: Clause, at: int) -> list[tuple[object, int]]:
        candidates = by_first.get(clause.word(at), ())
        found = [
            (meaning, at + len(words))
            for words, meaning in candidates
            if clause.words(at, at + len(words)) == words
        ]
        return sorted(found, key=lambda pair: -pair[1])

    return slot
