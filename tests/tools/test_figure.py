"""Reading numbers and units out of what plans pass along."""

import pytest

from dagplan.errors import ToolError
from dagplan.tools.figure import is_number, number_in, rounded, shown, unit_in

FIGURE = {"of": "France", "value": 2.5, "unit": "km²"}


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3),
        (2.5, 2.5),
        (FIGURE, 2.5),
        ({"item": "a", "value": 3}, 3),
        ({"item": "a", "value": FIGURE}, 2.5),
    ],
)
def test_a_number_is_read_from_each_shape(value: object, number: float) -> None:
    assert number_in(value, "x") == number


def test_a_figure_that_is_nested_too_deep_holds_no_number() -> None:
    nested = {"value": {"value": {"value": 1}}}

    with pytest.raises(ToolError, match="'x' must be a number, got a dict of 1"):
        number_in(nested, "x")


@pytest.mark.parametrize("value", [True, "1", None, float("nan"), float("inf"), 1j])
def test_what_is_no_finite_number_is_none(value: object) -> None:
    assert not is_number(value)


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        (FIGURE, "km²"),
        ({"item": "a", "value": FIGURE}, "km²"),
        ({"item": "a", "value": 3}, None),
        ({"value": 1, "unit": None}, None),
        ({"value": 1, "unit": 5}, None),
        (3, None),
    ],
)
def test_a_unit_is_read_from_each_shape(value: object, unit: str | None) -> None:
    assert unit_in(value) == unit


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a" * 100, "'" + "a" * 58 + "…"),
        ([1, 2], "a list of 2"),
        (10**60, "an integer of more than 50 digits"),
        (1.5, "1.5"),
    ],
)
def test_values_are_shown_in_short(value: object, text: str) -> None:
    assert shown(value) == text


def test_small_quotients_keep_their_digits() -> None:
    assert rounded(0.0266123456) == 0.0266123
    assert rounded(55049.6774) == 55049.7
