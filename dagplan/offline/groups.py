"""Groups of places: a list of names, a country's neighbours, a region, a route."""

from dataclasses import dataclass
from typing import Final

from dagplan.offline.draft import Draft, ref
from dagplan.offline.lexicon import MEASURES
from dagplan.offline.quantities import Amounts, amounts
from dagplan.offline.terms import (
    KINDS,
    Group,
    Kind,
    Members,
    NotPossibleError,
    Place,
    Spot,
)
from dagplan.plan.references import for_people

MOST_PLACES: Final = 60
"""Places of one list: an expression with all of them is one that `calculate` takes."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Places that the question lists."""

    places: tuple[Place, ...]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What all of them can be, the usual reading first."""
        shared = [k for k in KINDS if all(k in p.kinds for p in self.places)]
        # Singapore among cities is a city.
        leading = {place.kinds[0] for place in self.places}
        return tuple(
            sorted(
                shared,
                key=lambda k: (
                    k not in leading or (k == "country" and "city" in leading)
                ),
            )
        )

    @property
    def is_one(self) -> bool:
        """Whether there is only one."""
        return len(self.places) == 1

    def members(self, draft: Draft, kind: Kind | None) -> Members:
        """Add the steps that find them, side by side."""
        if len(self.places) > MOST_PLACES:
            raise NotPossibleError(f"at most {MOST_PLACES} places at a time are read")
        spots = tuple(p.spot(draft, kind or p.kinds[0]) for p in self.places)
        labels = [spot.label for spot in spots]
        return Members(for_people(labels), "_".join(labels), _distinct(spots))


def _distinct(spots: tuple[Spot, ...]) -> tuple[Spot, ...]:
    """Drop repeats, and label namesakes by their full names."""
    once = tuple(dict.fromkeys(spots))
    labels = [spot.label for spot in once]
    return tuple(
        spot
        if labels.count(spot.label) == 1 or "${" in spot.text
        else Spot(spot.text, spot.text, spot.kind)
        for spot in once
    )


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The countries that border a country."""

    of: Place

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Neighbours are countries."""
        return ("country",)

    @property
    def is_one(self) -> bool:
        """There are several, as a rule."""
        return False

    def members(self, draft: Draft, _: Kind | None) -> Members:
        """Add the step that lists them."""
        spot = self.of.spot(draft, "country")
        args: dict[str, object] = {"country": spot.text, "list_of": "neighbours"}
        name, task = f"neighbours_{spot.label}", f"Neighbours of {spot.label}"
        step = draft.call(name, task, "country_list", args)
        return Members(f"the neighbours of {spot.label}", name, each=ref(step, "value"))


@dataclass(frozen=True, slots=True)
class Region:
    """The countries of a region."""

    name: str

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Its members are countries."""
        return ("country",)

    @property
    def is_one(self) -> bool:
        """There are several."""
        return False

    def members(self, draft: Draft, _: Kind | None) -> Members:
        """Add the step that lists them."""
        name, task = f"countries_{self.name}", f"Countries in {self.name}"
        step = draft.call(name, task, "countries_in", {"region": self.name})
        return Members(f"the countries in {self.name}", name, each=ref(step, "value"))


@dataclass(frozen=True, slots=True)
class Route:
    """The countries on the land route with the fewest borders, both ends included."""

    start: Place
    end: Place

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """A route leads through countries."""
        return ("country",)

    @property
    def is_one(self) -> bool:
        """There are several."""
        return False

    def members(self, draft: Draft, _: Kind | None) -> Members:
        """Add the step that finds the route."""
        start, end = (p.spot(draft, "country") for p in (self.start, self.end))
        ends = f"from {start.label} to {end.label}"
        name = f"route_{start.label}_{end.label}"
        args: dict[str, object] = {"start": start.text, "end": end.text}
        step = draft.call(name, f"Land route {ends}", "land_route", args)
        return Members(
            f"the countries on the route {ends}", name, each=ref(step, "value")
        )


@dataclass(frozen=True, slots=True)
class Those:
    """The group that the question spoke of before: "the countries on it"."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Not known before it is known which group is meant."""
        return ()

    @property
    def is_one(self) -> bool:
        """There are several."""
        return False

    def members(self, _draft: Draft, _kind: Kind | None) -> Members:
        """Fail: the outline puts the group meant in its place."""
        raise AssertionError("the outline has to say which group is meant")


@dataclass(frozen=True, slots=True)
class Extreme:
    """The place of a group that has most, or least, of something.

    Attributes:
        group: Where to look.
        measure: What counts.
        highest: Whether most of it counts.
    """

    group: Group
    measure: str
    highest: bool

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The same as its group's."""
        return self.group.kinds[:1]

    def spot(self, draft: Draft, kind: Kind) -> Spot:
        """Add the steps that rank the group."""
        members = self.group.members(draft, kind)
        step = ranking(draft, amounts(draft, self.measure, members), self)
        return Spot(ref(step, "first", "item"), self.label(members), kind)

    def label(self, members: Members) -> str:
        """Name the place by what it is."""
        about = MEASURES[self.measure]
        if word := about.most if self.highest else about.least:
            return f"the {word} of {members.label}"
        which = about.highest if self.highest else about.lowest
        return f"the one with the {which} {about.noun} of {members.label}"


def ranking(draft: Draft, measured: Amounts, by: Extreme) -> str:
    """Add the step that ranks what was measured."""
    about = MEASURES[by.measure]
    taken = any(step.tool == "rank" for step in draft.steps.values())
    name = f"ranking_{about.name}_{measured.members.name}" if taken else "ranking"
    task = f"Rank {measured.members.label} by {about.noun}"
    args: dict[str, object] = {"items": measured.items()}
    if not by.highest:
        args["descending"] = False
    return draft.call(name, task, "rank", args)
