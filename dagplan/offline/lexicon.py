"""The vocabulary: what can be asked of a place, and the words people use for it."""

from dataclasses import dataclass
from typing import Final, Literal

from dagplan.offline.pattern import Slot, phrases

Operation = Literal["sum", "mean", "difference", "ratio", "product", "min", "max"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that a place has.

    Attributes:
        name: What the tools call it.
        noun: What an answer calls it.
        unit: Its unit where a step works it out; empty for that of the figure.
        kinds: Kinds of places that have it.
        parts: Measures of which it is the quotient, where steps work it out.
        adds_up: Whether its sum over places means something.
        highest: Adjective of the number where there is most of it.
        lowest: Adjective of the number where there is least of it.
        most: What a place with most of it is called, if there is a word.
        least: What a place with least of it is called, if there is a word.
    """

    name: str
    noun: str
    unit: str = ""
    kinds: tuple[str, ...] = ("country",)
    parts: tuple[str, ...] = ()
    adds_up: bool = False
    highest: str = "highest"
    lowest: str = "lowest"
    most: str = ""
    least: str = ""


MEASURES: Final = {
    measure.name: measure
    for measure in (
        Measure(
            "population",
            "population",
            kinds=("country", "city"),
            adds_up=True,
            most="most populous",
            least="least populous",
        ),
        Measure(
            "area",
            "area",
            adds_up=True,
            highest="largest",
            lowest="smallest",
            most="largest",
            least="smallest",
        ),
        Measure(
            "density",
            "population density",
            unit="people/km²",
            parts=("population", "area"),
            most="most densely populated",
            least="least densely populated",
        ),
        Measure("gdp", "GDP", adds_up=True),
        Measure("gdp_per_head", "GDP per head"),
        Measure("literacy", "literacy rate"),
        Measure("latitude", "latitude", kinds=("city",)),
        Measure("longitude", "longitude", kinds=("city",)),
    )
}

_MEASURE_NOUNS: Final[dict[object, tuple[str, ...]]] = {
    "population": (
        *("population", "populations", "population size", "headcount"),
        *("number of people", "number of inhabitants", "number of residents"),
        *("people", "inhabitants", "residents"),
    ),
    "area": (
        *("area", "areas", "surface area", "surface areas", "surface"),
        *("size", "sizes"),
    ),
    "density": (
        *("population density", "population densities", "density", "densities"),
        *("density of population", "number of people per square kilometre"),
        *("people per square kilometre", "people per km2", "people per sq km"),
        *("inhabitants per square kilometre", "people per square km"),
    ),
    "gdp": ("gdp", "gdps", "gross domestic product", "economy", "economies"),
    "gdp_per_head": (
        *("gdp per head", "gdp per capita", "gdp per person", "gdp per inhabitant"),
        *("per capita gdp", "gross domestic product per capita"),
        "gross domestic product per head",
    ),
    "literacy": ("literacy", "literacy rate", "literacy rates", "rate of literacy"),
    "latitude": ("latitude", "latitudes"),
    "longitude": ("longitude", "longitudes"),
}

_FACT_NOUNS: Final[dict[object, tuple[str, ...]]] = {
    "capital": ("capital", "capitals", "capital city", "capital cities"),
    "continent": ("continent", "continents"),
    "currency": ("currency", "currencies"),
    "country": ("country", "countries"),
}

_LIST_NOUNS: Final[dict[object, tuple[str, ...]]] = {
    "neighbours": (
        *("neighbours", "neighbour", "neighbouring countries", "bordering countries"),
        *("land neighbours", "neighbour countries"),
    ),
    "languages": ("languages", "language", "official languages", "official language"),
    "cities": ("cities", "major cities", "main cities"),
}

# Adjectives with their direction: True where they mean the highest value.
_ADJECTIVES: Final[dict[object, tuple[str, ...]]] = {
    ("population", True): (
        *("most populous", "more populous", "most populated", "more populated"),
        *("most peopled", "most inhabited"),
    ),
    ("population", False): (
        *("least populous", "less populous", "least populated", "less populated"),
    ),
    ("area", True): ("largest", "larger", "biggest", "bigger"),
    ("area", False): ("smallest", "smaller", "tiniest"),
    ("density", True): (
        *("most densely populated", "more densely populated", "densest", "denser"),
        *("most crowded", "more crowded"),
    ),
    ("density", False): (
        *("least densely populated", "less densely populated", "least dense"),
        *("most sparsely populated", "more sparsely populated", "least crowded"),
        "less crowded",
    ),
    ("gdp_per_head", True): ("richest", "richer", "wealthiest", "wealthier"),
    ("gdp_per_head", False): ("poorest", "poorer"),
    ("literacy", True): ("most literate", "more literate"),
    ("literacy", False): ("least literate", "less literate"),
    ("latitude", True): (
        *("northernmost", "further north", "farther north", "more northerly"),
        *("furthest north", "farthest north", "most northerly"),
    ),
    ("latitude", False): (
        *("southernmost", "further south", "farther south", "more southerly"),
        *("furthest south", "farthest south", "most southerly"),
    ),
    ("longitude", True): (
        *("easternmost", "further east", "farther east", "furthest east"),
        "farthest east",
    ),
    ("longitude", False): (
        *("westernmost", "further west", "farther west", "furthest west"),
        "farthest west",
    ),
}
_DIRECTIONS: Final[dict[object, tuple[str, ...]]] = {
    True: (
        *("highest", "largest", "biggest", "greatest", "most", "higher", "larger"),
        *("bigger", "greater", "more", "maximum"),
    ),
    False: (
        *("lowest", "smallest", "least", "fewest", "lower", "smaller", "less"),
        *("fewer", "minimum"),
    ),
}
_HOW: Final[dict[object, tuple[str, ...]]] = {
    "population": ("populous", "populated"),
    "area": ("big", "large"),
    "density": ("densely populated", "crowded", "dense"),
    "literacy": ("literate",),
}
_OPERATIONS: Final[dict[object, tuple[str, ...]]] = {
    "sum": (
        *("sum", "total", "combined", "overall", "sum of the", "total of the"),
        *("total sum", "sum total", "joint"),
    ),
    "mean": ("average", "mean", "average of the", "mean of the", "average value"),
    "difference": (
        *("difference", "difference between the", "difference in", "gap"),
        *("gap between the", "difference of the"),
    ),
    "ratio": ("ratio", "ratio of the", "ratio between the", "quotient"),
    "product": ("product", "product of the"),
    "min": ("minimum", "smallest"),
    "max": ("maximum", "largest"),
}

_AREA_UNITS: Final[dict[object, tuple[str, ...]]] = {
    "mi²": ("square miles", "square mile", "sq mi", "sq miles", "mi2"),
    "km²": ("square kilometres", "square kilometre", "sq km", "square km", "km2"),
    "hectare": ("hectares", "hectare", "ha"),
    "acre": ("acres", "acre"),
    "m²": ("square metres", "square metre", "sq m"),
}
_LENGTH_UNITS: Final[dict[object, tuple[str, ...]]] = {
    "mile": ("miles", "mile", "mi"),
    "km": ("kilometres", "kilometre", "km", "kms"),
    "metre": ("metres", "metre", "m"),
    "nautical_mile": ("nautical miles", "nautical mile"),
    "foot": ("feet", "foot", "ft"),
    "yard": ("yards", "yard"),
    "inch": ("inches", "inch"),
    "cm": ("centimetres", "centimetre", "cm", "centimeters", "centimeter"),
    "mm": ("millimetres", "millimetre", "mm", "millimeters", "millimeter"),
}
_OTHER_UNITS: Final[dict[object, tuple[str, ...]]] = {
    "kg": ("kilograms", "kilogram", "kg", "kilos", "kilo"),
    "g": ("grams", "gram", "g"),
    "pound": ("pounds", "pound", "lb", "lbs"),
    "ounce": ("ounces", "ounce", "oz"),
    "tonne": ("tonnes", "tonne", "metric tons"),
    "litre": ("litres", "litre", "liters", "liter", "l"),
    "gallon": ("gallons", "gallon"),
    "degC": ("degrees celsius", "celsius", "degree celsius"),
    "degF": ("degrees fahrenheit", "fahrenheit", "degree fahrenheit"),
    "kelvin": ("kelvin", "kelvins"),
    "second": ("seconds", "second"),
    "minute": ("minutes", "minute"),
    "hour": ("hours", "hour"),
    "day": ("days", "day"),
    "week": ("weeks", "week"),
    "km/h": ("km per hour", "kilometres per hour", "kph"),
    "mile/hour": ("miles per hour", "mph"),
    "m/s": ("metres per second",),
}
_DENSITY_UNITS: Final[dict[object, tuple[str, ...]]] = {
    f"people/{unit}": tuple(
        f"{who} per {words}"
        for who in ("people", "inhabitants", "persons")
        for words in spellings
        if not words.endswith("s")
    )
    for unit, spellings in _AREA_UNITS.items()
}
_UNITS: Final[dict[object, tuple[str, ...]]] = {
    **_AREA_UNITS,
    **_LENGTH_UNITS,
    **_OTHER_UNITS,
    **_DENSITY_UNITS,
}

SLOTS: Final[dict[str, Slot]] = {
    "measure": phrases(_MEASURE_NOUNS),
    "fact": phrases(_FACT_NOUNS),
    "list": phrases(_LIST_NOUNS),
    "adjective": phrases(_ADJECTIVES),
    "direction": phrases(_DIRECTIONS),
    "how": phrases(_HOW),
    "operation": phrases(_OPERATIONS),
    "unit": phrases(_UNITS),
}
"""The slots that are filled by a phrase of the vocabulary."""

UNIT_KINDS: Final = {
    "length": frozenset(_LENGTH_UNITS),
    "area": frozenset(_AREA_UNITS),
    "density": frozenset(_DENSITY_UNITS),
}
"""Units by what they measure, for figures that are asked for in another one."""

_TABLES = (
    *(_MEASURE_NOUNS, _FACT_NOUNS, _LIST_NOUNS, _ADJECTIVES, _DIRECTIONS, _HOW),
    *(_OPERATIONS, _UNITS),
)
_FUNCTION_WORDS = (
    "a about all also altogether am an and answer apart are as ask at average be "
    "between border bordering borders both by calculate can combined compare compared "
    "convert cross could countries country city cities do does each every far farther "
    "find for from further get give go has have how i if in into is it its land least "
    "less like line list live lives long many may me mean minus more most much name "
    "near next nice no of off on one or order other out over overland path per "
    "percent percentage places please plus question rank ratio reading respectively "
    "route same say shall shortest show so some sort speak spoken squared state sum "
    "tell than that the their them then there these they this those through time times "
    "to together top total travel two up us use used uses versus was way we were what "
    "when where which who whose why will with work would you your add along apart "
    "distance divided multiplied closer closest nearest farthest furthest both man"
)
COMMON: Final = frozenset(_FUNCTION_WORDS.split()) | {
    word
    for table in _TABLES
    for spellings in table.values()
    for spelling in spellings
    for word in spelling.split()
}
"""Words that are names only where they are written so."""
