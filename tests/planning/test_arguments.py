"""Arguments cost no token that says nothing, and none is lost."""

import json
from itertools import combinations
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dagplan.plan import ToolSpec
from dagplan.planning.arguments import (
    argument_schema,
    bare_argument,
    read_arguments,
    write_arguments,
)
from dagplan.planning.strict import Definitions
from dagplan.planning.wire import plan_schema, read_plan
from tests.loopback.schema_rules import refusals

TEXT = {"type": "string", "description": "Said in the list of tools"}
NUMBERS = {"type": "array", "items": {"type": "number"}}


def parameters(*needed: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*needed]}


ONE = parameters("q", q=TEXT)
ONLY = parameters(q=TEXT)
NEEDED = parameters("q", q=TEXT, limit=NUMBERS, state=TEXT)
UNIT = parameters("value", "to", value=NUMBERS, to=TEXT, unit=TEXT)
MANY = parameters("a", "b", a=TEXT, b=TEXT, c=TEXT, d=NUMBERS, e=TEXT)
NAMED = parameters("a", "b", a=TEXT, b=TEXT, c=TEXT, more=TEXT)
NONE = parameters(a=TEXT, b=TEXT)
ALL = [ONE, ONLY, NEEDED, UNIT, MANY, NAMED, NONE]


def options(schema: dict[str, Any]) -> list[Any]:
    """What a value may be: names of types, keys of objects."""
    kinds = schema.get("anyOf", [schema])
    return [[*k["properties"]] if k["type"] == "object" else k["type"] for k in kinds]


def schema_of(given: Any, *, lean: bool = True, strictly: bool = True) -> Any:
    return argument_schema("t", given, Definitions(strictly=strictly), lean=lean)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (ONE, ["string", ["q"]]),
        (ONLY, ["string", ["q"]]),
        (NEEDED, ["string", ["q", "more"]]),
        (UNIT, [["value", "to", "unit"]]),
        (MANY, [["a", "b", "more"]]),
        (NAMED, [["a", "b", "c", "more"]]),
        (NONE, [["more"]]),
        (parameters(), [[]]),
        (parameters("of", of=parameters("x", x={"type": "number"})), [["of"]]),
        (parameters("of", of=NUMBERS), ["array", "string", ["of"]]),
    ],
)
def test_how_arguments_are_written(given: Any, written: list[Any]):
    assert options(schema_of(given)) == written
    assert "Said" not in json.dumps(schema_of(given))


def test_a_schema_that_must_be_small_has_nulls_and_nothing_bare():
    found = schema_of(NEEDED, lean=False)
    assert found["required"] == ["q", "limit", "state"]
    assert {"type": "null"} in found["properties"]["state"]["anyOf"]
    assert found["properties"]["q"] == {"type": "string"}


def test_who_is_not_held_to_a_schema_writes_what_is_needed():
    bare, whole = schema_of(NEEDED, strictly=False)["anyOf"]
    assert bare == {"type": "string"}
    assert (whole["required"], [*whole["properties"]]) == (
        ["q"],
        ["q", "limit", "state"],
    )
    assert "null" not in json.dumps(whole)


@pytest.mark.parametrize("given", ALL)
def test_strict_mode_takes_them_and_nothing_is_lost(given: dict[str, Any]):
    spec = ToolSpec("t", "", given)
    schema = plan_schema([spec])
    assert schema.strict
    assert refusals(schema.schema) == []
    validator = Draft202012Validator(schema.schema)
    examples = {n: [1] if p is NUMBERS else "x" for n, p in given["properties"].items()}
    extra = [name for name in examples if name not in given["required"]]
    for count in range(len(extra) + 1):
        for chosen in combinations(extra, count):
            args = {n: examples[n] for n in [*given["required"], *chosen]}
            step = {"t": write_arguments(args, given), "id": "a"}
            plan = {"steps": [step], "answer": None}
            validator.validate(plan)
            assert read_plan(json.dumps(plan), [spec]).steps[0].args == args


def test_a_list_named_as_ours_is_the_tools_own():
    args = {"a": "x", "b": "y", "more": "z"}
    assert read_arguments({**args, "c": None}, NAMED) == args


def test_what_may_be_bare():
    assert [bare_argument(given) for given in ALL] == [
        "q",
        "q",
        "q",
        None,
        None,
        None,
        None,
    ]
    assert read_arguments([1], parameters("of", of=NUMBERS)) == {"of": [1]}
    assert read_arguments(None, ONE) is None
    assert read_arguments("x", UNIT) is None


def test_nulls_inside_a_bare_argument_are_left_out_too():
    item = parameters("name", name=TEXT, age=TEXT)
    given = parameters("of", of={"type": "array", "items": item})
    written = [{"name": "Ada", "age": None}]
    assert read_arguments(written, given) == {"of": [{"name": "Ada"}]}
