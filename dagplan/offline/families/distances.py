"""Distances between cities: of one pair or several, compared, or in a row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from dagplan.offline.clause import Clause, Fillings
from dagplan.offline.draft import Draft, ref
from dagplan.offline.findings import (
    Findings,
    enumeration,
    number,
    place_name,
    quantity,
    unit_in,
)
from dagplan.offline.lexicon import UNIT_KINDS
from dagplan.offline.nouns import NOUNS
from dagplan.offline.outline import Planned, Result
from dagplan.offline.pattern import phrases, whole
from dagplan.offline.terms import NotPossibleError, Place, Spot
from dagplan.offline.wording import Wording, ranked_sentences

Pair = tuple[Place, Place]


@dataclass(frozen=True, slots=True)
class Distances:
    """How far places are apart.

    Attributes:
        pairs: Which places.
        compare: Whether to rank the pairs: `"highest"`, `"lowest"` or not at all.
        total: Whether to add them up.
        unit: The unit to give them in; empty for km.
    """

    pairs: tuple[Pair, ...]
    compare: str = ""
    total: bool = False
    unit: str = ""

    def in_unit(self, unit: str) -> "Distances":
        """Return the same question for another unit."""
        return replace(self, unit=unit)

    def plan(self, draft: Draft, _: Sequence[Planned]) -> Planned:
        """Work out all distances side by side; then rank or add them."""
        if self.unit and self.unit not in UNIT_KINDS["length"]:
            raise NotPossibleError(f"a distance cannot be given in {self.unit}")
        legs = [self._leg(draft, pair) for pair in self.pairs]
        if self.compare:
            return self._ranked(draft, legs)
        if self.total:
            return self._added(draft, legs)
        return Planned(lambda found: _listed(found, legs), tuple(legs))

    def _leg(self, draft: Draft, pair: Pair) -> Result:
        one, two = (_city(draft, place) for place in pair)
        label = f"{one.label} and {two.label}"
        step = draft.call(
            f"distance_{one.label}_{two.label}",
            f"Distance between {label}",
            "distance",
            {"start": one.text, "end": two.text},
        )
        if self.unit:
            name = f"distance_{one.label}_{two.label}_in_{self.unit}"
            task = f"Distance between {label} in {self.unit}"
            args: dict[str, object] = {"value": ref(step), "to": self.unit}
            step = draft.call(name, task, "convert", args)
        return Result(step, label, dimension=f"length {self.unit}")

    def _ranked(self, draft: Draft, legs: list[Result]) -> Planned:
        items: list[object] = [
            {"item": leg.label, "value": ref(leg.step)} for leg in legs
        ]
        args: dict[str, object] = {"items": items}
        if self.compare == "lowest":
            args["descending"] = False
        step = draft.call("ranking", "Rank the distances", "rank", args)
        other = "lowest" if self.compare == "highest" else "highest"
        apart = "farthest apart" if self.compare == "highest" else "closest"
        unit = self.unit or "km"
        wording = Wording("distance", self.compare, other, unit, has=f"are {apart}")

        def tell(found: Findings) -> list[str]:
            ranked = found.value(step)
            if not isinstance(ranked, dict):
                return _listed(found, legs)
            return ranked_sentences(ranked, wording)

        return Planned(tell, tuple(legs))

    def _added(self, draft: Draft, legs: list[Result]) -> Planned:
        steps = ", ".join(ref(leg.step) for leg in legs)
        args: dict[str, object] = {"expression": f"sum({steps})"}
        step = draft.call("total_distance", "Total distance", "calculate", args)
        unit = self.unit or "km"

        def tell(found: Findings) -> list[str]:
            total = found.number(step)
            said = (
                [f"The distances add up to {quantity(total, unit)}."] if total else []
            )
            return [*said, *_listed(found, legs)]

        return Planned(
            tell, (Result(step, "total distance", unit, f"length {self.unit}"),)
        )


def _city(draft: Draft, place: Place) -> Spot:
    if "city" not in place.kinds:
        raise NotPossibleError(
            "distances are known between cities; ask for that between the capitals"
        )
    return place.spot(draft, "city")


def _listed(found: Findings, legs: list[Result]) -> list[str]:
    known = []
    for leg in legs:
        value = found.value(leg.step)
        if (amount := number(value)) is not None:
            ends = _ends(value, leg.label)
            known.append(f"between {ends} is {quantity(amount, unit_in(value))}")
    if not known:
        return []
    rest = [text.replace(" is ", " ", 1) for text in known[1:]]
    line = enumeration([known[0], *(f"that {text}" for text in rest)])
    return [f"The distance {line}, as the crow flies."]


def _ends(figure: object, label: str) -> str:
    """Name the cities that were measured, under their right names."""
    of = str(figure.get("of", "")) if isinstance(figure, dict) else ""
    one, _, two = of.partition(" to ")
    if label.count("the capital of") or not two:
        return f"{label} ({place_name(one)} and {place_name(two)})" if two else label
    return f"{place_name(one)} and {place_name(two)}"


# What is recognised


def _pair(clause: Clause, at: int) -> Fillings:
    """Two places: "between A and B", "from A to B"."""
    opened = clause.word(at) in {"between", "from"}
    found: Fillings = []
    for one, end in clause.filled("place", NOUNS["place"], at + opened):
        if clause.word(end) not in {"and", "to", "from"}:
            continue
        skip = end + 1 + (clause.word(end + 1) == "from")
        for two, stop in clause.filled("place", NOUNS["place"], skip):
            found.append(((one, two), stop))
    return found


def _pairs(clause: Clause, at: int) -> Fillings:
    found: Fillings = []
    for pair, end in _pair(clause, at):
        row, stop = [pair], end
        found.append(((pair,), end))
        while clause.word(stop) in {",", "and"}:
            after = stop + 1 + (clause.word(stop + 1) == "and")
            if clause.word(after) not in {"between", "from"}:
                break
            more = _pair(clause, after)
            if not more:
                break
            row.append(more[0][0])
            stop = more[0][1]
            found.append((tuple(row), stop))
    return found[::-1]


_FAR: dict[object, tuple[str, ...]] = {
    "highest": ("further", "farther", "furthest", "farthest", "most distant"),
    "lowest": ("closer", "closest", "nearer", "nearest", "less far", "least distant"),
}
SLOTS: Final = {**NOUNS, "pair": _pair, "pairs": _pairs, "far": phrases(_FAR)}

_ASK = "what|how is|are|long"
_PAIRS = (
    "what is|are the? distance|distances <pairs>",
    "distance|distances <pairs>",
    "how far is|are it? away? <pairs>",
    "how far apart|away is|are <pair>",
    "how far away? is|are <pair>",
    "how far is|are <pair> apart",
    "how long|far is the way|distance|trip|flight? <pair>",
    "how many <unit> is|are|lie it|there? <pair>",
    "how many <unit> apart is|are <pair>",
)
_FROM_ONE = (
    "how far is|are <listing> from <place>",
    "how far is|lies <place> from <listing>",
    "what is|are the distance|distances from|of <place> to|from <listing>",
)
_COMPARED = (
    "what|which city? is|lies|are the? <far> from|to <place> ,|:|; <listing>",
    "what|which city? is|lies the? <far> from|to <place> of? <listing>",
    "is|lies <place> <far> from|to <listing>",
    "what|which of <listing> is|lies the? <far> from|to <place>",
    "what|which city? is|lies <far> ,|: <listing> from|to <place>",
    "is|lies <listing> <far> from|to <place>",
    "compare the? distances? from <place> to <listing>",
    "is it? <far> from <place> to <listing>",
)
_TOUR = (
    "what|how is|long the? total distance from <tour>",
    "how far is it? from <tour>",
    "how far is the? trip|journey|tour|route from <tour>",
    "what is|are the? total|whole|combined distance of? from? <tour>",
    "how long is the? trip|journey|tour from <tour>",
)


def _tour(clause: Clause, at: int) -> Fillings:
    """Three places or more in a row: "A to B to C", "A via B to C"."""
    row: list[Place] = []
    found: Fillings = []
    stop = at
    while row_end := clause.filled("place", NOUNS["place"], stop):
        place: Any = row_end[-1][0]
        row.append(place)
        stop = row_end[-1][1]
        if len(row) > 2:
            found.append((tuple(row), stop))
        if clause.word(stop) not in {"to", "via", "over", "and", ",", "through"}:
            break
        stop += 1
        while clause.word(stop) in {"then", "to", "and", "on", "via", "back"}:
            stop += 1
    return found[::-1]


def read(clause: Clause) -> Iterator[tuple[Distances, ...]]:
    """Recognise a question for distances."""
    for filled in whole(_PAIRS, clause, SLOTS):
        pairs: Any = filled.get("pairs") or (filled["pair"],)
        unit: Any = filled.get("unit", "")
        yield (Distances(pairs, unit=unit),)
    for patterns, compared in ((_FROM_ONE, False), (_COMPARED, True)):
        for filled in whole(patterns, clause, SLOTS):
            yield from _around(filled, compared=compared)
    for filled in whole(_TOUR, clause, {**SLOTS, "tour": _tour}):
        tour: Any = filled["tour"]
        yield (Distances(tuple(pairwise(tour)), total=True),)


def _around(filled: dict[str, Any], *, compared: bool) -> Iterator[tuple[Distances]]:
    """Make pairs of one place with several."""
    places = filled["listing"].places
    if len(places) < 2:
        return
    pairs = tuple((filled["place"], place) for place in places)
    yield (Distances(pairs, filled["far"] if compared else ""),)
