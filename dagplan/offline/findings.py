"""What the steps found, and how it is put into words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dagplan.events import StepResult
from dagplan.offline.places import with_article
from dagplan.plan.references import for_people

_UNIT_WORDS = {
    "people/km²": "people per km²",
    "people/mi²": "people per square mile",
    "mi²": "square miles",
    "mile": "miles",
    "foot": "feet",
    "inch": "inches",
    "nautical_mile": "nautical miles",
    "degC": "°C",
    "degF": "°F",
    "US$ (PPP) per person": "international dollars (PPP) per person",
    "US$ (PPP)": "international dollars (PPP)",
}
_PLURAL = frozenset(
    [
        "hectare",
        "acre",
        "metre",
        "yard",
        "pound",
        "ounce",
        "tonne",
        "litre",
        "gallon",
        "second",
        "minute",
        "hour",
        "day",
        "week",
    ]
)


@dataclass(frozen=True, slots=True)
class Findings:
    """The results of a run.

    Attributes:
        results: What became of each step.
    """

    results: Mapping[str, StepResult]

    def value(self, step: str) -> object:
        """Return what a step returned; None unless it succeeded."""
        result = self.results.get(step)
        return result.value if result and result.status == "succeeded" else None

    def inner(self, step: str) -> object:
        """Return what a step returned, out of the figure that holds it."""
        return inner(self.value(step))

    def number(self, step: str) -> int | float | None:
        """Return the number that a step found, if it found one."""
        return number(self.value(step))

    def unit(self, step: str) -> str:
        """Return the unit of what a step found; empty where it has none."""
        value = self.value(step)
        return str(value.get("unit") or "") if isinstance(value, Mapping) else ""

    def of(self, step: str, label: str) -> str:
        """Return what a step's figure is about, else a label."""
        value = self.value(step)
        name = value.get("of") if isinstance(value, Mapping) else None
        # What is converted from a bare number is of that number.
        known = isinstance(name, str) and not name[:1].isdigit()
        return with_article(str(name)) if known else label

    def items(self, step: str) -> list[tuple[str, object]]:
        """Return the items of a `for_each` step with what was found for each."""
        value = self.value(step)
        if not isinstance(value, list):
            return []
        return [
            (item_name(entry["item"]), entry["value"])
            for entry in value
            if isinstance(entry, Mapping) and "item" in entry and "value" in entry
        ]


def inner(value: object) -> object:
    """Return what a figure is a figure of; other values as they are."""
    return value["value"] if isinstance(value, Mapping) and "value" in value else value


def number(value: object) -> int | float | None:
    """Return the number that a value is or holds."""
    found = inner(value)
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return found if is_number else None  # type: ignore[return-value]


def item_name(item: object) -> str:
    """Return the name of a `for_each` item: itself, or what it is a figure of."""
    return place_name(str(item["of"] if isinstance(item, Mapping) else item))


def place_name(name: str) -> str:
    """Write a place for people: "Lima, Peru" is Lima where nobody asked."""
    return with_article(name.partition(",")[0])


def full_name(name: str) -> str:
    """Write a place so that no other is meant: "London (Canada)"."""
    city, comma, country = name.partition(", ")
    return f"{city} ({country})" if comma else name


def unit_in(value: object) -> str:
    """Return the unit of a figure; empty where it has none."""
    return str(value.get("unit") or "") if isinstance(value, Mapping) else ""


def quantity(value: float, unit: str = "") -> str:
    """Write a measured number with its unit: floats to four digits.

    Units that are symbols follow at once, words after a space.
    """
    text = plain(value)
    if unit == "%" or unit.startswith("°"):
        return f"{text}{unit}"
    return f"{text} {unit_words(unit, value)}".strip()


def unit_words(unit: str, value: float) -> str:
    """Write a unit as it follows a number."""
    if value == 1:
        return {"mi²": "square mile", "nautical_mile": "nautical mile"}.get(unit, unit)
    return _UNIT_WORDS.get(unit, f"{unit}s" if unit in _PLURAL else unit)


def plain(value: float) -> str:
    """Write a measured number: whole from 10,000, else to four digits or a tenth."""
    for size, word in ((1e12, "trillion"), (1e10, "billion")):
        if abs(value) >= size:
            unit = 1e12 if word == "trillion" else 1e9
            return f"{for_people(float(f'{value / unit:.4g}'))} {word}"
    if isinstance(value, float):
        value = round(value, 1) if abs(value) >= 1000 else float(f"{value:.4g}")
        value = round(value) if abs(value) >= 10_000 else value
    return for_people(value)


def upper(text: str) -> str:
    """Begin with a capital."""
    return f"{text[:1].upper()}{text[1:]}"


def times(ratio: float) -> str:
    """Write how many times one thing is another."""
    return for_people(float(f"{ratio:.3g}"))


def enumeration(parts: Sequence[str]) -> str:
    """Write parts as people do: "a, b and c"."""
    return for_people(list(parts))


def sentence(text: str) -> str:
    """Begin with a capital and end with a full stop."""
    return f"{upper(text)}." if text else ""
