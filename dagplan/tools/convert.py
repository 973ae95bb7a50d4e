"""The tool `convert`: from one unit to another, by pint.

pint evaluates unit texts with an evaluator of its own, in which ``m ** 9 ** 9 ** 9``
computes that power. So a text must first match a grammar without nested powers:
words joined by ``*``, ``/`` or ``per``, each with at most a power of one digit.
"""

import re
import threading
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import SkipValidation

from dagplan.errors import ToolError
from dagplan.tools.figure import (
    NumberFigure,
    is_number,
    number_in,
    rounded,
    shown,
    unit_in,
)

if TYPE_CHECKING:
    from pint import Unit, UnitRegistry

MAX_UNIT = 60  # characters
# Floats hold 15 to 17 digits; the last ones are noise of the factors multiplied.
DIGITS = 12

# Letters one by one: \w would let superscripts through, and pint reads ⁹⁹⁹ as a power.
_WORD = r"[A-Za-zµμΩΔ]+(?:_[A-Za-z]+)*"
_POWER = r"(?:\s?(?:\*\*|\^)\s?-?[1-9]|[23²³])"
_TERM = rf"(?:°?{_WORD}{_POWER}?|%)"
_UNIT = re.compile(rf"(?:1\s?/\s?)?{_TERM}(?:(?:\s?[*/·]\s?|\s){_TERM})*")
_DEGREES = re.compile(r"(?:°|\bdeg(?:ree)?s?)\s+(?=[CF])", re.IGNORECASE)
_DIGIT_POWER = re.compile(r"(?<=[A-Za-z])([23])$|(?<=[A-Za-z])([23])(?=\W)")

# A number is accepted bare or with its origin; convert tells itself what is missing.
Value = Annotated[int | float | NumberFigure, SkipValidation]


def convert(value: Value, to: str, unit: str | None = None) -> NumberFigure:
    """Convert a number or figure to another unit: km to miles, °C to °F.

    Args:
        value: The number, or a figure that has a unit of its own.
        to: The unit to convert to, e.g. "miles", "°F", "square miles", "people/mi²".
            Currencies cannot be converted.
        unit: The unit of a bare number, e.g. "km", "°C", "kg", "km/h".

    Returns:
        {"of", "what", "value", "unit", "year", "source"}: "value" is the number in
        the unit `to`; a figure keeps its origin.

    Raises:
        ToolError: A unit is unknown or missing, or the two measure different things.
    """
    to = to.strip()
    number = number_in(value, "value")
    origin = value if isinstance(value, dict) and "of" in value else None
    start = _start(unit_in(value), unit and unit.strip())
    result = _converted(number, start, to)
    return {
        "of": str(origin["of"]) if origin else f"{number} {start}",
        "what": str(origin["what"]) if origin else f"{start} in {to}",
        "value": rounded(result, DIGITS),
        "unit": to,
        "year": origin["year"] if origin else None,
        "source": str(origin["source"]) if origin else "unit definitions of pint",
    }


def _start(own: str | None, unit: str | None) -> str:
    if own and unit and own != unit:
        raise ToolError(
            f"value is in {own!r}, but unit says {unit!r}; leave out unit for a figure"
        )
    if not (start := own or unit):
        raise ToolError("value has no unit; pass its unit, e.g. unit='km'")
    return start


def _converted(number: float, start: str, to: str) -> float:
    import pint

    try:
        # One at a time: a registry fills its caches while it works.
        with _USING:
            quantity = _registry().Quantity(float(number), _parsed(start))
            result = float(quantity.to(_parsed(to)).magnitude)
    except pint.DimensionalityError as error:
        hint = "; write °C and °F" if {start, to} & {"C", "F"} else ""
        raise ToolError(
            f"{start!r} cannot become {to!r}: they measure different things; "
            f"check both units{hint}"
        ) from error
    except (pint.PintError, ArithmeticError, ValueError) as error:
        raise ToolError(
            f"{shown(number)} {start} cannot become {to!r}: "
            f"{' '.join(str(error).split())[:120]}; use plain units and numbers"
        ) from error
    if not is_number(result):
        raise ToolError(f"{shown(number)} {start} is too large in {to!r}; use another")
    return result


def _parsed(unit: str) -> "Unit":
    """Parse a unit as written, else as pint spells it: "Nautical miles", "Km"."""
    import pint

    text = _checked(unit)
    for spelling in (text, text.lower(), text.lower().replace(" ", "_")):
        try:
            return _registry().parse_units(spelling)
        except pint.UndefinedUnitError:
            continue
    raise ToolError(
        f"unknown unit {unit!r}; write a unit such as km, mile, kg, °C, km/h or "
        "people/km² (currencies are not converted)"
    )


def _checked(unit: str) -> str:
    text = _DEGREES.sub("°", unit) if len(unit) <= MAX_UNIT else ""
    if not _UNIT.fullmatch(text):
        raise ToolError(
            f"{shown(unit)} is no unit that can be converted; write words joined by * "
            f"or /, with powers such as m², in at most {MAX_UNIT} characters"
        )
    # pint knows °C and °F, and Celsius without a sign.
    text = re.sub(r"°(?=[Cc]els|[Ff]ahr)", "", text)
    return _DIGIT_POWER.sub(r"^\1\2", text)


_USING = threading.Lock()


@cache
def _registry() -> "UnitRegistry[Any]":
    """Load pint's units: 0.2 s to import and 0.3 s to read, so only on first use."""
    import pint

    registry: UnitRegistry[Any] = pint.UnitRegistry()
    registry.define("person = [person] = _ = people = inhabitant = inhabitants")
    return registry
