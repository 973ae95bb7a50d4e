"""Land routes, and which places a set has: "Which countries are in Africa?"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dagplan.offline.clause import Clause
from dagplan.offline.draft import Draft
from dagplan.offline.findings import Findings, enumeration, sentence
from dagplan.offline.groups import Region, Route
from dagplan.offline.nouns import NOUNS
from dagplan.offline.outline import Planned
from dagplan.offline.pattern import phrases, whole
from dagplan.offline.terms import Group
from dagplan.plan.references import find


@dataclass(frozen=True, slots=True)
class Roster:
    """The places of a set.

    Attributes:
        group: The set: a route or a region.
        count: Whether only their number is asked for.
    """

    group: Group
    count: bool = False

    def plan(self, draft: Draft, _: Sequence[Planned]) -> Planned:
        """Add the step that lists them."""
        members = self.group.members(draft, None)
        step = next(find(members.each)).step

        def tell(found: Findings) -> list[str]:
            names = found.inner(step)
            if not isinstance(names, list):
                return []
            return self._told(members.label, [str(name) for name in names])

        return Planned(tell)

    def _told(self, label: str, names: list[str]) -> list[str]:
        if isinstance(self.group, Route):
            return [_route(names)]
        if self.count:
            return [sentence(f"there are {len(names)} countries{label[13:]}")]
        return [sentence(f"{label} are {enumeration(names)}")]


def _route(names: list[str]) -> str:
    between = names[1:-1]
    through = f" through {enumeration(between)}" if between else " directly"
    borders = len(names) - 1
    crossed = f"{borders} border{'s' * (borders != 1)}"
    return (
        f"The land route from {names[0]} to {names[-1]} with the fewest borders "
        f"leads{through} and crosses {crossed}."
    )


_ROUTE_NOUN: dict[object, tuple[str, ...]] = {
    "route": tuple(
        f"{adjective}{noun}"
        for noun in (
            "land route",
            "overland route",
            "route by land",
            "route over land",
            "land path",
            "route overland",
            "route",
            "path by land",
            "overland path",
            "way by land",
            "way over land",
        )
        for adjective in ("shortest ", "quickest ", "")
        if noun != "route" or adjective == "shortest "
    )
}
_BY_LAND: dict[object, tuple[str, ...]] = {
    "land": ("by land", "over land", "overland", "by land only", "on land", "by road")
}
SLOTS: Final = {
    **NOUNS,
    "route_noun": phrases(_ROUTE_NOUN),
    "by_land": phrases(_BY_LAND),
}

_ENDS = ("from <place:a> to <place:b>", "between <place:a> and <place:b>")
_GO = "get|go|travel|drive|walk|come"
_PATTERNS = (
    "what|which is|are the? <route_noun> {ends}",
    "find|show|give? me? the? <route_noun> {ends}",
    f"how do|can|could|would|does i|you|one|we|someone {_GO} {{ends}} <by_land>",
    f"how do|can|could|would|does i|you|one|we|someone {_GO} <by_land> {{ends}}",
    f"how to {_GO} <by_land>? {{ends}} <by_land>",
    (
        f"what|which countries do|must|would|does i|you|one|we {_GO}? "
        f"cross|pass|traverse through? {{ends}} <by_land>?"
    ),
    (
        "what|which countries do|must|would|does i|you|one|we cross|pass "
        f"{_GO.replace('get', 'going|travelling|traveling|driving')} {{ends}}"
    ),
    "what|which countries lie|are on <way> {ends}",
    "what|which countries lie|are between <place:a> and <place:b> <by_land>",
    "how many borders do|must|would|does i|you|one|we cross {ends} <by_land>?",
    "how many borders are|is there? crossed? on? <way>? {ends}",
)
_REGION = (
    "what|which are <region_set>",
    "what|which countries|states are|lie|belong there? in|to|of <region>",
    "list|name|show all? of? <region_set>",
    "<region_set>",
)
_COUNT = (
    "how many countries|states|nations are|is|lie there? in <region>",
    "how many countries|states|nations does|do <region> have",
    "what is the number of countries in <region>",
    "how many <adjectival> countries are|is there?",
)


def _region_set(clause: Clause, at: int) -> list[tuple[object, int]]:
    sets = clause.filled("set", NOUNS["set"], at)
    return [(group, end) for group, end in sets if isinstance(group, Region)]


def read(clause: Clause) -> Iterator[tuple[Roster, ...]]:
    """Recognise a question for a route, or for the members of a region."""
    patterns = tuple(p.format(ends=ends) for p in _PATTERNS for ends in _ENDS)
    for filled in whole(patterns, clause, SLOTS):
        yield (Roster(Route(filled["a"], filled["b"])),)  # type: ignore[arg-type]
    slots = {**SLOTS, "region_set": _region_set}
    for patterns, count in ((_REGION, False), (_COUNT, True)):
        for filled in whole(patterns, clause, slots):
            keys = ("region", "region_set", "adjectival")
            group: Any = next(filled[key] for key in keys if key in filled)
            yield (Roster(group, count),)
