"""What steps return becomes plain JSON that a journal gives back as it was."""

import json
import math
import sys
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import NamedTuple

import pytest
from hypothesis import given, settings, strategies as st
from pydantic import BaseModel, computed_field

from dagplan.errors import UnrecordableValueError, WrongValueError
from dagplan.plan import json_values
from dagplan.plan.json_values import as_recorded, to_json


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


class Level(IntEnum):
    HIGH = 3


class Colour(StrEnum):
    RED = "red"


class Pair(NamedTuple):
    one: object
    two: object


class Raising(BaseModel):
    @computed_field  # type: ignore[prop-decorator]
    @property
    def sum(self) -> int:
        raise KeyError("x")


class Unreadable:
    def __repr__(self) -> str:
        raise RuntimeError("no")


def nested(levels: int) -> object:
    value: object = 1
    for level in range(levels):
        value = [value] if level % 2 else {"x": value}
    return value


@pytest.mark.parametrize(
    ("value", "recorded"),
    [
        (None, None),
        (True, True),
        (2**64, 2**64),
        (-(2**70), -(2**70)),
        (0.1, 0.1),
        (1e16, 1e16),
        (5e-324, 5e-324),
        ("", ""),
        ("\x00\x7f \u2028 é \U0001f600", "\x00\x7f \u2028 é \U0001f600"),
        ({"a": [{}, [], ""]}, {"a": [{}, [], ""]}),
        ((1, (2,)), [1, [2]]),
        ({1: 2, None: 3}, {"1": 2, "None": 3}),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (City(name="Rome", near=("Ostia",)), {"name": "Rome", "near": ["Ostia"]}),
        ([Point(1.5)], [{"x": 1.5}]),
        ({"when": date(2026, 1, 2)}, {"when": "2026-01-02"}),
        ([Level.HIGH, Colour.RED], [3, "red"]),
        (b"text", "text"),
        (nested(200), nested(200)),
        (Pair(1, (2,)), [1, [2]]),
        (deque([1, (2,)]), [1, [2]]),
        ({(1, 2): 3, 1.5: 4}, {"1,2": 3, "1.5": 4}),
        ('[{"' * 1_000, '[{"' * 1_000),
        ([[]] * 5_000, [[]] * 5_000),
        (10**4_299, 10**4_299),
    ],
)
def test_what_dependents_see_is_what_a_journal_gives_back(
    value: object, recorded: object
) -> None:
    found = as_recorded(value, "step 's'")
    assert found == recorded
    assert type(found) is type(recorded)
    assert json.loads(json.dumps(found)) == found


def test_minus_zero_stays_minus_zero() -> None:
    found = as_recorded([-0.0], "step 's'")
    assert math.copysign(1, found[0]) == -1  # type: ignore[index]


def endless() -> object:
    value: list[object] = []
    value.append(value)
    return value


def counted() -> Iterator[int]:
    yield from range(3)


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (math.nan, "returned nan"),
        ({"a": [1, -math.inf]}, r"-inf .* at value\['a'\]\[1\]"),
        (Point(math.nan), r"nan .* at value\.x"),
        (City.model_construct(name="\ud800"), r"half a character .* at value\.name"),
        (["\ud800"], r"half a character in .* at value\[0\]"),
        ({"\udfff": 1}, "keys that cannot be written"),
        ({"a": {1, 2}}, r"the set .*return a list.* at value\['a'\]"),
        ([frozenset()], r"set .* at value\[0\]"),
        (deque([1, {2}]), r"set .* at value\[1\]"),
        (Pair(1, {2}), r"set .* at value\[1\]"),
        (nested(5_000), "more than 200 levels"),
        (Raising(), r"type Raising that cannot be read \(KeyError\); return plain"),
        ([Unreadable()], r"type list that cannot be read \(RuntimeError\)"),
        (Point.__new__(Point), r"type Point that cannot be read \(AttributeError\)"),
        ([counted()], r"an iterator .* at value\[0\]"),
        ([object()], r"of type object .* at value\[0\]"),
        ({1: "a", "1": "b"}, "keys that are one"),
        ([(), {"k": {True: 1, "true": 2}}], r"keys that are one .* at value\[1\]"),
        (Point({2: 1, "2": 2}), r"keys that are one .* at value\.x"),  # type: ignore[arg-type]
        ({object(): 1}, "keys that cannot be written"),
        (nested(201), "more than 200 levels"),
        (endless(), "more than 200 levels"),
        pytest.param(10**4_300, "over 4,300 digits", id="huge"),
        ([-(10**5_000)], r"over 4,300 digits at value\[0\]"),
        (b"\xff", "of type bytes"),
    ],
)
def test_what_a_journal_cannot_hold_is_named_with_its_place(
    value: object, what: str
) -> None:
    with pytest.raises(UnrecordableValueError, match=what) as caught:
        as_recorded(value, "step 's'")
    assert str(caught.value).startswith("step 's' returned ")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_more_text_than_a_row_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_values, "LONGEST_TEXT", 100)
    assert as_recorded("é" * 49, "step 's'") == "é" * 49
    for value in ("x" * 99, "é" * 50, tuple(range(60))):
        with pytest.raises(UnrecordableValueError, match="100 at most; write them"):
            as_recorded(value, "step 's'")


def test_a_python_that_writes_longer_integers_makes_no_difference() -> None:
    usual = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        assert as_recorded(10**4_299, "step 's'") == 10**4_299
        with pytest.raises(UnrecordableValueError, match="over 4,300 digits"):
            as_recorded([10**4_300], "step 's'")
    finally:
        sys.set_int_max_str_digits(usual)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(PLAIN)
@settings(max_examples=50)
def test_a_recorded_value_is_recorded_as_itself(value: object) -> None:
    try:
        recorded = as_recorded(value, "step 's'")
    except UnrecordableValueError:
        assert "inf" in repr(value)
    else:
        assert recorded == value
        assert as_recorded(recorded, "step 's'") == recorded


@pytest.mark.parametrize(
    "value",
    ["x" * 50_000_000, ["é" * 1_000_000, '[{"\\' * 250_000], [*range(200_000)]],
    ids=["text", "texts", "numbers"],
)
def test_a_large_value_comes_back(value: object) -> None:
    assert as_recorded(value, "step 's'") == value


def test_a_large_value_with_a_tuple_in_it_comes_back() -> None:
    assert as_recorded(tuple(range(50_000)), "step 's'") == [*range(50_000)]
