"""Tools between two places: distances of cities, land routes between countries."""

from collections import deque
from math import asin, cos, radians, sin, sqrt

from dagplan.errors import ToolError
from dagplan.tools.atlas import world
from dagplan.tools.cities import geonames
from dagplan.tools.figure import ListFigure, NumberFigure
from dagplan.tools.names import city_named, country_named, find_city, find_country
from dagplan.tools.world import City, Country

EARTH_RADIUS = 6371.0088  # km; mean radius R1 of the GRS 80 ellipsoid (Moritz 2000)


def distance(start: str, end: str) -> NumberFigure:
    """Work out the great-circle distance ("as the crow flies") between two cities.

    Args:
        start: Name of a city; add the country where a smaller namesake is meant:
            "London, Canada". For a country, look up its capital first.
        end: Name of another city, likewise.

    Returns:
        {"of", "what", "value", "unit", "year", "source"}: "value" is in km, to 0.1.

    Raises:
        NotFoundError: No city has that name.
        ToolError: A country was given.
    """
    one, two = _city(start), _city(end)
    return {
        "of": f"{one.label} to {two.label}",
        "what": "great-circle distance",
        "value": round(_great_circle(one, two), 1),
        "unit": "km",
        "year": geonames().year,
        "source": geonames().name,
    }


def land_route(start: str, end: str) -> ListFigure:
    """Find the land route between two countries that crosses the fewest borders.

    Args:
        start: Name of the country where the route begins.
        end: Name of the country where it ends.

    Returns:
        {"of", "what", "value", "unit", "year", "source"}: "value" is the list of
        country names along the route, both ends included.

    Raises:
        NotFoundError: No country has that name.
        ToolError: There is no land route, e.g. because one is an island.
    """
    one, two = country_named(start), country_named(end)
    return {
        "of": f"{one.name} to {two.name}",
        "what": "land route with the fewest borders",
        "value": _fewest_borders(one, two),
        "unit": None,
        "year": world().atlas.year,
        "source": world().atlas.name,
    }


def _city(name: str) -> City:
    # Some names are both; then the city is meant (Singapore, Monaco).
    if find_city(name) is None and (country := find_country(name)):
        raise ToolError(
            f"distances are between cities, got the country {country!r}; "
            f"look up its capital first ({_capital(country)})"
        )
    return city_named(name)


def _capital(country: str) -> str:
    return world().countries[country].capital or "of which none is known"


def _great_circle(one: City, two: City) -> float:
    """Return the distance in km by the haversine formula, exact for near points."""
    lat1, lat2 = radians(one.latitude), radians(two.latitude)
    east = radians(two.longitude - one.longitude)
    chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS * asin(sqrt(min(1.0, chord)))


def _fewest_borders(start: Country, end: Country) -> list[str]:
    """Search breadth first; of equally short routes, the first by alphabet."""
    countries = world().countries
    came_from: dict[str, str] = {start.name: ""}
    queue = deque([start.name])
    while queue and end.name not in came_from:
        here = queue.popleft()
        for neighbour in countries[here].neighbours or ():
            if neighbour not in came_from:
                came_from[neighbour] = here
                queue.append(neighbour)
    if end.name not in came_from:
        raise _no_route(start, end)
    route = [end.name]
    while before := came_from[route[-1]]:
        route.append(before)
    return route[::-1]


def _no_route(start: Country, end: Country) -> ToolError:
    cut_off = [c.name for c in (start, end) if not c.neighbours]
    reason = f" ({cut_off[0]!r} has no land border in the data)" if cut_off else ""
    return ToolError(
        f"no land route from {start.name!r} to {end.name!r}{reason}; "
        "ask for the distance between their capitals instead"
    )
