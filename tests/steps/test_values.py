"""What comes out of tools becomes plain JSON of the declared type, or an error."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from dagplan.errors import WrongValueError
from dagplan.plan.json_values import to_json
from dagplan.steps.values import coerce


class City(BaseModel):
    name: str
    near: tuple[str, ...] = ()


@dataclass
class Point:
    x: float


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        ((1, "x"), [1, "x"]),
        (City(name="Rome", near=("Ostia",)), {"name": "Rome", "near": ["Ostia"]}),
        ([Point(1.5)], [{"x": 1.5}]),
        (date(2026, 1, 2), "2026-01-02"),
        (Decimal("1.50"), "1.50"),
        ({"a": {1}}, {"a": [1]}),
        ({1: 2}, {"1": 2}),
        (b"text", "text"),
        (2**70, 2**70),
        ("\x00 é", "\x00 é"),
    ],
)
def test_what_a_tool_returns_becomes_json(value: object, plain: object) -> None:
    assert to_json(value, "tool 't'") == plain


@pytest.mark.parametrize(
    "value",
    [
        object(),
        float("nan"),
        [{"x": float("inf")}],
        b"\xff",
        "\ud800",
        [{"\ud800": 1}],
        lambda: None,
    ],
)
def test_what_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(WrongValueError, match=r"tool 't' returned .*not JSON"):
        to_json(value, "tool 't'")


def test_a_value_that_holds_itself_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(WrongValueError, match="not JSON"):
        to_json(endless, "tool 't'")


@pytest.mark.parametrize(
    ("value", "returns", "coerced"),
    [
        ("x", None, "x"),
        (None, None, None),
        ("12", "text", "12"),
        ("12", "number", 12),
        (" 1.5e3\n", "number", 1_500.0),
        ("true", "boolean", True),
        ('["a", "b"]', ["text"], ["a", "b"]),
        ('{"name": "Rome"}', {"name": "text"}, {"name": "Rome"}),
        ({"value": 5, "unit": "km"}, "number", 5),
        ({"value": 5}, {"value": "number"}, {"value": 5}),
        ({"value": ["x"]}, ["text"], ["x"]),
    ],
)
def test_what_needs_no_understanding_is_made_to_fit(
    value: object, returns: object, coerced: object
) -> None:
    good, found = coerce(value, returns)
    assert good
    assert found == coerced
    assert type(found) is type(coerced)


@pytest.mark.parametrize(
    ("value", "returns"),
    [
        (None, "text"),
        (None, "number"),
        (5, "text"),
        (True, "number"),
        (1, "boolean"),
        ("about 5", "number"),
        ("NaN", "number"),
        ("Infinity", "number"),
        ("1e999", "number"),
        ('["\\ud800"]', ["text"]),
        ("9" * 5_000, "number"),
        ("[" * 100_000, ["text"]),
        ({"value": "5"}, "number"),
        (["x"], "text"),
    ],
)
def test_what_would_have_to_be_understood_is_left_as_it_is(
    value: Any, returns: object
) -> None:
    assert coerce(value, returns) == (False, value)
