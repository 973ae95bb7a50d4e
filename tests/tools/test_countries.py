"""Figures, facts and lists about countries, on exact values."""

import typing

import pytest

from dagplan.errors import NotFoundError, ToolError
from dagplan.tools.countries import (
    CountryFact,
    CountryFigure,
    CountryList,
    countries_in,
    country_fact,
    country_figure,
    country_list,
)

CLDR = "CLDR 48.2"
ATLAS = "pyworldatlas 0.10"


def test_a_figure_says_what_it_is_and_where_it_comes_from() -> None:
    assert country_figure("france", "population") == {
        "of": "France",
        "what": "population",
        "value": 68374600,
        "unit": "people",
        "year": 2026,
        "source": CLDR,
    }


@pytest.mark.parametrize(
    ("country", "figure", "value", "unit", "source"),
    [
        ("Germany", "population", 84119100, "people", CLDR),
        ("France", "area", 643801, "km²", ATLAS),
        ("the Netherlands", "area", 41543, "km²", ATLAS),
        ("Vatican City", "area", 0.44, "km²", ATLAS),
        ("France", "density", 106.205, "people/km²", f"{CLDR} and {ATLAS}"),
        ("France", "gdp", 3764000000000, "US$ (PPP)", CLDR),
        ("France", "gdp_per_head", 55049.7, "US$ (PPP) per person", CLDR),
        ("Afghanistan", "literacy", 28.1, "%", CLDR),
        ("Taiwan", "gdp", 1143000000000, "US$ (PPP)", CLDR),
        ("Kosovo", "population", 1977090, "people", CLDR),
    ],
)
def test_figures(
    country: str, figure: CountryFigure, value: float, unit: str, source: str
) -> None:
    found = country_figure(country, figure)

    assert (found["value"], found["unit"], found["source"]) == (value, unit, source)


@pytest.mark.parametrize(
    ("country", "fact", "value", "source"),
    [
        ("France", "capital", "Paris", ATLAS),
        ("USA", "capital", "Washington", ATLAS),
        ("Costa Rica", "capital", "San José, Costa Rica", ATLAS),
        ("Switzerland", "currency", "Swiss Franc", ATLAS),
        ("France", "currency", "Euro", ATLAS),
        ("Brazil", "continent", "South America", CLDR),
        ("Mexico", "continent", "North America", CLDR),
        ("Turkey", "continent", "Asia", CLDR),
        ("Kosovo", "continent", "Europe", CLDR),
    ],
)
def test_facts(country: str, fact: CountryFact, value: str, source: str) -> None:
    found = country_fact(country, fact)

    assert (found["value"], found["unit"], found["source"]) == (value, None, source)


@pytest.mark.parametrize(
    ("country", "list_of", "value"),
    [
        (
            "Switzerland",
            "neighbours",
            ["Austria", "France", "Germany", "Italy", "Liechtenstein"],
        ),
        ("Portugal", "neighbours", ["Spain"]),
        ("Japan", "neighbours", []),
        ("Switzerland", "languages", ["German", "French", "Italian"]),
        ("Taiwan", "languages", ["Chinese", "Min Nan Chinese", "Hakka Chinese"]),
        ("Costa Rica", "cities", ["San José, Costa Rica"]),
    ],
)
def test_lists(country: str, list_of: CountryList, value: list[str]) -> None:
    assert country_list(country, list_of)["value"] == value


def test_cities_are_listed_by_population_and_findable_by_name() -> None:
    cities = country_list("Spain", "cities")["value"]

    assert cities[:4] == ["Madrid", "Barcelona", "Valencia, Spain", "Zaragoza"]


def test_languages_say_whether_they_are_official_or_only_in_use() -> None:
    assert country_list("Belgium", "languages")["what"] == (
        "nationwide official languages (as CLDR defines them)"
    )
    english = country_list("United States", "languages")
    assert english["value"] == ["English"]
    assert english["what"].startswith("nationwide de facto official languages")


def test_countries_of_a_region_are_states() -> None:
    assert countries_in("South America") == {
        "of": "South America",
        "what": "UN member and observer states",
        "value": [
            "Argentina",
            "Bolivia",
            "Brazil",
            "Chile",
            "Colombia",
            "Ecuador",
            "Guyana",
            "Paraguay",
            "Peru",
            "Suriname",
            "Uruguay",
            "Venezuela",
        ],
        "unit": None,
        "year": 2026,
        "source": CLDR,
    }


def test_the_european_union_has_member_states() -> None:
    union = countries_in("EU")

    assert (union["of"], union["what"]) == ("European Union", "member states")
    assert len(union["value"]) == 27
    assert "United Kingdom" not in union["value"]


@pytest.mark.parametrize(
    ("country", "figure"), [("Taiwan", "area"), ("Kosovo", "density")]
)
def test_a_missing_figure_is_an_error(country: str, figure: CountryFigure) -> None:
    with pytest.raises(ToolError, match=f"known for {country!r}: .*pyworldatlas 0.10"):
        country_figure(country, figure)


@pytest.mark.parametrize(
    ("country", "fact"), [("Taiwan", "capital"), ("Antarctica", "continent")]
)
def test_a_missing_fact_is_an_error(country: str, fact: CountryFact) -> None:
    with pytest.raises(ToolError, match=f"no {fact} known for {country!r}"):
        country_fact(country, fact)


@pytest.mark.parametrize(
    ("country", "list_of"),
    [("Kosovo", "neighbours"), ("Antarctica", "languages"), ("Tokelau", "cities")],
)
def test_a_missing_list_is_an_error(country: str, list_of: CountryList) -> None:
    with pytest.raises(ToolError, match=f"known for {country!r}"):
        country_list(country, list_of)


def test_an_unknown_country_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="did you mean 'France'"):
        country_figure("Frnace", "area")


@pytest.mark.parametrize("figure", typing.get_args(CountryFigure))
def test_every_figure_has_a_unit(figure: CountryFigure) -> None:
    assert country_figure("France", figure)["unit"]
