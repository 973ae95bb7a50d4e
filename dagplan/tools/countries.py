"""Tools about countries: figures, facts and lists, each with its source.

Population, GDP, literacy and languages come from Unicode CLDR, which states no year
for them: `year` is that in which the release was published instead. Area,
capital, currency, neighbours and cities come from pyworldatlas.
"""

from typing import Literal, assert_never

from dagplan.errors import ToolError
from dagplan.tools.atlas import world
from dagplan.tools.figure import ListFigure, NumberFigure, TextFigure, rounded
from dagplan.tools.names import country_named, region_named
from dagplan.tools.world import Country, Source

CountryFigure = Literal[
    "population", "area", "density", "gdp", "gdp_per_head", "literacy"
]
CountryFact = Literal["capital", "continent", "currency"]
CountryList = Literal["neighbours", "languages", "cities"]

_Number = int | float | None


def country_figure(country: str, figure: CountryFigure) -> NumberFigure:
    """Look up a number about one country: population, area, GDP and others.

    Args:
        country: Name of the country, e.g. "France", "the Netherlands", "UK".
        figure: "population" in people; "area" in km², inland water included;
            "density" in people per km² of that area; "gdp" and "gdp_per_head" in
            international dollars at purchasing power parity, not at exchange rates;
            "literacy" in percent of the population.

    Returns:
        {"of", "what", "value", "unit", "year", "source"}: "value" is the number.

    Raises:
        NotFoundError: No country has that name.
        ToolError: The data have no such figure for it.
    """
    about = country_named(country)
    value, what, unit, source = _figure(about, figure)
    if value is None:
        raise _missing(what, about, source)
    return {
        "of": about.name,
        "what": what,
        "value": value,
        "unit": unit,
        "year": source.year,
        "source": source.name,
    }


def country_fact(country: str, fact: CountryFact) -> TextFigure:
    """Look up a fact about one country: its capital, continent or currency.

    Args:
        country: Name of the country, e.g. "France", "the Netherlands", "UK".
        fact: "capital" (where the name alone would mean a larger city, with the
            country: "San José, Costa Rica"), "continent" (Africa, Asia, Europe, North
            America, Oceania or South America, as the UN divides them) or "currency".

    Returns:
        {"of", "what", "value", "unit", "year", "source"}: "value" is the text.

    Raises:
        NotFoundError: No country has that name.
        ToolError: The data have no such fact for it.
    """
    about = country_named(country)
    value = {
        "capital": about.capital,
        "continent": about.continent,
        "currency": about.currency,
    }[fact]
    source = world().cldr if fact == "continent" else world().atlas
    if value is None:
        raise _missing(fact, about, source)
    return {
        "of": about.name,
        "what": fact,
        "value": value,
        "unit": None,
        "year": source.year,
        "source": source.name,
    }


def country_list(country: str, list_of: CountryList) -> ListFigure:
    """List what belongs to one country: its neighbours, languages or cities.

    Args:
        country: Name of the country, e.g. "France", "the Netherlands", "UK".
        list_of: "neighbours" with a common land border (an island has none);
            "languages" in which one can deal with the whole central government, most
            spoken first (CLDR's sense of official, narrower than the law's); "cities",
            the larger ones and districts of them, most populous first.

    Returns:
        {"of", "what", "value", "unit", "year", "source"}: "value" is the list of
        names, each of which the other tools understand.

    Raises:
        NotFoundError: No country has that name.
        ToolError: The data have no such list for it.
    """
    about = country_named(country)
    value, what, source = _list(about, list_of)
    if value is None:
        raise _missing(what, about, source)
    return {
        "of": about.name,
        "what": what,
        "value": list(value),
        "unit": None,
        "year": source.year,
        "source": source.name,
    }


def countries_in(region: str) -> ListFigure:
    """List the countries of a continent or region.

    Args:
        region: A continent ("Europe", "South America"), a subregion of the UN
            ("Southeast Asia", "Western Africa", "Caribbean"), "European Union" or
            "World".

    Returns:
        {"of", "what", "value", "unit", "year", "source"}: "value" is the list of
        country names: member and observer states of the UN, no territories.

    Raises:
        NotFoundError: No region has that name.
    """
    name = region_named(region)
    union = name == "European Union"
    return {
        "of": name,
        "what": "member states" if union else "UN member and observer states",
        "value": list(world().regions[name]),
        "unit": None,
        "year": world().cldr.year,
        "source": world().cldr.name,
    }


def _figure(about: Country, figure: CountryFigure) -> tuple[_Number, str, str, Source]:
    """Return value, name, unit and source of a figure."""
    cldr, atlas = world().cldr, world().atlas
    match figure:
        case "population":
            return about.population, "population", "people", cldr
        case "area":
            return about.area, "total area", "km²", atlas
        case "density":
            density = rounded(about.population / about.area) if about.area else None
            return (
                density,
                "population density (by total area)",
                "people/km²",
                cldr & atlas,
            )
        case "gdp":
            return about.gdp, "GDP (purchasing power parity)", "US$ (PPP)", cldr
        case "gdp_per_head":
            per_head = rounded(about.gdp / about.population)
            what = "GDP per head (purchasing power parity)"
            return per_head, what, "US$ (PPP) per person", cldr
        case "literacy":
            return about.literacy, "literacy", "%", cldr
        case _:
            assert_never(figure)


def _list(
    about: Country, list_of: CountryList
) -> tuple[tuple[str, ...] | None, str, Source]:
    """Return value, name and source of a list."""
    match list_of:
        case "neighbours":
            return about.neighbours, "neighbours by land", world().atlas
        case "languages":
            kind = "de facto official" if about.de_facto else "official"
            what = f"nationwide {kind} languages (as CLDR defines them)"
            return about.languages or None, what, world().cldr
        case "cities":
            return about.cities or None, "cities", world().atlas
        case _:
            assert_never(list_of)


def _missing(what: str, about: Country, source: Source) -> ToolError:
    return ToolError(
        f"no {what} known for {about.name!r}: {source.name} has none; "
        "ask for something else or leave it out"
    )
