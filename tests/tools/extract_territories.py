"""Make ``dagplan/tools/data/territories.json`` from an unpacked CLDR release.

Usage, with two folders side by side that hold the unpacked npm packages
``cldr-core`` and ``cldr-localenames-full`` of the same version::

    python tests/tools/extract_territories.py CORE LOCALENAMES YEAR OUT.json

``YEAR`` is the year in which that version was published (it is not in the
packages). What is kept of each territory: English name, population, GDP,
literacy, official languages and continent; and of each region its states.

CLDR's LDML specification, part 6, "Supplemental Territory Information", says what
the figures are: estimates from the World Bank, the CIA Factbook and others; GDP at
purchasing power parity in constant international dollars. No year is given for any
of them, so none is kept.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

# Parts of countries and the unknown region: no atlas profile to put them with.
LEFT_OUT = {"AC", "CP", "CQ", "DG", "EA", "IC", "TA", "ZZ"}
# CLDR's UN group has the members; these two are the observer states.
OBSERVERS = {"PS", "VA"}
CONTINENTS = {
    "002": "Africa",
    "142": "Asia",
    "150": "Europe",
    "003": "North America",
    "009": "Oceania",
    "005": "South America",
}
# Official languages that cldr-localenames-full has no English name for, from the
# IANA language subtag registry.
UNNAMED_LANGUAGES = {"wni": "Ndzwani Comorian", "zdj": "Ngazidja Comorian"}
# The grouping of the euro area is left out: CLDR 48 lacks members that joined.
REGIONS = [
    *("001", "002", "003", "005", "009", "011", "013", "014", "015", "017", "018"),
    *("019", "021", "029", "030", "034", "035", "039", "053", "054", "057", "061"),
    *("142", "143", "145", "150", "151", "154", "155", "202", "419", "EU"),
]


def main(core: Path, names: Path, year: str, target: Path) -> None:
    supplemental = core / "supplemental"
    info = read(supplemental / "territoryInfo.json")["supplemental"]["territoryInfo"]
    containment = read(supplemental / "territoryContainment.json")["supplemental"]
    contains = containment["territoryContainment"]
    english = {
        kind: read(names / "main" / "en" / f"{kind}.json")["main"]["en"][
            "localeDisplayNames"
        ][kind]
        for kind in ("territories", "languages")
    }
    english["languages"] |= UNNAMED_LANGUAGES
    continents = {
        leaf: name
        for code, name in CONTINENTS.items()
        for leaf in leaves(contains, code)
        if leaf not in leaves(contains, "QO")  # Antarctica is put with Oceania
    }
    version = read(core / "package.json")["version"]
    document = {
        "source": "Unicode CLDR: cldr-core, cldr-localenames-full",
        "version": version.removesuffix(".0"),
        "published": int(year),
        "license": "Unicode-3.0, see LICENSE-unicode.txt",
        "territories": {
            code: {
                "name": english["territories"][code],
                "continent": continents.get(code),
                "population": number(entry["_population"]),
                "gdp": number(entry["_gdp"]),
                "literacy": number(entry["_literacyPercent"]),
                **languages(entry.get("languagePopulation", {}), english["languages"]),
            }
            for code, entry in info.items()
            if code not in LEFT_OUT
        },
        "regions": regions(contains, english["territories"]),
    }
    target.write_text(dump(document), encoding="utf-8")


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value


def leaves(contains: Mapping[str, Any], code: str) -> set[str]:
    entry = contains.get(code)
    if entry is None:
        return {code}
    return {leaf for part in entry["_contains"] for leaf in leaves(contains, part)}


def regions(
    contains: Mapping[str, Any], english: Mapping[str, str]
) -> dict[str, list[str]]:
    states = leaves(contains, "UN") | OBSERVERS
    return {
        english[code]: sorted(leaves(contains, code) & states)
        for code in REGIONS
        if leaves(contains, code) & states
    }


def languages(
    population: Mapping[str, Mapping[str, str]], english: Mapping[str, str]
) -> dict[str, Any]:
    """The official languages, most spoken first; the de facto ones if none is."""
    for status in ("official", "de_facto_official"):
        codes = [
            code
            for code, entry in population.items()
            if entry.get("_officialStatus") == status
        ]
        if codes:
            codes.sort(key=lambda c: -float(population[c]["_populationPercent"]))
            # `sr` and `sr_Latn` are one language in two scripts.
            names = dict.fromkeys(english[code.split("_")[0]] for code in codes)
            return {"languages": list(names), "de_facto": status != "official"}
    return {"languages": [], "de_facto": False}


def dump(document: Mapping[str, Any]) -> str:
    """Write one territory or region a line, so that an update shows as a diff."""

    def lines() -> Iterator[str]:
        for key, value in document.items():
            if isinstance(value, dict):
                rows = (f"{one(k)}: {one(v)}" for k, v in value.items())
                yield f"{one(key)}: {{\n" + ",\n".join(rows) + "\n}"
            else:
                yield f"{one(key)}: {one(value)}"

    return "{\n" + ",\n".join(lines()) + "\n}\n"


def one(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
