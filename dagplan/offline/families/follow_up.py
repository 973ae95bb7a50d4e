"""Parts that lean on those before them: "Which is highest?", "And their sum?"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from dagplan.offline.clause import Clause
from dagplan.offline.draft import Draft, ref
from dagplan.offline.families.comparison import Compare, Topic
from dagplan.offline.families.distances import Distances
from dagplan.offline.families.lookup import Lookup, Property
from dagplan.offline.families.totals import Total, expression_of
from dagplan.offline.findings import Findings, quantity
from dagplan.offline.groups import Listing, Those
from dagplan.offline.nouns import NOUNS
from dagplan.offline.outline import (
    Convertible,
    FollowUp,
    Intent,
    Planned,
    Result,
    last_group,
)
from dagplan.offline.pattern import phrases, whole
from dagplan.offline.terms import Group, NotPossibleError
from dagplan.plan.references import for_people

_WORDS: Final = {
    "sum": "sum",
    "mean": "average",
    "difference": "difference",
    "ratio": "ratio",
    "product": "product",
    "min": "smallest of them",
    "max": "largest of them",
}


@dataclass(frozen=True, slots=True)
class Their:
    """An operation on the numbers that the parts before it give.

    Attributes:
        operation: What to do with them.
    """

    operation: str

    def plan(self, draft: Draft, earlier: Sequence[Planned]) -> Planned:
        """Calculate with the values of earlier steps."""
        results = [result for part in earlier for result in part.results]
        self._check(results)
        steps = [result.step for result in results]
        word = _WORDS[self.operation]
        task = f"{word.capitalize()} of the results so far"
        args: dict[str, object] = {"expression": self._expression(steps)}
        step = draft.call(word, task, "calculate", args)
        first = results[0]

        def tell(found: Findings) -> list[str]:
            value = found.number(step)
            if value is None:
                return []
            unit = first.unit or found.unit(first.step)
            keeps = self.operation not in {"ratio", "product"}
            shown = quantity(value, unit) if keeps and unit else for_people(value)
            return [f"Their {word} is {shown}."]

        return Planned(tell, (Result(step, word, first.unit, first.dimension),))

    def _expression(self, steps: list[str]) -> str:
        if self.operation == "difference":
            return f"{ref(steps[0])} - {ref(steps[1])}"
        return expression_of(self.operation, steps)

    def _check(self, results: list[Result]) -> None:
        if len(results) < 2:
            raise NotPossibleError(
                "it refers to results, and there are not two of them"
            )
        if self.operation in {"difference", "ratio"} and len(results) != 2:
            raise NotPossibleError(f"a {self.operation} is of two results")
        if len({result.dimension for result in results}) > 1 and self.operation in {
            *("sum", "mean", "difference", "min", "max"),
        }:
            raise NotPossibleError("the results before it measure different things")


@dataclass(frozen=True, slots=True)
class Which:
    """Which of those before is first.

    Attributes:
        highest: Whether the highest is asked for.
        measure: By what, where it says so.
    """

    highest: bool
    measure: str = ""

    def amend(self, before: Sequence[Intent]) -> list[Intent]:
        """Make a comparison of what was looked up."""
        last = before[-1] if before else None
        rest = before[:-1]
        if isinstance(last, Compare) and self.measure in {"", last.measure}:
            return [*rest, replace(last, highest=self.highest)]
        if isinstance(last, Distances):
            compare = "highest" if self.highest else "lowest"
            return [*rest, replace(last, compare=compare)]
        if isinstance(last, Topic) and self.measure:
            return [*rest, Compare(last.group, self.measure, self.highest)]
        lookups = _same_lookups(before)
        if self.measure and lookups and lookups[0].property.name != self.measure:
            group = last_group(before)
            if group is not None and not group.is_one:
                return [*before, Compare(group, self.measure, self.highest)]
        return _compared(before, lookups, highest=self.highest)


@dataclass(frozen=True, slots=True)
class ByHowMuch:
    """By how much those before differ: every comparison says so."""

    def amend(self, before: Sequence[Intent]) -> list[Intent]:
        """Make a comparison of what was looked up, unless it is one."""
        if before and isinstance(before[-1], Compare | Total):
            return list(before)
        if before and isinstance(before[-1], Distances) and before[-1].compare:
            return list(before)
        return _compared(before, _same_lookups(before), highest=True)


@dataclass(frozen=True, slots=True)
class InUnit:
    """The same in another unit.

    Attributes:
        unit: The unit.
    """

    unit: str

    def amend(self, before: Sequence[Intent]) -> list[Intent]:
        """Ask the last part again, in the unit."""
        last = before[-1] if before else None
        if not isinstance(last, Convertible):
            raise NotPossibleError(f"there is nothing before to give in {self.unit}")
        return [*before, last.in_unit(self.unit)]


@dataclass(frozen=True, slots=True)
class Ditto:
    """The same of other places: "And of Spain?".

    Attributes:
        group: The other places.
    """

    group: Group

    def amend(self, before: Sequence[Intent]) -> list[Intent]:
        """Ask the last part again, of the other places."""
        last = before[-1] if before else None
        if not isinstance(last, Lookup):
            raise NotPossibleError("it does not say what is asked of these places")
        return [*before, replace(last, group=self.group)]


def _same_lookups(before: Sequence[Intent]) -> list[Lookup]:
    """Return the look-ups of one measure with which the question ends so far."""
    found: list[Lookup] = []
    for intent in reversed(before):
        if not isinstance(intent, Lookup) or intent.property.sort != "measure":
            break
        if found and (intent.property, intent.unit) != (
            found[0].property,
            found[0].unit,
        ):
            break
        found.append(intent)
    return found[::-1]


def _compared(
    before: Sequence[Intent], lookups: list[Lookup], *, highest: bool
) -> list[Intent]:
    """Put a comparison in the place of look-ups of one measure."""
    groups = [lookup.group for lookup in lookups]
    lists = [group.places for group in groups if isinstance(group, Listing)]
    if len(groups) == 1:
        group = groups[0]
    elif groups and len(lists) == len(groups):
        group = Listing(tuple(place for places in lists for place in places))
    else:
        raise NotPossibleError("it does not say what to compare, and by what")
    compare = Compare(group, lookups[0].property.name, highest, unit=lookups[0].unit)
    return [*before[: len(before) - len(lookups)], compare]


# What is recognised

_WHICH = (
    (
        "which|what|who one|country|city|place? of? them|these|those|the? two|three? "
        "is|are|has|comes the? <direction> value|one|figure?"
    ),
    (
        "which|what|who one|country|city|place? of? them|these|those|the? two|three? "
        "is|are|has|comes the? <extreme>"
    ),
    (
        "which|what|who one|country|city|place? has|is the? <direction> "
        "population|value|figure?"
    ),
    "which|who wins|leads|is|comes first|ahead?",
    "which one|pair|distance? is|are the? <far>",
    "the? <direction>",
)
_BY_HOW_MUCH = (
    "by? how much <direction>?",
    "by what factor|ratio|margin|amount",
    "by how many times|people|percent",
    "how many times",
    "how many times <direction>",
    "how much|many <direction>",
    "what is the difference",
)
_THEIR = (
    (
        "what|how is|are|much their|the <operation> of? "
        "them|these|those|both|all|two? results|numbers|values|three|answers?"
    ),
    (
        "what|how is|are|much the? <operation> of|between "
        "them|these|those|both|all|two? "
        "results|numbers|values|two|three|answers|both?"
    ),
    "their|the? <operation>",
    "what do|does they|these|those|it add up to",
    "what do they sum|total to?",
    "add them|these|those up|together?",
    "multiply them together?",
)
_THEIR_MEASURE = (
    "what|which is|are their|the <operation> <measure>",
    "what|which is|are the <operation> of their <measure>",
    "their <operation> <measure>",
    "how many people live there|in <together>",
)
_ITS_MEASURE = (
    "what|which is|are their|its <measure>",
    "their <measure>",
)
_DITTO = (
    "and? what|how about <places>",
    "and? of|in|for <places>",
    "and <places>",
    "and <owners>",
    "and? what about <owners>",
)
_IN_UNIT = (
    "and? in <unit>",
    "and? what|how is|much that|it|this in <unit>",
    "and? what are they in <unit>",
    "and? how many <unit> is|are that|it|this|these",
)
_FAR: dict[object, tuple[str, ...]] = {
    True: ("longest", "longer", "furthest", "farthest", "greatest", "further"),
    False: ("shortest", "shorter", "closest", "nearest", "closer"),
}
_TOGETHER: dict[object, tuple[str, ...]] = {"sum": ("in total", "together", "combined")}
SLOTS: Final = {
    **NOUNS,
    "far": phrases(_FAR),
    "together": phrases(_TOGETHER),
}
Part = Intent | FollowUp


def read(clause: Clause) -> Iterator[tuple[Part, ...]]:
    """Recognise a part that refers to the parts before it."""
    for filled in whole(_WHICH, clause, SLOTS):
        yield (_which(filled),)
    for _ in whole(_BY_HOW_MUCH, clause, SLOTS):
        yield (ByHowMuch(),)
    for filled in whole(_THEIR, clause, SLOTS):
        default = "product" if clause.word(0) == "multiply" else "sum"
        yield (Their(str(filled.get("operation", default))),)
    for filled in whole(_IN_UNIT, clause, SLOTS):
        yield (InUnit(str(filled["unit"])),)
    yield from _of_those(clause)


def _which(filled: dict[str, Any]) -> Which:
    if "extreme" in filled:
        measure, highest = filled["extreme"]
        return Which(highest, measure)
    return Which(filled.get("direction", filled.get("far", True)))


def _of_those(clause: Clause) -> Iterator[tuple[Part, ...]]:
    """Recognise questions of "their" population, and of other places."""
    for filled in whole(_THEIR_MEASURE, clause, SLOTS):
        operation = filled.get("operation", "sum")
        measure: Any = filled.get("measure", "population")
        yield (Total(str(operation), measure, Those()),)
    for filled in whole(_ITS_MEASURE, clause, SLOTS):
        yield (Lookup(Property("measure", str(filled["measure"])), Those()),)
    for filled in whole(_DITTO, clause, SLOTS):
        group: Any = filled.get("places") or filled["owners"]
        yield (Ditto(group),)
