"""The names that the default tools know, as a `Gazetteer`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from dagplan.offline.gazetteer import Gazetteer, Kind
from dagplan.offline.lexicon import COMMON
from dagplan.offline.text import fold
from dagplan.tools import names
from dagplan.tools.atlas import world
from dagplan.tools.lookup import Lookup


@dataclass(frozen=True, slots=True)
class WorldNames:
    """Names of one kind.

    Attributes:
        kind: What they name.
        finder: Finds one.
        first: Words with which they begin.
        by_initial: Their spellings by the first letter.
    """

    kind: Kind
    finder: Callable[[str], str | None]
    first: frozenset[str]
    by_initial: Mapping[str, list[str]]

    def find(self, text: str, /) -> str | None:
        """Return the name of the thing that a text names; None if none does."""
        return self.finder(text)

    def nearest(self, text: str, /) -> list[str]:
        """Return up to three names that resemble a text, best first."""
        return names.nearest(self.kind, text)

    def alike(self, text: str, /) -> list[str]:
        """Return names with the same initial and about the same length.

        `nearest` compares with all names, which takes 30 ms for cities.
        """
        key = fold(text)
        return [
            name
            for name in self.by_initial.get(key[:1], ())
            if abs(len(name) - len(key)) < 3
        ]

    def begins(self, word: str, /) -> bool:
        """Tell whether a name begins with a folded word."""
        return word in self.first


@cache
def world_gazetteer() -> Gazetteer:
    """Return the names of the world's countries, cities and regions."""
    known = world()
    lookups: dict[Kind, tuple[Callable[[str], str | None], Lookup]] = {
        "country": (names.find_country, known.country_names),
        "city": (names.find_city, known.city_names),
        "region": (known.region_names.find, known.region_names),
    }
    kinds: dict[Kind, WorldNames] = {}
    for kind, (finder, lookup) in lookups.items():
        written = [*lookup.names, *(code.casefold() for code in lookup.codes)]
        first = frozenset(name.split()[0] for name in written if name.split())
        by_initial: dict[str, list[str]] = {}
        for name in lookup.names:
            by_initial.setdefault(name[:1], []).append(name)
        remembered = lru_cache(4096)(finder)
        kinds[kind] = WorldNames(kind, remembered, first, by_initial)
    return Gazetteer(kinds, COMMON)
