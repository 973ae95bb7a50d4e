"""Single places: by name, or by what relates them to others."""

import re
from dataclasses import dataclass

from dagplan.offline.draft import Draft, ref
from dagplan.offline.terms import KINDS, Kind, Place, Spot

_WITH_ARTICLE = re.compile(
    r"(United|Democratic Republic|Republic|Central African|Dominican Rep)\b"
    r"|.*(Islands|Republic|Bahamas|Gambia|Maldives|Philippines|Seychelles)$"
)


def with_article(name: str) -> str:
    """Write a name as it stands in a sentence: "the United States"."""
    return f"the {name}" if _WITH_ARTICLE.match(name) else name


@dataclass(frozen=True, slots=True)
class Named:
    """A place by its name.

    Attributes:
        written: What the question says.
        country: Name of the country that it names, if any.
        city: Name of the city that it names, if any.
        guess: What it probably is, where no place has that name.
    """

    written: str
    country: str | None = None
    city: str | None = None
    guess: Kind = "country"

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What it can be, the usual reading first."""
        names = {"country": self.country, "city": self.city}
        found = tuple(kind for kind in KINDS if names[kind] is not None)
        return found or (self.guess, *(kind for kind in KINDS if kind != self.guess))

    def spot(self, _: Draft, kind: Kind) -> Spot:
        """Return the place; it takes no step to know it."""
        name = self.country if kind == "country" else self.city
        name = name or self.written
        return Spot(name, with_article(name.partition(",")[0]), kind)


@dataclass(frozen=True, slots=True)
class CapitalOf:
    """The capital of a country."""

    country: Place

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """A capital is a city."""
        return ("city",)

    def spot(self, draft: Draft, kind: Kind) -> Spot:
        """Add the step that looks up the capital."""
        of = self.country.spot(draft, "country")
        args: dict[str, object] = {"country": of.text, "fact": "capital"}
        name, task = f"capital_{of.label}", f"Capital of {of.label}"
        step = draft.call(name, task, "country_fact", args)
        return Spot(ref(step, "value"), f"the capital of {of.label}", kind)


@dataclass(frozen=True, slots=True)
class CountryOf:
    """The country of a city."""

    city: Place

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """A country is a country."""
        return ("country",)

    def spot(self, draft: Draft, kind: Kind) -> Spot:
        """Add the step that looks up the country."""
        of = self.city.spot(draft, "city")
        args: dict[str, object] = {"city": of.text, "fact": "country"}
        name, task = f"country_{of.label}", f"Country of {of.label}"
        step = draft.call(name, task, "city_fact", args)
        return Spot(ref(step, "value"), f"the country of {of.label}", kind)
