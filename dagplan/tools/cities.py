"""Tools about cities: 6,265 of them, from GeoNames by way of pyworldatlas.

GeoNames says neither of which year a population is nor whether suburbs count, so
that figures of two cities compare roughly. Elevations are left out: nine cities in
ten have none.
"""

from typing import Literal

from dagplan.errors import ToolError
from dagplan.tools.atlas import world
from dagplan.tools.figure import NumberFigure, TextFigure
from dagplan.tools.names import city_named
from dagplan.tools.world import Source

CityFigure = Literal["population", "latitude", "longitude"]
CityFact = Literal["country"]

_UNITS: dict[CityFigure, str] = {
    "population": "people",
    "latitude": "° north",
    "longitude": "° east",
}


def city_figure(city: str, figure: CityFigure) -> NumberFigure:
    """Look up a number about one city: its population or where it lies.

    Args:
        city: Name of the city. Of several with one name the most populous is meant;
            add the country for another: "Valencia, Spain". "of" in the result says
            which city it was.
        figure: "population" in people, "latitude" in degrees north (negative in the
            south) or "longitude" in degrees east (negative in the west).

    Returns:
        {"of", "what", "value", "unit", "year", "source"}: "value" is the number.

    Raises:
        NotFoundError: No city has that name.
        ToolError: The data have no such figure for it.
    """
    about = city_named(city)
    value = {
        "population": about.population,
        "latitude": about.latitude,
        "longitude": about.longitude,
    }[figure]
    if value is None:
        raise ToolError(
            f"no {figure} known for {about.label!r}: GeoNames has none; leave it out"
        )
    return {
        "of": about.label,
        "what": figure,
        "value": value,
        "unit": _UNITS[figure],
        "year": geonames().year,
        "source": geonames().name,
    }


def city_fact(city: str, fact: CityFact) -> TextFigure:
    """Look up a fact about one city: the country that it lies in.

    Args:
        city: Name of the city. Of several with one name the most populous is meant;
            add the country for another: "Valencia, Spain".
        fact: "country".

    Returns:
        {"of", "what", "value", "unit", "year", "source"}: "value" is the text.

    Raises:
        NotFoundError: No city has that name.
    """
    about = city_named(city)
    return {
        "of": about.label,
        "what": fact,
        "value": about.country,
        "unit": None,
        "year": geonames().year,
        "source": geonames().name,
    }


def geonames() -> Source:
    """Name the source of all that is known about cities."""
    atlas = world().atlas
    return Source(f"GeoNames, in {atlas.name}", atlas.year)
