"""Sums, averages, differences and ratios over places or over a set of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from dagplan.offline.clause import Clause
from dagplan.offline.draft import Draft, ref
from dagplan.offline.families.comparison import unranked
from dagplan.offline.families.lookup import Lookup, Property
from dagplan.offline.findings import (
    Findings,
    enumeration,
    plain,
    quantity,
    sentence,
    times,
)
from dagplan.offline.groups import Listing
from dagplan.offline.lexicon import MEASURES
from dagplan.offline.nouns import NOUNS
from dagplan.offline.outline import Planned, Result, Tell
from dagplan.offline.pattern import Filled, phrases, whole
from dagplan.offline.quantities import Amounts, amounts, convertible
from dagplan.offline.terms import Group, Members, NotPossibleError, one_kind

_PAIRED = frozenset({"difference", "ratio"})
NOUN: Final = {
    "sum": "total",
    "mean": "average",
    "difference": "difference in",
    "ratio": "ratio of the",
    "product": "product of the",
    "min": "smallest",
    "max": "largest",
}


@dataclass(frozen=True, slots=True)
class Total:
    """Numbers of several places made into one.

    Attributes:
        operation: What to do with them.
        measure: The number of each place.
        group: The places.
        unit: The unit to give it in; empty for its own.
    """

    operation: str
    measure: str
    group: Group
    unit: str = ""

    def in_unit(self, unit: str) -> "Total":
        """Return the same question for another unit."""
        return replace(self, unit=unit)

    def plan(self, draft: Draft, _: Sequence[Planned]) -> Planned:
        """Measure all places side by side, then calculate."""
        about = MEASURES[self.measure]
        self._check()
        members = self.group.members(
            draft, one_kind(self.group, about.kinds, about.noun)
        )
        measured = amounts(draft, self.measure, members, self.unit)
        expression = expression_of(self.operation, measured.steps)
        label = self._label(about.noun, members)
        step = draft.call(
            f"{self.operation}_{about.name}_{members.name}",
            label[0].upper() + label[1:],
            "calculate",
            {"expression": expression},
        )
        unit = "" if self.operation == "ratio" else unit_of(self.measure, self.unit)
        result = Result(step, label, unit, f"{self.measure} {self.unit}")
        return Planned(_telling(label, step, self.measure, measured, unit), (result,))

    def _label(self, noun: str, members: Members) -> str:
        if self.operation in _PAIRED:
            one, two = (spot.label for spot in members.spots)
            if self.operation == "ratio":
                return f"ratio of the {noun} of {one} to that of {two}"
            return f"difference in {noun} between {one} and {two}"
        return f"{NOUN[self.operation]} {noun} of {members.label}"

    def _check(self) -> None:
        about = MEASURES[self.measure]
        spots = len(getattr(self.group, "places", ()))
        if self.operation in _PAIRED and spots != 2:
            raise NotPossibleError(f"a {self.operation} is of two places")
        if self.group.is_one:
            raise NotPossibleError(f"the {NOUN[self.operation]} needs several places")
        if self.operation == "sum" and not about.adds_up:
            raise NotPossibleError(f"the {about.noun} of several places has no sum")
        if self.unit and not convertible(self.measure, self.unit):
            raise NotPossibleError(f"the {about.noun} cannot be given in {self.unit}")


_UNITS: Final = {
    "population": "people",
    "area": "km²",
    "density": "people/km²",
    "gdp": "US$ (PPP)",
    "gdp_per_head": "US$ (PPP) per person",
    "literacy": "%",
    "latitude": "°",
    "longitude": "°",
}


def unit_of(measure: str, asked: str = "") -> str:
    """Return the unit in which steps give a measure."""
    return asked or _UNITS[measure]


def expression_of(operation: str, steps: Sequence[str]) -> str:
    """Write an operation on the values of steps."""
    refs = [ref(step) for step in steps]
    if operation == "difference":
        return f"abs({refs[0]} - {refs[1]})"
    if operation == "ratio":
        return f"{refs[0]} / {refs[1]}"
    if operation == "product":
        return " * ".join(refs)
    return f"{operation}({', '.join(refs)})"


def _telling(label: str, step: str, measure: str, measured: Amounts, unit: str) -> Tell:
    def tell(found: Findings) -> list[str]:
        value = found.number(step)
        if value is None:
            return unranked(found, measured, MEASURES[measure].noun)
        shown = quantity(value, unit) if unit else times(value)
        if measured.is_each:
            count = len(found.items(measured.steps[0]))
            return [sentence(f"the {label} ({count} countries) is {shown}")]
        return [sentence(f"the {label} is {shown} ({_parts(found, measured)})")]

    return tell


def _parts(found: Findings, measured: Amounts) -> str:
    pairs = zip(measured.members.spots, measured.steps, strict=False)
    known = [(spot.label, found.number(step)) for spot, step in pairs]
    return enumeration([f"{name} {plain(n)}" for name, n in known if n is not None])


@dataclass(frozen=True, slots=True)
class Between:
    """An operation on two numbers that need not be of one kind.

    Attributes:
        operator: `+`, `-` or `/`.
        left: The first: a measure and a group of one place.
        right: The second.
    """

    operator: str
    left: tuple[str, Group]
    right: tuple[str, Group]

    def plan(self, draft: Draft, _: Sequence[Planned]) -> Planned:
        """Look both up side by side, then calculate."""
        (one, here), (two, there) = self.left, self.right
        if not (here.is_one and there.is_one):
            raise NotPossibleError("each side has to be the figure of one place")
        if one != two and self.operator != "/":
            raise NotPossibleError(
                f"a {MEASURES[one].noun} and a {MEASURES[two].noun} cannot be added"
            )
        steps: list[str] = []
        labels: list[str] = []
        for measure, group in (self.left, self.right):
            about = MEASURES[measure]
            members = group.members(draft, one_kind(group, about.kinds, about.noun))
            steps += amounts(draft, measure, members).steps
            labels.append(f"the {about.noun} of {members.label}")
        return self._planned(draft, steps, labels)

    def _planned(self, draft: Draft, steps: list[str], labels: list[str]) -> Planned:
        word = {"+": "plus", "-": "minus", "/": "divided by"}[self.operator]
        label = f"{labels[0]} {word} {labels[1]}"
        expression = f"{ref(steps[0])} {self.operator} {ref(steps[1])}"
        task = label[0].upper() + label[1:]
        step = draft.call("result", task, "calculate", {"expression": expression})
        unit = "" if self.operator == "/" else unit_of(self.left[0])

        def tell(found: Findings) -> list[str]:
            value = found.number(step)
            if value is None:
                return []
            return [sentence(f"{label} is {quantity(value, unit)}")]

        return Planned(tell, (Result(step, label, unit, self.left[0]),))


# What is recognised

_ASK = "what|which? is|are? the?"
_PATTERNS = (
    f"{_ASK} <operation> <measure> of|in|between|for|on|along <places>",
    f"{_ASK} <operation> of? the? <measure> of|in|between|for <places>",
    f"{_ASK} <operation> between|of the? <measure> of|in|for <places>",
    f"{_ASK} <operation> between|of <owners> <measure>",
    (
        f"{_ASK} <operation> <measure> of|in|between|for <listing:left> and "
        "that|those of <listing:right>"
    ),
    (
        f"{_ASK} <operation> between|of|in? the? <measure> of <listing:left> and "
        "that|those|the of|to? <listing:right>"
    ),
    (
        f"{_ASK} <operation> of the? <measure> of <listing:left> to|and|over that? "
        "of? <listing:right>"
    ),
    f"{_ASK} <operation> in|of <measure> between|of|from <places>",
    f"{_ASK} <operation> between <places> in|of <measure>",
    f"{_ASK} <owners> <operation> <measure>",
    f"{_ASK} <measure> <operation> between|of <places>",
    "<operation> <measure> of|in|between|for <places>",
    f"{_ASK} <measure> of|in <region>",
    "how many people|inhabitants live|are in <region>",
    "add the? <measure:summed> of|in <places>",
    "add up the? <measure:summed> of|in <places>",
    "what|which is|are the? <measure:summed> of|in <places> <together>",
    "how many people|inhabitants live|are in <places> <together>",
    "how many people|inhabitants do|does <places> have <together>",
    "how big|large is|are <places:areas> <together>",
    "how many people|inhabitants|residents live|are <together> in <places>",
    (
        "by? how much does|do the? <measure:gap> of <listing:left> and|from "
        "<listing:right> differ"
    ),
    (
        "by? how much does|do the? <measure:gap> of <listing:left> exceed that of "
        "<listing:right>"
    ),
)
_BOTH = (
    (
        f"{_ASK} <measure:one> of <places:here> <operator> the? <measure:two> of "
        "<places:there>"
    ),
    (
        f"{_ASK} <operation> between|of the? <measure:one> of <places:here> and the "
        "<measure:two> of <places:there>"
    ),
    (
        f"{_ASK} <operation> of the? <measure:one> of <places:here> to the "
        "<measure:two> of <places:there>"
    ),
    (
        "divide the? <measure:one> of <places:here> by the? <measure:two> of "
        "<places:there>"
    ),
    (
        "add the? <measure:one> of <places:here> to|and the? <measure:two> of "
        "<places:there>"
    ),
)
_TOGETHER: dict[object, tuple[str, ...]] = {
    "sum": (
        "together",
        "combined",
        "in total",
        "altogether",
        "in all",
        "taken together",
    )
}
_OPERATORS: dict[object, tuple[str, ...]] = {
    "+": ("plus", "+"),
    "-": ("minus", "-"),
    "/": ("divided by", "/", "over"),
}


SLOTS: Final = {
    **NOUNS,
    "together": phrases(_TOGETHER),
    "operator": phrases(_OPERATORS),
}


def read(clause: Clause) -> Iterator[tuple[Total | Between | Lookup, ...]]:
    """Recognise a question for one number of several places."""
    for filled in whole(_PATTERNS, clause, SLOTS):
        total = _total(filled)
        # "the total area of France" is its area.
        if total.operation == "sum" and total.group.is_one:
            yield (Lookup(Property("measure", total.measure), total.group),)
        else:
            yield (total,)
    for filled in whole(_BOTH, clause, SLOTS):
        if found := _both(filled, clause):
            yield (found,)


def _total(filled: Filled) -> Total:
    by_default = "difference" if "gap" in filled else "sum"
    operation: Any = filled.get("operation", by_default)
    keys = ("measure", "summed", "gap")
    by_default = "area" if "areas" in filled else "population"
    measure: Any = next((filled[key] for key in keys if key in filled), by_default)
    if "left" in filled:
        return Total(operation, measure, joined(filled["left"], filled["right"]))
    group: Any = next(
        filled[k] for k in (*("places", "owners", "areas"), "region") if k in filled
    )
    return Total(operation, measure, group)


def joined(left: Any, right: Any) -> Listing:
    """Make one list of two."""
    return Listing((*left.places, *right.places))


def _both(filled: Filled, clause: Clause) -> Total | Between | None:
    one: Any = filled["one"]
    two: Any = filled["two"]
    here: Any = filled["here"]
    there: Any = filled["there"]
    operation = str(filled.get("operation", ""))
    listed = isinstance(here, Listing) and isinstance(there, Listing)
    if one == two and operation and listed:
        return Total(operation, one, joined(here, there))
    by_default = "/" if clause.word(0) == "divide" else "+"
    operators = {"sum": "+", "difference": "-", "ratio": "/", "": by_default}
    operator = filled.get("operator", operators.get(operation))
    if operator is None:
        return None
    return Between(str(operator), (one, here), (two, there))
