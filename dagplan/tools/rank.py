"""The tool `rank`: which is highest, by how much, without asking a model."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Annotated

from pydantic import SkipValidation
from typing_extensions import TypedDict

from dagplan.errors import ToolError
from dagplan.tools.figure import NumberFigure, number_in, shown, unit_in

MAX_ITEMS = 10_000


class RankItem(TypedDict):
    """A name with its value, as a `for_each` step yields them."""

    item: str
    value: int | float | NumberFigure | None


class Ranked(TypedDict):
    """A name with its number."""

    item: str
    value: int | float


class Ranking(TypedDict):
    """Items in order, with what is usually asked about them.

    Attributes:
        sorted: All items, best first; equal values keep the order of the input.
        first: The first of them.
        last: The last of them.
        difference: Between the first and the last, never negative.
        ratio: The larger of first and last over the smaller, by magnitude; None
            where one is 0 or their signs differ.
        differences: From each item to the next one, never negative.
        count: How many items there are.
        tied: Names that share the first place; empty where one is alone there.
        unit: The unit that all values share; None where they have none.
    """

    sorted: list[Ranked]
    first: Ranked
    last: Ranked
    difference: int | float
    ratio: float | None
    differences: list[int | float]
    count: int
    tied: list[str]
    unit: str | None


# What people forget in an item is told by its name, so rank checks items itself.
RankItems = Annotated[list[RankItem | NumberFigure], SkipValidation]


def rank(items: RankItems, *, descending: bool = True) -> Ranking:
    """Sort items by value: which is highest, which lowest, how far these two differ.

    Args:
        items: What to compare: a list of {"item": name, "value": number or figure},
            exactly what a for_each step over names yields, so "${step}" works. A list
            of figures works too.
        descending: True puts the highest first, False the lowest.

    Returns:
        {"sorted": [{"item", "value"}, ...], "first", "last", "difference", "ratio",
        "differences", "count", "tied", "unit"}: "first" and "last" are
        {"item", "value"}, "difference" is between these two and never negative,
        "tied" names those that share the first place.

    Raises:
        ToolError: The list is empty, an item lacks a name or a number, or the
            units differ.
    """
    ranked = [_read(item, place) for place, item in enumerate(_checked(items), 1)]
    unit = _common_unit(items)
    # sorted() is stable in both directions: `reverse` keeps equal items in order.
    ordered = sorted(ranked, key=lambda entry: entry["value"], reverse=descending)
    first, last = ordered[0], ordered[-1]
    tied = [entry["item"] for entry in ordered if entry["value"] == first["value"]]
    return {
        "sorted": ordered,
        "first": first,
        "last": last,
        "difference": _gap(first["value"], last["value"]),
        "ratio": _ratio(first["value"], last["value"]),
        "differences": [
            _gap(one["value"], two["value"]) for one, two in pairwise(ordered)
        ],
        "count": len(ordered),
        "tied": tied if len(tied) > 1 else [],
        "unit": unit,
    }


def _checked(items: Sequence[object]) -> Sequence[object]:
    if not isinstance(items, list | tuple):
        raise ToolError(
            f"items must be a list, got {shown(items)}; refer to a for_each step"
        )
    if not items:
        raise ToolError("items is empty; there must be at least one item to rank")
    if len(items) > MAX_ITEMS:
        raise ToolError(
            f"items may hold {MAX_ITEMS} at most, got {len(items)}; rank fewer"
        )
    return items


def _read(item: object, place: int) -> Ranked:
    name = _name(item)
    if name is None:
        raise ToolError(
            f"item {place} must be an object with 'item' and 'value', "
            f'got {shown(item)}; write {{"item": name, "value": number}}'
        )
    return {"item": name, "value": number_in(item, name)}


def _name(item: object) -> str | None:
    """Name an item by its ``item``, a figure by what it is of."""
    if not isinstance(item, Mapping) or "value" not in item:
        return None
    name = item.get("item", item.get("of"))
    if isinstance(name, Mapping):
        name = name.get("of")
    if isinstance(name, bool) or not isinstance(name, str | int | float):
        return None
    return str(name)


def _common_unit(items: Sequence[object]) -> str | None:
    units = [unit_in(item) for item in items]
    known = list(dict.fromkeys(unit for unit in units if unit is not None))
    if len(known) > 1:
        raise ToolError(
            f"items must share one unit, got {' and '.join(map(repr, known[:3]))}; "
            "convert them first"
        )
    return known[0] if known and None not in units else None


def _gap(one: float, two: float) -> int | float:
    if isinstance(one, int) and isinstance(two, int):
        return abs(one - two)
    # Decimal subtracts what people see: 0.3 and 0.1 are 0.2 apart.
    gap = abs(Decimal(repr(one)) - Decimal(repr(two)))
    return float(gap)


def _ratio(one: float, two: float) -> float | None:
    if one == 0 or two == 0 or (one > 0) != (two > 0):
        return None
    small, large = sorted((abs(one), abs(two)))
    try:
        ratio = large / small
    except OverflowError:
        return None
    return ratio if ratio != float("inf") else None
