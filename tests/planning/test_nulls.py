"""Nulls that leave out, and nulls that say something."""

from typing import Any

import pytest

from dagplan.planning.nulls import is_left_out_by_null, takes_null, without_defaults

TREE = {
    "properties": {"left": {"$ref": "#/$defs/T"}, "size": {"type": "integer"}},
    "$defs": {
        "T": {
            "type": "object",
            "properties": {
                "left": {"$ref": "#/$defs/T"},
                "size": {"type": "integer"},
                "name": {"type": ["string", "null"]},
            },
            "required": ["name"],
        }
    },
}


def nested(levels: int, node: dict[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = dict(node)
    for _ in range(levels):
        tree = {"left": tree, **node}
    return tree


@pytest.mark.parametrize("levels", [1, 9, 12, 60, 190])
def test_nulls_go_at_any_depth_of_a_recursive_schema(levels: int) -> None:
    written: dict[str, object] = {"left": nested(levels, {"size": None, "name": None})}
    meant = {"left": nested(levels, {"name": None})}
    assert without_defaults(written, TREE) == meant


def test_what_is_nested_without_end_does_not_overflow() -> None:
    for levels in (440, 5_000):
        without_defaults({"left": nested(levels, {"size": None})}, TREE)


@pytest.mark.parametrize("store", ["$defs", "definitions", "more/places"])
def test_definitions_are_found_where_any_draft_keeps_them(store: str) -> None:
    place = {"type": "object", "properties": {"a": {"type": "string"}}}
    keys = store.split("/")
    kept: dict[str, Any] = {keys[-1]: {"a/b": place}}
    kept = {keys[0]: kept} if len(keys) > 1 else kept
    schema = {"properties": {"x": {"$ref": f"#/{store}/a~1b"}}, **kept}
    assert without_defaults({"x": {"a": None}}, schema) == {"x": {}}


def one(schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"properties": {"k": schema}, "required": ["k"] if required else []}


@pytest.mark.parametrize(
    ("schema", "stays"),
    [
        ({"type": "string"}, False),
        ({"type": "string", "default": "x"}, False),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}, False),
        # The tool takes null for something else than its default.
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": "x"}, True),
        ({"type": ["integer", "null"], "default": 5}, True),
        # Nobody says that null is what the tool does without it.
        ({"type": ["integer", "null"]}, True),
        ({"enum": ["a", None]}, True),
        ({"const": None}, True),
        ({}, True),
    ],
)
def test_a_null_that_the_tool_takes_is_a_value(
    schema: dict[str, Any], *, stays: bool
) -> None:
    read = without_defaults({"k": None}, one(schema))
    assert read == ({"k": None} if stays else {})
    assert is_left_out_by_null(schema, {}) is not stays
    required = one(schema, required=True)
    assert without_defaults({"k": None}, required) == {"k": None}


def test_the_kind_of_object_is_meant_that_has_exactly_the_keys() -> None:
    text, number = {"type": "string"}, {"type": "number"}
    many = {"properties": {"b": number, "a": text, "c": text}, "required": ["b"]}
    few = {"properties": {"a": text, "b": number}, "required": ["a"]}
    schema = one({"anyOf": [many, few]})
    assert without_defaults({"k": {"a": "x", "b": None}}, schema) == {"k": {"a": "x"}}


def test_lists_of_several_kinds_are_looked_into() -> None:
    kinds = [
        {"type": "array", "items": {"properties": {n: {"type": "string"}}}}
        for n in "ab"
    ]
    read = without_defaults(
        {"k": [{"a": None}, {"b": None}, {"c": None}]}, one({"anyOf": kinds})
    )
    assert read == {"k": [{}, {}, {"c": None}]}


def test_whether_null_is_taken_is_found_through_unions_and_circles() -> None:
    root = {
        "$defs": {
            "A": {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]},
            "B": {"anyOf": [{"$ref": "#/$defs/B"}, {"type": "string"}]},
            "C": {"allOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/A"}]},
            "D": {"allOf": [{"$ref": "#/$defs/A"}, {"type": "string"}]},
        }
    }
    found = {name: takes_null({"$ref": f"#/$defs/{name}"}, root) for name in "ABCDE"}
    assert found == {"A": True, "B": False, "C": True, "D": False, "E": False}
