"""`world()`: countries, cities and regions, read from disk once.

Two sources: the database of the package pyworldatlas (names, areas, borders,
cities) and the figures of Unicode CLDR in ``data/territories.json`` (population,
GDP, literacy, official languages, regions), which are fresher. pyworldatlas has no
entry for Taiwan and Kosovo, so these two have CLDR's figures only.
"""

import json
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dagplan.errors import SettingsError
from dagplan.tools import aliases
from dagplan.tools.lookup import Lookup, normal, spellings
from dagplan.tools.world import City, Country, Source, World

SCHEMA = "7"
_CODES = ("alpha2", "alpha3")

_Rows = list[sqlite3.Row]
_Territories = Mapping[str, Mapping[str, Any]]
# Name of a country, then of each of its cities, to whether that is the capital.
_Places = defaultdict[str, dict[str, bool]]


_LOADING = threading.Lock()


def world() -> World:
    """Return the world; the first call takes about 50 ms."""
    # Without the lock, steps that start together would each load it.
    with _LOADING:
        return _load()


@cache
def _load() -> World:
    document = json.loads(_data("territories.json"))
    territories: _Territories = document["territories"]
    tables = _read_atlas()
    names = {code: entry["name"] for code, entry in territories.items()}
    names |= {row["alpha2"]: row["name"].strip() for row in tables["country"]}
    # Normalising is most of the time that loading takes: once for each name.
    keys = {name: normal(name) for name in {row["name"] for row in tables["city"]}}
    keys |= {name: normal(name) for name in names.values()}
    cities = _cities(tables["city"], names, keys)
    city_names = _city_names(cities, keys)
    regions = {
        name[0].upper() + name[1:]: tuple(sorted(names[code] for code in codes))
        for name, codes in document["regions"].items()
    }
    meta = {row["key"]: str(row["value"]) for row in tables["schema_meta"]}
    version = meta["library_version"].removesuffix(".0")
    return World(
        countries=_countries(
            tables, territories, names, _by_country(cities, city_names, keys)
        ),
        cities=cities,
        regions=regions,
        country_names=_country_names(tables, territories, names),
        city_names=city_names,
        city_labels={
            f"{keys[city.name]} {keys[city.country]}": label
            for label, city in cities.items()
        },
        region_names=_region_names(regions),
        atlas=Source(f"pyworldatlas {version}", int(meta["built_at"][:4])),
        cldr=Source(f"CLDR {document['version']}", document["published"]),
    )


def _data(name: str) -> str:
    return (Path(__file__).parent / "data" / name).read_text(encoding="utf-8")


_QUERIES = {
    "schema_meta": "SELECT key, value FROM schema_meta",
    "country": "SELECT c.*, p.land_area_km2, p.water_area_km2 FROM country c"
    " LEFT JOIN country_physical p ON p.country_id = c.id",
    "country_name": "SELECT c.alpha2, n.name FROM country_name n"
    " JOIN country c ON c.id = n.country_id",
    "border": "SELECT a.alpha2 AS one, b.alpha2 AS two FROM country_border"
    " JOIN country a ON a.id = country1_id JOIN country b ON b.id = country2_id",
    "city": "SELECT c.alpha2, t.name, t.population, latitude, longitude, is_capital"
    " FROM city t JOIN country c ON c.id = country_id"
    " ORDER BY t.population DESC, t.name, t.id",
}


def _read_atlas() -> dict[str, _Rows]:
    """Read the tables of pyworldatlas's database.

    Its Python interface takes five times as long to give the same (0.1 s to import
    and 0.15 s to build profiles of which most is not used), and its objects hold a
    connection that only one thread may use. The schema is checked instead.
    """
    spec = find_spec("pyworldatlas")
    if spec is None or not spec.submodule_search_locations:
        raise SettingsError(
            "pyworldatlas is not installed; pip install 'pyworldatlas>=0.10,<0.11'"
        )
    path = Path(spec.submodule_search_locations[0], "data", "atlas.sqlite3")
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        connection.row_factory = sqlite3.Row
        return _read_tables(connection)
    finally:
        connection.close()


