"""The world as it is loaded: whole, once, and the same for all threads."""

import json
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.resources import files
from threading import Barrier

import pytest

from dagplan.errors import SettingsError
from dagplan.tools import atlas
from dagplan.tools.atlas import world
from dagplan.tools.countries import country_figure
from dagplan.tools.names import find_city
from dagplan.tools.world import Source


def test_threads_that_start_together_share_one_world() -> None:
    barrier = Barrier(8)

    def look(_: int) -> tuple[int, object]:
        barrier.wait()
        return id(world()), country_figure("France", "population")["value"]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(look, range(8)))) == 1


def test_every_neighbour_is_a_country_and_a_neighbour_back() -> None:
    countries = world().countries
    for country in countries.values():
        for neighbour in country.neighbours or ():
            assert country.name in (countries[neighbour].neighbours or ())


def test_every_city_of_a_country_is_found_by_the_name_in_its_list() -> None:
    known = world()
    for country in known.countries.values():
        for name in country.cities:
            assert known.cities[find_city(name) or ""].country == country.name


def test_every_capital_is_one_of_the_cities() -> None:
    for country in world().countries.values():
        assert country.capital is None or country.capital in country.cities


def test_every_state_has_all_figures_and_a_capital() -> None:
    countries = world().countries
    for name in world().regions["World"]:
        country = countries[name]
        assert min(country.population, country.gdp, country.literacy) > 0
        assert country.area
        assert country.capital
        assert country.currency
        assert country.continent
        assert country.languages


def test_regions_have_as_many_states_as_they_should() -> None:
    sizes = {name: len(states) for name, states in world().regions.items()}

    assert sizes["World"] == 195
    assert sizes["European Union"] == 27
    continents = ("Africa", "Asia", "Europe", "North America", "Oceania")
    assert [sizes[c] for c in continents] == [54, 48, 44, 23, 14]
    assert sizes["South America"] == 12
    assert sum(sizes[c] for c in (*continents, "South America")) == 195


def test_sources_name_their_release() -> None:
    assert world().atlas == Source("pyworldatlas 0.10", 2026)
    assert world().cldr == Source("CLDR 48.2", 2026)
    assert world().cldr & Source("x", 2020) == Source("CLDR 48.2 and x", 2020)


def test_the_extract_names_its_licence_and_carries_it() -> None:
    data = files("dagplan.tools") / "data"
    document = json.loads((data / "territories.json").read_text(encoding="utf-8"))

    assert document["license"] == "Unicode-3.0, see LICENSE-unicode.txt"
    licence = (data / "LICENSE-unicode.txt").read_text(encoding="utf-8")
    assert licence.startswith("UNICODE LICENSE V3")


def test_data_of_another_schema_are_refused() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE schema_meta (key, value)")
        connection.execute("INSERT INTO schema_meta VALUES ('schema_version', '8')")

        with pytest.raises(SettingsError, match=r"schema '8', dagplan reads '7'; pip"):
            atlas._read_tables(connection)


def test_the_first_look_costs_no_import_of_pyworldatlas() -> None:
    script = (
        "import sys; from dagplan.tools.atlas import world; world(); "
        "print(sorted({'pyworldatlas', 'pint', 'simpleeval'} & set(sys.modules)))"
    )
    output = subprocess.check_output([sys.executable, "-c", script], text=True)

    assert output.strip() == "[]"
