"""From names to countries, cities and regions."""

import pytest

from dagplan.errors import NotFoundError, ToolError
from dagplan.tools import aliases
from dagplan.tools.atlas import world
from dagplan.tools.names import (
    city_named,
    city_names,
    country_named,
    country_names,
    find_city,
    find_country,
    nearest,
    region_named,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("France", "France"),
        ("fRANCE", "France"),
        ("UK", "United Kingdom"),
        ("Great Britain", "United Kingdom"),
        ("USA", "United States"),
        ("U.S.", "United States"),
        ("the United States of America", "United States"),
        ("Holland", "The Netherlands"),
        ("the Netherlands", "The Netherlands"),
        ("Netherlands", "The Netherlands"),
        ("Czech Republic", "Czechia"),
        ("Ivory Coast", "Ivory Coast"),
        ("Cote d'Ivoire", "Ivory Coast"),
        ("South Korea", "South Korea"),
        ("Republic of Korea", "South Korea"),
        ("DR Congo", "Democratic Republic of the Congo"),
        ("DRC", "Democratic Republic of the Congo"),
        ("Congo-Brazzaville", "Republic of the Congo"),
        ("Burma", "Myanmar"),
        ("Swaziland", "Eswatini"),
        ("Türkiye", "Turkey"),
        ("Cape Verde", "Cabo Verde"),
        ("Palestine", "Palestinian Territory"),
        ("St. Lucia", "Saint Lucia"),
        ("The Bahamas", "Bahamas"),
        ("Taiwan", "Taiwan"),
        ("Kosovo", "Kosovo"),
        ("FR", "France"),
        ("DEU", "Germany"),
        ("it", None),
        ("no", None),
        ("England", None),
        ("Korea", None),
        ("Congo", None),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_a_country_is_found_by_any_of_its_names(text: str, name: str | None) -> None:
    assert find_country(text) == name


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Paris", "Paris, France"),
        ("Santiago", "Santiago, Chile"),
        ("Valencia", "Valencia, Venezuela"),
        ("Valencia, Spain", "Valencia, Spain"),
        ("valencia (spain)", "Valencia, Spain"),
        ("Valencia Spain", "Valencia, Spain"),
        ("London, UK", "London, United Kingdom"),
        ("London, Canada", "London, Canada"),
        ("Amsterdam, the Netherlands", "Amsterdam, The Netherlands"),
        ("Amsterdam, Holland", "Amsterdam, The Netherlands"),
        ("New York", "New York City, United States"),
        ("Washington, D.C.", "Washington, United States"),
        ("Zurich", "Zürich, Switzerland"),
        ("st petersburg", "Saint Petersburg, Russia"),
        ("Bombay", "Mumbai, India"),
        ("Kiev", "Kyiv, Ukraine"),
        ("Odessa", "Odesa, Ukraine"),
        ("Odessa, United States", "Odessa, United States"),
        ("Singapore", "Singapore, Singapore"),
        ("Paris, Germany", None),
        ("Atlanta, Georgia", None),
        ("Paris, Atlantis", None),
        ("France", None),
        ("", None),
        (", (", None),
    ],
)
def test_a_city_is_found_with_and_without_its_country(
    text: str, label: str | None
) -> None:
    assert find_city(text) == label


def test_every_name_that_is_listed_can_be_looked_up() -> None:
    assert len(country_names()) == 250
    assert all(find_country(name) == name for name in country_names())
    assert all(find_city(name) for name in city_names())
    assert all(find_city(label) == label for label in world().cities)


@pytest.mark.parametrize(("alias", "name"), aliases.COUNTRIES.items())
def test_aliases_of_countries_lead_somewhere(alias: str, name: str) -> None:
    assert find_country(alias) == name


@pytest.mark.parametrize(("alias", "name"), aliases.CITIES.items())
def test_aliases_of_cities_lead_somewhere(alias: str, name: str) -> None:
    assert find_city(alias) == find_city(name) is not None


@pytest.mark.parametrize(("alias", "name"), aliases.REGIONS.items())
def test_aliases_of_regions_lead_somewhere(alias: str, name: str) -> None:
    assert region_named(alias) == name


def test_what_may_be_meant_is_known() -> None:
    assert {n for names in aliases.RELATED_COUNTRIES.values() for n in names} <= set(
        country_names()
    )
    assert {n for names in aliases.RELATED_REGIONS.values() for n in names} <= set(
        world().regions
    )


@pytest.mark.parametrize(
    ("name", "close"),
    [
        ("Frnace", ["France"]),
        ("England", ["United Kingdom"]),
        ("Congo", ["Democratic Republic of the Congo", "Republic of the Congo"]),
        ("Qzx", []),
    ],
)
def test_an_unknown_country_names_the_nearest(name: str, close: list[str]) -> None:
    with pytest.raises(NotFoundError) as caught:
        country_named(name)

    assert (caught.value.kind, caught.value.name) == ("country", name)
    assert list(caught.value.nearest) == close
    assert nearest("country", name) == close


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Pariss", "Paris, France"),
        ("Portland, Oregon", "Portland, United States"),
        ("Atlanta, Georgia", "Atlanta, United States"),
    ],
)
def test_an_unknown_city_names_the_nearest(name: str, first: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        city_named(name)

    assert caught.value.nearest[0] == first
    assert len(caught.value.nearest) <= 3


def test_an_unknown_region_names_what_may_be_meant() -> None:
    with pytest.raises(NotFoundError, match="'Western Asia' or 'Northern Africa'"):
        region_named("the Middle East")


def test_a_huge_name_is_cut() -> None:
    with pytest.raises(NotFoundError) as caught:
        city_named("x" * 10**6)

    assert caught.value.name == "x" * 100 + "…"


@pytest.mark.parametrize("value", [None, 5, ["Paris"], {"value": "Paris"}])
def test_what_is_no_name_is_refused(value: object) -> None:
    with pytest.raises(ToolError, match=r"city must be a name, .*\$\{step\.value\}"):
        city_named(value)  # type: ignore[arg-type]
