"""Values are made to be of the declared type where nothing has to be understood."""

from typing import Any

import pytest

from dagplan.steps.values import coerce


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
