"""`rank`: order, extremes, gaps and ties, on exact values."""

from typing import Any

import pytest

from dagplan.errors import ToolError
from dagplan.tools.rank import rank


def items(**values: object) -> list[Any]:
    return [{"item": name, "value": value} for name, value in values.items()]


def figure(of: str, value: float, unit: str | None = "people") -> dict[str, Any]:
    return {
        "of": of,
        "what": "population",
        "value": value,
        "unit": unit,
        "year": None,
        "source": "test",
    }


def test_the_highest_comes_first() -> None:
    assert rank(items(a=1, b=5, c=3)) == {
        "sorted": [
            {"item": "b", "value": 5},
            {"item": "c", "value": 3},
            {"item": "a", "value": 1},
        ],
        "first": {"item": "b", "value": 5},
        "last": {"item": "a", "value": 1},
        "difference": 4,
        "ratio": 5.0,
        "differences": [2, 2],
        "count": 3,
        "tied": [],
        "unit": None,
    }


def test_ascending_puts_the_lowest_first_and_keeps_gaps_positive() -> None:
    result = rank(items(a=1, b=5, c=3), descending=False)

    assert [entry["item"] for entry in result["sorted"]] == ["a", "c", "b"]
    assert (result["difference"], result["ratio"]) == (4, 5.0)
    assert result["differences"] == [2, 2]


def test_one_item_is_first_and_last() -> None:
    result = rank(items(a=2.5))

    assert result["first"] == result["last"] == {"item": "a", "value": 2.5}
    assert (result["difference"], result["ratio"]) == (0, 1.0)
    assert (result["differences"], result["tied"]) == ([], [])


@pytest.mark.parametrize("descending", [True, False])
def test_ties_keep_the_order_of_the_input_and_are_named(*, descending: bool) -> None:
    result = rank(items(b=2, a=2, c=2.0), descending=descending)

    assert [entry["item"] for entry in result["sorted"]] == ["b", "a", "c"]
    assert result["tied"] == ["b", "a", "c"]


def test_ties_behind_the_first_are_not_named() -> None:
    assert rank(items(a=3, b=2, c=2))["tied"] == []


@pytest.mark.parametrize(
    ("values", "ratio"),
    [
        ({"a": 10, "b": 4}, 2.5),
        ({"a": -10, "b": -4}, 2.5),
        ({"a": 10, "b": -4}, None),
        ({"a": 10, "b": 0}, None),
        ({"a": 0, "b": 0}, None),
        ({"a": 10**400, "b": 2}, None),
        ({"a": 1e308, "b": 1e-308}, None),
    ],
)
def test_the_ratio_is_none_where_it_has_no_meaning(
    values: dict[str, float], ratio: float | None
) -> None:
    assert rank(items(**values))["ratio"] == ratio


def test_gaps_between_floats_are_those_that_people_see() -> None:
    result = rank(items(a=0.3, b=0.1))

    assert result["difference"] == 0.2
    assert result["differences"] == [0.2]


def test_large_integers_stay_exact() -> None:
    assert rank(items(a=10**30 + 1, b=10**30))["difference"] == 1


def test_figures_keep_the_unit_that_they_share() -> None:
    result = rank(items(fr=figure("France", 68), de=figure("Germany", 84)))

    assert result["first"] == {"item": "de", "value": 84}
    assert result["unit"] == "people"


def test_a_list_of_figures_is_ranked_by_what_they_are_of() -> None:
    result = rank([figure("France", 68), figure("Germany", 84)])  # type: ignore[list-item]

    assert [entry["item"] for entry in result["sorted"]] == ["Germany", "France"]


def test_what_a_loop_over_figures_yields_is_named_after_the_figures() -> None:
    looped: list[Any] = [{"item": figure("France", 1), "value": figure("x", 2)}]

    assert rank(looped)["first"] == {"item": "France", "value": 2}


def test_items_may_be_numbers() -> None:
    looped: list[Any] = [{"item": 2023, "value": 1}, {"item": 2024, "value": 2}]

    assert rank(looped)["first"] == {"item": "2024", "value": 2}


def test_mixed_units_are_refused() -> None:
    with pytest.raises(ToolError, match="one unit, got 'km' and 'mi'; convert them"):
        rank(items(a=figure("a", 1, "km"), b=figure("b", 2, "mi")))


def test_a_number_without_a_unit_leaves_the_unit_open() -> None:
    assert rank(items(a=figure("a", 1, "km"), b=2))["unit"] is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "items is empty"),
        ("text", "items must be a list"),
        ({"a": 1}, "items must be a list, got a dict of 1"),
        (items(a=1, b=None), "'b' has no value"),
        (items(a=1, b=True), "'b' must be a number, got True"),
        (items(a=1, b="2"), "'b' must be a number, got '2'"),
        (items(a=float("nan")), "'a' must be a number, got nan"),
        (items(a={"value": None}), "'a' has no value"),
        ([{"item": "a"}], "item 1 must be an object with 'item' and 'value'"),
        ([{"value": 1}], "item 1 must be an object with 'item' and 'value'"),
        ([1, 2], "item 1 must be an object with 'item' and 'value', got 1"),
        ([{"item": True, "value": 1}], "item 1 must be an object"),
        (items(a=1) * 10_001, "10000 at most, got 10001"),
    ],
)
def test_what_cannot_be_ranked_is_refused_by_name(given: Any, message: str) -> None:
    with pytest.raises(ToolError, match=message):
        rank(given)
