"""What is known of the world, as frozen values that threads may share."""

from collections.abc import Mapping
from dataclasses import dataclass

from dagplan.tools.lookup import Lookup


@dataclass(frozen=True, slots=True)
class Source:
    """A data set in one release.

    Attributes:
        name: The data set and its version.
        year: The year in which that release was published.
    """

    name: str
    year: int

    def __and__(self, other: "Source") -> "Source":
        """Return the source of a figure that is made of two."""
        return Source(f"{self.name} and {other.name}", min(self.year, other.year))


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory.

    Attributes:
        name: Its common English name.
        continent: One of Africa, Asia, Europe, North America, Oceania, South America.
        capital: A name by which the capital can be looked up.
        currency: English name of its currency.
        area: Total area in km², inland water included.
        population: People.
        gdp: Gross domestic product in international dollars (purchasing power parity).
        literacy: Percent of the population.
        languages: Official ones, most spoken first.
        de_facto: Whether these have no legal status, only that use.
        neighbours: Names of countries with a common land border; None if unknown.
        cities: Names by which its cities can be looked up, most populous first.
    """

    name: str
    continent: str | None
    capital: str | None
    currency: str | None
    area: int | float | None
    population: int
    gdp: int
    literacy: int | float
    languages: tuple[str, ...]
    de_facto: bool
    neighbours: tuple[str, ...] | None
    cities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class City:
    """A populated place.

    Attributes:
        name: Its own name.
        country: Name of its country.
        population: People, as GeoNames lists them; None if unknown.
        latitude: Degrees north.
        longitude: Degrees east.
        is_capital: Whether it is the capital of its country.
    """

    name: str
    country: str
    population: int | None
    latitude: float
    longitude: float
    is_capital: bool

    @property
    def label(self) -> str:
        """Name it so that no other city is meant."""
        return f"{self.name}, {self.country}"


@dataclass(frozen=True, slots=True)
class World:
    """All that the world tools know; frozen, so threads may share it.

    Attributes:
        countries: By name.
        cities: By label, most populous first.
        regions: By name, the names of their states.
        country_names: Finds a country's name.
        city_names: Finds a city's label; of several cities, the most populous one's.
        city_labels: Labels by their normalised spelling, "valencia spain".
        region_names: Finds a region's name.
        atlas: The package pyworldatlas.
        cldr: The Unicode Common Locale Data Repository.
    """

    countries: Mapping[str, Country]
    cities: Mapping[str, City]
    regions: Mapping[str, tuple[str, ...]]
    country_names: Lookup
    city_names: Lookup
    city_labels: Mapping[str, str]
    region_names: Lookup
    atlas: Source
    cldr: Source