def _read_tables(connection: sqlite3.Connection) -> dict[str, _Rows]:
    meta = dict(connection.execute(_QUERIES["schema_meta"]).fetchall())
    if meta.get("schema_version") != SCHEMA:
        raise SettingsError(
            f"pyworldatlas has data of schema {meta.get('schema_version')!r}, dagplan "
            f"reads {SCHEMA!r}; pip install 'pyworldatlas>=0.10,<0.11'"
        )
    return {name: connection.execute(sql).fetchall() for name, sql in _QUERIES.items()}


def _cities(
    rows: _Rows, names: Mapping[str, str], keys: Mapping[str, str]
) -> dict[str, City]:
    cities: dict[tuple[str, str], City] = {}
    for row in rows:
        city = City(
            name=row["name"],
            country=names[row["alpha2"]],
            population=row["population"],
            latitude=row["latitude"],
            longitude=row["longitude"],
            is_capital=bool(row["is_capital"]),
        )
        # Of namesakes in one country only the most populous can be asked for.
        cities.setdefault((keys[city.name], city.country), city)
    return {city.label: city for city in cities.values()}


def _city_names(cities: Mapping[str, City], keys: Mapping[str, str]) -> Lookup:
    index: dict[str, str] = {}
    for label, city in cities.items():
        index.setdefault(keys[city.name], label)
    for alias, name in aliases.CITIES.items():
        if known := index.get(normal(name)):
            index[normal(alias)] = known
    return Lookup(names=index, codes={}, related={})


def _by_country(
    cities: Mapping[str, City], city_names: Lookup, keys: Mapping[str, str]
) -> _Places:
    """List each country's cities under the names by which they are found.

    These are brief where that finds the city, and full where it finds a namesake.
    """
    places: _Places = defaultdict(dict)
    for label, city in cities.items():
        found = city_names.names[keys[city.name]] == label
        places[city.country][city.name if found else label] = city.is_capital
    return places


def _country_names(
    tables: Mapping[str, _Rows], territories: _Territories, names: Mapping[str, str]
) -> Lookup:
    def pairs() -> Iterator[tuple[str, str]]:
        for name in names.values():
            yield name, name
        yield from aliases.COUNTRIES.items()
        for row in tables["country_name"]:
            yield row["name"], names[row["alpha2"]]
        for code, entry in territories.items():
            yield entry["name"], names[code]

    codes = {row[key]: row["alpha2"] for row in tables["country"] for key in _CODES}
    codes |= {code: code for code in territories}
    return Lookup(
        names=spellings(pairs()),
        codes={code: names[alpha2] for code, alpha2 in codes.items() if code},
        related={normal(k): v for k, v in aliases.RELATED_COUNTRIES.items()},
    )


def _region_names(regions: Mapping[str, object]) -> Lookup:
    return Lookup(
        names=spellings(
            [*((name, name) for name in regions), *aliases.REGIONS.items()]
        ),
        codes={},
        related={normal(k): v for k, v in aliases.RELATED_REGIONS.items()},
    )


def _countries(
    tables: Mapping[str, _Rows],
    territories: _Territories,
    names: Mapping[str, str],
    places: _Places,
) -> dict[str, Country]:
    rows = {row["alpha2"]: row for row in tables["country"]}
    borders = _borders(tables["border"], names)
    return {
        names[code]: Country(
            name=names[code],
            continent=entry["continent"],
            capital=next(
                (n for n, is_it in places[names[code]].items() if is_it), None
            ),
            currency=rows[code]["currency_name"] if code in rows else None,
            area=_area(rows[code]) if code in rows else None,
            population=entry["population"],
            gdp=entry["gdp"],
            literacy=entry["literacy"],
            languages=tuple(entry["languages"]),
            de_facto=entry["de_facto"],
            neighbours=tuple(sorted(borders[code])) if code in rows else None,
            cities=tuple(places[names[code]]),
        )
        for code, entry in sorted(territories.items(), key=lambda x: names[x[0]])
    }


def _borders(rows: _Rows, names: Mapping[str, str]) -> defaultdict[str, set[str]]:
    borders: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        borders[row["one"]].add(names[row["two"]])
        borders[row["two"]].add(names[row["one"]])
    return borders


def _area(row: sqlite3.Row) -> int | float | None:
    # The smallest ones have a total of 0 km², rounded, beside an exact land area.
    total = row["total_area_km2"] or sum(
        row[part] or 0 for part in ("land_area_km2", "water_area_km2")
    )
    return (int(total) if float(total).is_integer() else total) or None
