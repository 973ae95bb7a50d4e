"""Properties of one or several places: "What is the capital of Peru?"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from dagplan.offline.clause import Clause, Fillings
from dagplan.offline.draft import Draft
from dagplan.offline.findings import (
    Findings,
    enumeration,
    full_name,
    inner,
    number,
    place_name,
    quantity,
    sentence,
    unit_in,
)
from dagplan.offline.groups import Listing
from dagplan.offline.lexicon import MEASURES, UNIT_KINDS
from dagplan.offline.nouns import NOUNS
from dagplan.offline.outline import Planned, Result, Tell
from dagplan.offline.pattern import Filled, match, whole
from dagplan.offline.quantities import amounts, convertible
from dagplan.offline.terms import Group, Members, NotPossibleError, kind_for
from dagplan.plan.references import for_people

Sort = Literal["measure", "fact", "list", "count"]


@dataclass(frozen=True, slots=True)
class Property:
    """Something that a place has.

    Attributes:
        sort: What it is: a number, a text, a list, or the length of a list.
        name: What the tools call it.
    """

    sort: Sort
    name: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """What has it."""
        if self.sort == "measure":
            return MEASURES[self.name].kinds
        return ("city",) if self.name == "country" else ("country",)

    @property
    def noun(self) -> str:
        """What an answer calls it."""
        return MEASURES[self.name].noun if self.sort == "measure" else self.name


@dataclass(frozen=True, slots=True)
class Lookup:
    """One property of one place or more.

    Attributes:
        property: What is asked.
        group: Of which places.
        unit: The unit to give it in; empty for its own.
    """

    property: Property
    group: Group
    unit: str = ""

    def in_unit(self, unit: str) -> "Lookup":
        """Return the same question for another unit."""
        return replace(self, unit=unit)

    def plan(self, draft: Draft, _: Sequence[Planned]) -> Planned:
        """Look it up for all places side by side."""
        kind = kind_for(self.group, self.property.kinds, self.property.noun)
        members = self.group.members(draft, kind)
        if self.property.sort == "measure":
            return self._measure(draft, members)
        if self.unit:
            raise NotPossibleError(f"the {self.property.noun} has no unit")
        steps = _look_up(draft, self.property, members)
        return Planned(_telling(self.property, members, steps))

    def _measure(self, draft: Draft, members: Members) -> Planned:
        name = self.property.name
        if self.unit and not convertible(name, self.unit):
            noun = self.property.noun
            raise NotPossibleError(f"the {noun} cannot be given in {self.unit}")
        found = amounts(draft, name, members, self.unit)
        results = tuple(
            Result(step, spot.label, found.unit, f"{name} {self.unit}")
            for spot, step in zip(members.spots, found.steps, strict=False)
        )
        return Planned(
            _telling(self.property, members, found.steps, found.unit), results
        )


def _look_up(draft: Draft, what: Property, members: Members) -> tuple[str, ...]:
    tool = "country_list" if what.sort in {"list", "count"} else "country_fact"
    key = "list_of" if tool == "country_list" else "fact"
    title = what.name.capitalize()
    if members.each:
        args: dict[str, object] = {"country": "${item}", key: what.name}
        name, task = (
            f"{what.name}_{members.name}",
            f"{title} of each of {members.label}",
        )
        return (draft.call(name, task, tool, args, members.each),)
    steps = []
    for spot in members.spots:
        args = {spot.kind: spot.text, key: what.name}
        name, task = f"{what.name}_{spot.label}", f"{title} of {spot.label}"
        tool = "city_fact" if spot.kind == "city" else tool
        steps.append(draft.call(name, task, tool, args))
    return tuple(steps)


def _telling(
    what: Property, members: Members, steps: tuple[str, ...], unit: str = ""
) -> Tell:
    def each(found: Findings) -> list[str]:
        entries = [(n, _said(what, v)) for n, v in found.items(steps[0])]
        listed = "; ".join(f"{name}: {text}" for name, text in entries)
        title = f"The {what.noun} of each of {members.label}"
        return [f"{title}: {listed}."] if listed else []

    def tell(found: Findings) -> list[str]:
        known = [
            (_of(found, step, spot.label), _said(what, found.value(step), unit))
            for spot, step in zip(members.spots, steps, strict=True)
            if found.value(step) is not None
        ]
        return _sentences(what, known)

    return each if members.each else tell


def _of(found: Findings, step: str, label: str) -> str:
    """Name the place: "the capital of Peru (Lima)" where the question does not."""
    name = found.of(step, label)
    if label.startswith(("the capital", "the country", *_DESCRIBED)) and name != label:
        return f"{label} ({place_name(name)})"
    return full_name(name)


_DESCRIBED = ("the most", "the least", "the largest", "the smallest", "the one")


def _said(what: Property, value: object, unit: str = "") -> str:
    if what.sort == "count":
        listed = inner(value)
        return str(len(listed)) if isinstance(listed, list) else ""
    if (amount := number(value)) is not None:
        unit = unit_in(value) or unit
        return quantity(amount, "" if unit == "people" else unit)
    found = inner(value)
    return for_people(found) if found != [] else "none"


def _sentences(what: Property, known: list[tuple[str, str]]) -> list[str]:
    if not known:
        return []
    if what.sort == "count":
        return [_counted(what, name, count) for name, count in known]
    if what.sort == "list":
        return [_list(what, name, text) for name, text in known]
    if what.name in {"country", "continent"}:
        return [sentence(enumeration([f"{name} is in {text}" for name, text in known]))]
    (name, text), rest = known[0], known[1:]
    others = [f"that of {other} {said}" for other, said in rest]
    first = f"the {what.noun} of {name} is {text}"
    return [sentence(enumeration([first, *others]))]


def _list(what: Property, name: str, text: str) -> str:
    is_one = " and " not in text and text != "none"
    noun = what.noun.removesuffix("s") if is_one else what.noun
    return sentence(f"the {noun} of {name} {'is' if is_one else 'are'} {text}")


def _counted(what: Property, name: str, count: str) -> str:
    noun = what.noun.removesuffix("s") if count == "1" else what.noun
    return sentence(f"{name} has {count} {noun}")


# What is recognised


def _property(clause: Clause, at: int) -> Fillings:
    at += clause.word(at) in {"the", "its", "their"}
    return [
        (Property(sort, name), end)  # type: ignore[arg-type]
        for sort in ("measure", "fact", "list")
        for name, end in NOUNS[sort](clause, at)
    ]


def _properties(clause: Clause, at: int) -> Fillings:
    """One property after the other, the longest row first."""
    found: Fillings = []
    for first, end in _property(clause, at):
        row, stop = [first], end
        found.append(((first,), end))
        while more := _property(clause, _after_separators(clause, stop)):
            if _after_separators(clause, stop) == stop:
                break
            row.append(more[0][0])
            stop = max(end for _, end in more)
            found.append((tuple(row), stop))
    return found[::-1]


def _after_separators(clause: Clause, at: int) -> int:
    while clause.word(at) in {",", "and"}:
        at += 1
    return at


def _lookups_in(filled: Filled) -> tuple[Lookup, ...]:
    group: Any = filled.get("places") or filled["owners"]
    properties: Any = filled["properties"]
    unit: Any = filled.get("unit", "")
    return tuple(Lookup(what, group, unit) for what in properties)


def _lookups(clause: Clause, at: int) -> Fillings:
    """Properties of places, then other properties of others, the longest row first.

    "the population of France and the capital of Peru" are two look-ups.
    """
    found: Fillings = []
    for pattern in _ROWS:
        for filled, end in match(pattern, clause, SLOTS, at):
            row = _lookups_in(filled)
            found.append((row, end))
            after = _after_separators(clause, end)
            if after > end:
                more: Any = clause.filled("lookups", _lookups, after)
                found += [((*row, *rest), stop) for rest, stop in more]
    return found


SLOTS: Final = {
    **NOUNS,
    "property": _property,
    "properties": _properties,
    "lookups": _lookups,
}

_ASK = "what|which is|are"
_GENERAL = (
    f"{_ASK} <lookups>",
    "what <lookups> is|are",
    "<lookups>",
    "list|name|find|show <lookups>",
    "what|which <properties> does|do <places> have",
)
_ROWS = (
    "<properties> of|in|for <places>",
    "<owners> <properties>",
    "<properties> in <unit> of <places>",
)
_MEASURES: dict[str, tuple[str, ...]] = {
    "population": (
        "how many people|inhabitants|residents live|are|reside in <places>",
        "how many people|inhabitants|residents are there in <places>",
        "how many people|inhabitants|residents do|does <places> have",
        "how many people|inhabitants|residents has|have <places>",
        "how populous|populated is|are <places>",
        "what is|are the? number of people|inhabitants living? in <places>",
    ),
    "density": (
        "how densely populated is|are <places>",
        "how crowded|dense is|are <places>",
        "how many people live? per square kilometre|km in <places>",
        "how many people per square kilometre|km live|are there? in <places>",
        "how many people live|are in <places> per square kilometre|km",
    ),
    "area": ("how big|large is|are <places>",),
    "literacy": ("how literate is|are <places>",),
}
_FACTS: dict[tuple[Sort, str], tuple[str, ...]] = {
    ("fact", "capital"): ("what|which city is the? capital of <places>",),
    ("fact", "continent"): (
        "what|which continent is|are|lies <places> in|on",
        "on|in which|what continent is|are|lies|lie <places>",
        "what|which continent does|do <places> belong to",
        "to which|what continent does|do <places> belong",
    ),
    ("fact", "currency"): (
        "what|which currency|currencies does|do|is|are <places> use",
        "what|which currency|currencies is|are used in <places>",
        "what|which currency|currencies do people use in <places>",
        "what|which money does|do <places> use",
    ),
    ("fact", "country"): (
        "what|which country is|are|lies <places> in",
        "in what|which country is|are|lies <places>",
        "what|which country does <places> belong to",
    ),
    ("list", "languages"): (
        "what|which language|languages is|are spoken in <places>",
        "what|which language|languages do|does people|one speak in <places>",
        "what|which language|languages does|do <places> speak",
        "what|which official language|languages does|do <places> have",
    ),
    ("list", "neighbours"): (
        "what|which countries|states border|neighbour|surround <places>",
        "what|which countries|states does|do <places> border",
        "what|which countries|states are next to <places>",
        "who|what does <places> border",
        "who|what borders <places>",
        "what|which countries|states share a border with <places>",
        "who are <owners> neighbours",
        "who are the? neighbours of <places>",
    ),
    ("list", "cities"): ("what|which <list> are in|of <places>",),
    ("count", "neighbours"): (
        "how many neighbours does|do <places> have",
        "how many neighbouring countries does|do <places> have",
        "how many countries|states border <places>",
        "how many countries|states does|do <places> border",
        "what is the? number of neighbours of <places>",
    ),
    ("count", "languages"): (
        "how many official? languages does|do <places> have",
        "how many official? languages are there? spoken? in <places>",
    ),
}


def read(clause: Clause) -> Iterator[tuple["Lookup", ...]]:
    """Recognise a question for properties."""
    for filled in whole(_GENERAL, clause, SLOTS):
        found: Any = filled.get("lookups") or _lookups_in(filled)
        yield found
    for measure, patterns in _MEASURES.items():
        yield from _fixed(Property("measure", measure), patterns, clause)
    for (sort, name), patterns in _FACTS.items():
        yield from _fixed(Property(sort, name), patterns, clause)
    for filled in whole(("how many <unit> is|are|has|have <places>",), clause, SLOTS):
        places: Any = filled["places"]
        unit = str(filled["unit"])
        if unit in UNIT_KINDS["area"]:
            yield (Lookup(Property("measure", "area"), places, unit),)
    for filled in whole(("where is|are|lies <listing>",), clause, SLOTS):
        listing: Any = filled["listing"]
        yield tuple(_located(Listing((place,))) for place in listing.places)


def _fixed(
    what: Property, patterns: tuple[str, ...], clause: Clause
) -> Iterator[tuple[Lookup, ...]]:
    for filled in whole(patterns, clause, SLOTS):
        if filled.get("list", what.name) == what.name:
            group: Any = filled.get("places") or filled["owners"]
            yield (Lookup(what, group),)


def _located(group: Listing) -> Lookup:
    where = "country" if group.kinds[0] == "city" else "continent"
    return Lookup(Property("fact", where), group)
