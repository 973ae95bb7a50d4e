"""What the world-data tools answer with, and how other tools read a number from it.

Plans pass results along whole: ``rank`` and ``calculate`` get a bare number, a
figure, or the items that a ``for_each`` step yields, and all three must work.
"""

import math
from collections.abc import Mapping
from typing import TypeGuard

# typing.TypedDict cannot be read by pydantic before Python 3.12.
from typing_extensions import TypedDict

from dagplan.errors import ToolError


class _Origin(TypedDict):
    """What every figure says besides its value.

    Attributes:
        of: What it is about, under its full name, e.g. ``"Santiago, Chile"``.
        what: What was asked of it, e.g. ``"population"``.
        unit: The unit of a number, e.g. ``"km²"``; None where there is none.
        year: The year that the value holds for. World data name none for single values:
            theirs is the year in which the release was published.
        source: The data set and its release.
    """

    of: str
    what: str
    unit: str | None
    year: int | None
    source: str


class NumberFigure(_Origin):
    """A number with what is needed to quote it."""

    value: int | float


class TextFigure(_Origin):
    """A text, e.g. the name of a capital, with where it comes from."""

    value: str


class ListFigure(_Origin):
    """A list of names with where it comes from."""

    value: list[str]


Figure = NumberFigure | TextFigure | ListFigure


def is_number(value: object) -> TypeGuard[int | float]:
    """Tell whether a value is a finite number; a boolean is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


def number_in(value: object, name: str) -> int | float:
    """Read the number out of a number, a figure or an item of a `for_each` step.

    Args:
        value: A number, or an object whose ``"value"`` is a number or a figure.
        name: What to call it in an error.

    Returns:
        The number as it is, integers as integers.

    Raises:
        ToolError: There is no finite number in it.
    """
    inner = value
    for _ in range(2):  # a for_each item that holds a figure is the deepest shape
        if not isinstance(inner, Mapping) or "value" not in inner:
            break
        inner = inner["value"]
    if is_number(inner):
        return inner
    if inner is None:
        raise ToolError(f"{name!r} has no value; leave it out or look it up first")
    raise ToolError(f"{name!r} must be a number, got {shown(inner)}; refer to a number")


def unit_in(value: object) -> str | None:
    """Read the unit out of a figure, or of a `for_each` item that holds one."""
    while isinstance(value, Mapping):
        if "unit" in value:
            unit = value["unit"]
            return unit if isinstance(unit, str) else None
        value = value.get("value")
    return None


def shown(value: object) -> str:
    """Write a value for an error message, in at most 60 characters."""
    # Neither a long list nor a huge integer is worth its repr.
    if isinstance(value, list | dict | tuple | set):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, int) and abs(value) >= 10**50:
        return "an integer of more than 50 digits"
    text = repr(value[:60]) if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def rounded(value: float, digits: int = 6) -> float:
    """Round to significant digits, which keeps small quotients meaningful."""
    return float(f"{value:.{digits}g}")
