"""Figures and facts about cities, on exact values."""

import pytest

from dagplan.errors import NotFoundError, ToolError
from dagplan.tools.atlas import world
from dagplan.tools.cities import CityFigure, city_fact, city_figure

SOURCE = "GeoNames, in pyworldatlas 0.10"


def test_a_figure_says_which_city_it_is_of() -> None:
    assert city_figure("santiago", "population") == {
        "of": "Santiago, Chile",
        "what": "population",
        "value": 4837295,
        "unit": "people",
        "year": 2026,
        "source": SOURCE,
    }


@pytest.mark.parametrize(
    ("city", "figure", "value", "unit"),
    [
        ("Valencia", "population", 1619470, "people"),
        ("Valencia, Spain", "population", 824340, "people"),
        ("Sydney", "latitude", -33.86785, "° north"),
        ("New York", "longitude", -74.00597, "° east"),
    ],
)
def test_figures(city: str, figure: CityFigure, value: float, unit: str) -> None:
    found = city_figure(city, figure)

    assert (found["value"], found["unit"]) == (value, unit)


def test_a_city_lies_in_a_country() -> None:
    assert city_fact("Lyon", "country") == {
        "of": "Lyon, France",
        "what": "country",
        "value": "France",
        "unit": None,
        "year": 2026,
        "source": SOURCE,
    }


def test_a_missing_population_is_an_error() -> None:
    unknown = [c.label for c in world().cities.values() if c.population is None]

    assert len(unknown) == 2
    with pytest.raises(ToolError, match="no population known"):
        city_figure(unknown[0], "population")


def test_an_unknown_city_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="did you mean 'Paris, France'"):
        city_fact("Pariss", "country")
