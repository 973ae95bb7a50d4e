"""Distances between cities and land routes between countries."""

import pytest

from dagplan.errors import NotFoundError, ToolError
from dagplan.tools.routes import distance, land_route


def test_a_distance_says_between_which_cities() -> None:
    assert distance("Paris", "berlin") == {
        "of": "Paris, France to Berlin, Germany",
        "what": "great-circle distance",
        "value": 878.4,
        "unit": "km",
        "year": 2026,
        "source": "GeoNames, in pyworldatlas 0.10",
    }


@pytest.mark.parametrize(
    ("start", "end", "km"),
    [
        ("Paris", "Paris", 0.0),
        ("Berlin", "Paris", 878.4),
        ("London", "New York", 5570.0),
        ("Sydney", "Santiago", 11340.0),
        ("Suva", "Apia", 1150.0),
    ],
)
def test_distances_over_the_globe(start: str, end: str, km: float) -> None:
    assert distance(start, end)["value"] == pytest.approx(km, rel=0.005, abs=0.05)


def test_a_country_has_no_distance_but_a_capital() -> None:
    with pytest.raises(ToolError, match=r"country 'Germany'; look up its capital"):
        distance("Paris", "Germany")


def test_a_city_with_the_name_of_a_country_is_a_city() -> None:
    assert distance("Singapore", "Monaco")["value"] == pytest.approx(10424, abs=1)


def test_an_unknown_city_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="Pariss"):
        distance("Pariss", "Berlin")


def test_a_land_route_crosses_the_fewest_borders() -> None:
    assert land_route("portugal", "China") == {
        "of": "Portugal to China",
        "what": "land route with the fewest borders",
        "value": [
            "Portugal",
            "Spain",
            "France",
            "Germany",
            "Poland",
            "Russia",
            "China",
        ],
        "unit": None,
        "year": 2026,
        "source": "pyworldatlas 0.10",
    }


def test_a_route_to_the_same_country_crosses_none() -> None:
    assert land_route("France", "France")["value"] == ["France"]


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        ("Japan", "France", "'Japan' has no land border"),
        ("France", "Japan", "'Japan' has no land border"),
        ("Kosovo", "Serbia", "'Kosovo' has no land border in the data"),
        ("Brazil", "Spain", "no land route from 'Brazil' to 'Spain'; ask"),
    ],
)
def test_where_there_is_no_land_route_the_error_says_why(
    start: str, end: str, reason: str
) -> None:
    with pytest.raises(ToolError, match=reason):
        land_route(start, end)
