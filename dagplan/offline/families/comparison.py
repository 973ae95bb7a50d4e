"""Comparisons: "Which of these is highest, and by how much?", "Rank … by …"."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from dagplan.offline.clause import Clause
from dagplan.offline.draft import Draft
from dagplan.offline.findings import Findings, enumeration, quantity
from dagplan.offline.groups import Extreme, Neighbours, ranking
from dagplan.offline.lexicon import MEASURES
from dagplan.offline.nouns import NOUNS
from dagplan.offline.outline import Planned, Result
from dagplan.offline.pattern import Filled, whole
from dagplan.offline.quantities import Amounts, amounts, convertible
from dagplan.offline.terms import Group, NotPossibleError, one_kind
from dagplan.offline.wording import Wording, ranked_sentences

ALL: Final = 1_000
"""A number of places to list that no group has."""

_NUMBERS = dict(
    zip(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
        range(2, 11),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Compare:
    """Places compared by one measure.

    Attributes:
        group: The places.
        measure: By what.
        highest: Whether the highest comes first.
        top: How many of them to list in order; 0 for a comparison.
        unit: The unit to give it in; empty for its own.
    """

    group: Group
    measure: str
    highest: bool = True
    top: int = 0
    unit: str = ""

    def in_unit(self, unit: str) -> "Compare":
        """Return the same question for another unit."""
        return replace(self, unit=unit)

    def plan(self, draft: Draft, _: Sequence[Planned]) -> Planned:
        """Measure all places side by side, then rank them."""
        about = MEASURES[self.measure]
        if self.group.is_one:
            raise NotPossibleError("a comparison needs two places or more")
        if self.unit and not convertible(self.measure, self.unit):
            raise NotPossibleError(f"the {about.noun} cannot be given in {self.unit}")
        kind = one_kind(self.group, about.kinds, about.noun)
        members = self.group.members(draft, kind)
        measured = amounts(draft, self.measure, members, self.unit)
        by = Extreme(self.group, self.measure, self.highest)
        step = ranking(draft, measured, by)

        def tell(found: Findings) -> list[str]:
            return self._told(found, step, measured)

        dimension = f"{self.measure} {self.unit}"
        pairs = zip(members.spots, measured.steps, strict=False)
        results = (Result(s, p.label, measured.unit, dimension) for p, s in pairs)
        return Planned(tell, tuple(results))

    def _told(self, found: Findings, step: str, measured: Amounts) -> list[str]:
        ranked = found.value(step)
        about = MEASURES[self.measure]
        if not isinstance(ranked, Mapping):
            return unranked(found, measured, about.noun)
        unit = str(ranked.get("unit") or measured.unit)
        group = "" if measured.members.spots else measured.members.label
        wording = Wording(
            about.noun,
            about.highest if self.highest else about.lowest,
            about.lowest if self.highest else about.highest,
            unit,
            group,
            self.top,
        )
        return ranked_sentences(ranked, wording)


@dataclass(frozen=True, slots=True)
class Topic:
    """Places that the next part asks about: "Of France and Spain, which …".

    Attributes:
        group: The places.
    """

    group: Group

    def plan(self, _draft: Draft, _earlier: Sequence[Planned]) -> Planned:
        """Naming places takes no step."""
        return Planned(lambda _: [])


def unranked(found: Findings, measured: Amounts, noun: str) -> list[str]:
    """Say what is known of places that could not be ranked."""
    pairs = zip(measured.members.spots, measured.steps, strict=False)
    known = [
        f"{spot.label} {quantity(value, found.unit(step) or measured.unit)}"
        for spot, step in pairs
        if (value := found.number(step)) is not None
    ]
    return [f"The {noun} where it is known: {enumeration(known)}."] if known else []


_IS = "is|are"
_ONE = "country|city|one|place|nation|state"
_WHICH = (
    f"which|what|who of? <places> {_IS} the? <extreme>",
    "which|what|who of? <places> has|have the|a? <extreme>",
    f"which|what {_ONE} {_IS} the? <extreme> ,|:|;|of|among|out? of? <places>",
    f"which|what {_ONE} has|have the|a? <extreme> ,|:|;|of|among|out? of? <places>",
    f"which|what|who {_IS} the? <extreme> ,|:|;|of|among|out? of? <places>",
    "which|what|who has|have the|a? <extreme> ,|:|;|of|among|out? of? <places>",
    f"which|what|who {_IS} the? <extreme> <listing>",
    f"which|what {_ONE} {_IS} the? <extreme> <listing>",
    f"which|what {_ONE} in|of <region> {_IS}|has the? <extreme>",
    f"which|what <adjectival> country {_IS}|has the? <extreme>",
    f"which|what neighbour of <place> {_IS}|has the? <extreme>",
    f"which of <places> {_IS} the? <direction> by <measure>",
    f"which|what {_ONE}? {_IS} the? <direction> ,|:? <listing> ,? by <measure>",
    f"which|what {_IS} the? <direction> ,|: the? <measure> of|in <places>",
    f"which|what {_IS} the? <direction> ,|: <owners> <measure>",
    (
        f"which|what {_IS} the? <direction> ,|: the? <measure> of|in <listing:left> "
        "or that|those of <listing:right>"
    ),
    (
        "is|are the? <measure> of <listing:left> <direction> than "
        "that|those|the? of|in? <listing:right>"
    ),
    "does|do|is|are <listing:left> <extreme> than <listing:right>",
    "does|do|is|are <listing:left> have a? <extreme> than <listing:right>",
    "has|have <listing:left> a? <extreme> than <listing:right>",
)
_BEST = (
    f"which|what|who {_IS} <best>",
    "name|find|show <best>",
    "<best>",
)
_MORE = (
    "how much|many? <extreme> is|are|has|have <listing:left> than <listing:right>",
    "how much <extreme> does <listing:left> have than <listing:right>",
    "by? how much is|are|has <listing:left> <extreme> than <listing:right>",
    "how many times <extreme> is|are|has <listing:left> than <listing:right>",
    "how many times <extreme> live|are in <listing:left> than in? <listing:right>",
    (
        "by? how much|many? times? <direction> is|are the? <measure> of "
        "<listing:left> than that|those? of? <listing:right>"
    ),
    "how many times as? <how> as? is|are <listing:left> as|than? <listing:right>",
    "how many times as <how> is|are <listing:left> as <listing:right>",
    "how many <extreme> live|are in <listing:left> than in? <listing:right>",
    "how many <extreme> does <listing:left> have than <listing:right>",
    "do|are <extreme> live|there|in? in? <listing:left> than|or in? <listing:right>",
    "where do <extreme> live ,|:|in? in? <listing>",
)
_RANK = (
    "compare <measures> of|in|between|for <places>",
    "compare <owners> <measures>",
    "compare <places> by|on|in their|terms|the? of? <measures>",
    "compare <places> ,|: <measures>",
    "rank|sort|order <places> by their? <measure> <order>?",
    "rank|sort|order the? <measure> of|in <places> <order>?",
    "rank|sort|order <owners> <measure> <order>?",
    "how do|does <places> compare in|by their|terms? of? <measure>",
    (
        "how does the? <measure> of <listing:left> compare to|with that? of? "
        "<listing:right>"
    ),
    "list|show <places> by|ordered|sorted|ranked by? their? <measure> <order>?",
    "a? comparison of the? <measure> of <places>",
)
_TOP = (
    "which|what are the? top? <number> <extreme> countries in <region>",
    "which|what are the? <number> <extreme> <adjectival> countries",
    "list|show|name|find|top|rank? the? top? <number> <extreme> countries in <region>",
    "list|show|name|find? the? <number> <extreme> <adjectival> countries",
    "list|show|name|find|what|which? are? the? top <number> <places> by <measure>",
)


def _number(clause: Clause, at: int) -> list[tuple[object, int]]:
    word = clause.word(at)
    count = int(word) if word.isdecimal() and len(word) < 4 else _NUMBERS.get(word, 0)
    return [(count, at + 1)] if count else []


def _measures(clause: Clause, at: int) -> list[tuple[object, int]]:
    """Read one measure after the other: "population, area and GDP"."""
    found: list[tuple[object, int]] = []
    row: tuple[object, ...] = ()
    while more := NOUNS["measure"](clause, at + (clause.word(at) == "the")):
        row, at = (*row, more[0][0]), more[0][1]
        found.append((row, at))
        after = at
        while clause.word(after) in {",", "and"}:
            after += 1
        if after == at:
            break
        at = after
    return found[::-1]


def _best(clause: Clause, at: int) -> list[tuple[object, int]]:
    """A place that is described by being first: "Africa's largest country"."""
    places = clause.filled("place", NOUNS["place"], at)
    return [(place, end) for place, end in places if isinstance(place, Extreme)]


def _order(clause: Clause, at: int) -> list[tuple[object, int]]:
    for highest, spellings in _ORDERS.items():
        for words in map(tuple, map(str.split, spellings)):
            if clause.words(at, at + len(words)) == words:
                return [(highest, at + len(words))]
    return []


_ORDERS = {
    True: (
        *("from highest to lowest", "in descending order", "from largest to smallest"),
        *("descending", "highest first", "largest first", "from most to least"),
        *(", highest first", ", largest first", "from high to low"),
    ),
    False: (
        *("from lowest to highest", "in ascending order", "from smallest to largest"),
        *("ascending", "lowest first", "smallest first", "from least to most"),
        *(", lowest first", ", smallest first", "from low to high"),
    ),
}
SLOTS: Final = {
    **NOUNS,
    "number": _number,
    "best": _best,
    "order": _order,
    "measures": _measures,
}


def read(clause: Clause) -> Iterator[tuple[Compare | Topic, ...]]:
    """Recognise a comparison."""
    for filled in whole(("of|between|among <places>",), clause, SLOTS):
        topic: Any = filled["places"]
        yield (Topic(topic),)
    for filled in whole((*_WHICH, *_MORE, *_TOP), clause, SLOTS):
        if compare := _by_extreme(filled):
            yield (compare,)
    for filled in whole(_RANK, clause, SLOTS):
        group: Any = _group(filled)
        highest: Any = filled.get("order", True)
        measures: Any = filled.get("measures") or (filled["measure"],)
        in_order = clause.word(0) in {"rank", "sort", "order", "list", "show"}
        top = ALL if in_order else 0
        yield tuple(Compare(group, measure, highest, top) for measure in measures)
    for filled in whole(_BEST, clause, SLOTS):
        best: Any = filled["best"]
        yield (Compare(best.group, best.measure, best.highest),)


def _by_extreme(filled: Filled) -> Compare | None:
    measure, highest = _extreme(filled)
    group = _group(filled)
    top: Any = filled.get("number", 0)
    return Compare(group, measure, highest, top) if group is not None else None


def _extreme(filled: Filled) -> tuple[str, bool]:
    if "extreme" in filled:
        return filled["extreme"]  # type: ignore[return-value]
    measure: Any = filled.get("measure") or filled["how"]
    highest: Any = filled.get("direction", True)
    return measure, highest


def _group(filled: Filled) -> Any:
    if "left" in filled:
        left: Any = filled["left"]
        right: Any = filled["right"]
        return replace(left, places=(*left.places, *right.places))
    if "place" in filled:
        return Neighbours(filled["place"])  # type: ignore[arg-type]
    keys = ("places", "owners", "listing", "region", "adjectival")
    return next((filled[key] for key in keys if key in filled), None)
