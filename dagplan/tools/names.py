"""From what people write to what the world tools know, and the nearest to it."""

import re
from typing import Literal

from dagplan.errors import NotFoundError, ToolError
from dagplan.tools.atlas import world
from dagplan.tools.figure import shown
from dagplan.tools.lookup import MAX_NAME, Lookup, normal
from dagplan.tools.world import City, Country

Kind = Literal["country", "city", "region"]

# "Valencia, Spain" and "Valencia (Spain)".
_WITH_COUNTRY = re.compile(r"([^,(]+)[,(]([^,()]+)\)?\s*")


def country_names() -> list[str]:
    """List all countries and territories by their names."""
    return list(world().countries)


def city_names() -> list[str]:
    """List the names of all cities, without their countries and without repeats."""
    return list(dict.fromkeys(city.name for city in world().cities.values()))


def find_country(text: str) -> str | None:
    """Return the name of the country that a text names.

    Args:
        text: A name in any spelling ("the Netherlands", "ivory coast", "UK"), or an
            ISO 3166 code in upper case.

    Returns:
        The country's common name, or None if the text names none.
    """
    return world().country_names.find(text)


def find_city(text: str) -> str | None:
    """Return the label of the city that a text names.

    Args:
        text: A name in any spelling, with or without the country: "Cordoba",
            "Córdoba, Spain", "London (Canada)".

    Returns:
        The label, e.g. ``"Santiago, Chile"``: of several cities with the name, the
        most populous. None if the text names none.
    """
    known = world()
    found = known.city_names.find(text) or known.city_labels.get(normal(text))
    if found or not (parts := _WITH_COUNTRY.fullmatch(text[:MAX_NAME])):
        return found
    country = find_country(parts[2])
    if country is None:
        return None
    return known.city_labels.get(f"{normal(parts[1])} {normal(country)}")


def nearest(kind: Kind, name: str) -> list[str]:
    """Return up to three known names that resemble a name, best first.

    Args:
        kind: What the name should be of.
        name: What was written; only its first 100 characters count.
    """
    if kind == "city" and (city := find_city(re.split(r"[,(]", name)[0])):
        return [city]  # "Portland, Oregon": known, but not by its state
    return _lookup(kind).nearest(name)


def country_named(name: str) -> Country:
    """Return a country.

    Raises:
        NotFoundError: No country has that name; the nearest names are in it.
    """
    found = find_country(_text("country", name))
    if found is None:
        raise _not_found("country", name)
    return world().countries[found]


def city_named(name: str) -> City:
    """Return a city: of several with the name, the most populous.

    Raises:
        NotFoundError: No city has that name; the nearest names are in it.
    """
    found = find_city(_text("city", name))
    if found is None:
        raise _not_found("city", name)
    return world().cities[found]


def region_named(name: str) -> str:
    """Return the name of a region in the data's own spelling.

    Raises:
        NotFoundError: No region has that name; the nearest names are in it.
    """
    found = world().region_names.find(_text("region", name))
    if found is None:
        raise _not_found("region", name)
    return found


def _lookup(kind: Kind) -> Lookup:
    known = world()
    return {
        "country": known.country_names,
        "city": known.city_names,
        "region": known.region_names,
    }[kind]


def _text(kind: Kind, name: object) -> str:
    if not isinstance(name, str):
        raise ToolError(
            f"{kind} must be a name, got {shown(name)}; refer to ${{step.value}}"
        )
    return name


def _not_found(kind: Kind, name: str) -> NotFoundError:
    cut = name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}…"
    return NotFoundError(kind, cut, nearest(kind, name))
