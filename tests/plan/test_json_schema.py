"""Schemas of tools in every draft, and what a broken one comes to."""

import socket
from typing import Any

import pytest

from dagplan.plan.arguments import argument_problems
from dagplan.plan.json_schema import bound, fault


def refused(value: Any, schema: dict[str, Any]) -> bool:
    return not bound(schema).is_valid(value)


@pytest.mark.parametrize("schema", [True, "http://json-schema.org/draft-07/schema#"])
def test_lists_and_bounds_of_older_drafts_are_read(schema: Any) -> None:
    said = {} if schema is True else {"$schema": schema}
    pair = {**said, "items": [{"type": "number"}, {"type": "string"}]}
    assert not refused([1, "x", None], pair)
    assert refused(["x", 1], pair)
    assert refused([1, "x", None], {**pair, "additionalItems": False})
    assert refused([1, "x", None], {**pair, "additionalItems": {"type": "number"}})
    # A bound that is true only says how `minimum` counts, in draft-04 and OpenAPI 3.0.
    assert not refused(-5, {**said, "minimum": -10, "exclusiveMinimum": True})
    assert refused({"a": 1}, {**said, "dependencies": {"a": ["b"]}})


def test_lists_and_bounds_of_the_newest_draft_are_read() -> None:
    pair = {"prefixItems": [{"type": "number"}], "items": {"type": "string"}}
    assert not refused([1, "x"], pair)
    assert refused([1, 2], pair)
    assert refused(3, {"exclusiveMinimum": 3})


def test_definitions_are_found_wherever_a_pointer_leads() -> None:
    inner = {"type": "string"}
    for ref, where in [
        ("#/definitions/A", {"definitions": {"A": inner}}),
        ("#/$defs/a~1b", {"$defs": {"a/b": inner}}),
        ("#/properties/b", {"properties": {"b": inner}}),
    ]:
        schema = {"properties": {"a": {"$ref": ref}}, **where}
        schema["properties"] = {"a": {"$ref": ref}, **where.get("properties", {})}
        assert refused({"a": 5}, schema)
        assert not refused({"a": "x"}, schema)


def test_a_schema_that_names_its_draft_takes_references_also_inside_itself() -> None:
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {"n": {"type": "number"}, "next": {"$ref": "#"}},
    }
    args = {"n": "${a}", "next": {"n": "${a}"}}
    assert [*argument_problems(args, schema)] == []
    assert [*argument_problems({"next": {"n": "x"}}, schema)] != []


def test_nothing_is_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)  # noqa: FBT003
        url = f"http://127.0.0.1:{server.getsockname()[1]}/schema.json"
        with pytest.raises(Exception, match="Unresolvable"):
            bound({"$ref": url}).is_valid(1)
        with pytest.raises(BlockingIOError):
            server.accept()


TREE = {
    "properties": {"tree": {"$ref": "#/$defs/Tree"}},
    "$defs": {
        "Tree": {
            "anyOf": [
                {"type": "object", "properties": {"of": {"$ref": "#/$defs/Tree"}}},
                {"type": "null"},
            ]
        }
    },
}


def problems_at(frames: int, levels: int) -> list[str]:
    """The remedies for a tree, looked at with so many frames on the stack."""
    if frames:
        return problems_at(frames - 1, levels)
    tree: Any = None
    for _ in range(levels):
        tree = {"of": tree}
    return [remedy for _, remedy in argument_problems({"tree": tree}, TREE)]


def test_deep_arguments_never_meet_the_end_of_the_stack() -> None:
    # Where it was met inside of Rust a PanicException passed every handler, and which
    # depth meets it there depends on what stands on the stack already.
    for frames in range(0, 60, 3):
        for levels in (120, 150, 190):
            assert problems_at(frames, levels) == ["nest lists and objects less"]
        assert problems_at(frames, 30) == []


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"properties": []}, "properties: [] is not of type 'object'"),
        ({"properties": {"a": {"type": 5}}}, "properties.a.type: 5 is not valid"),
        ({"properties": {"a": {"enum": 5}}}, "properties.a.enum: 5 is not of type"),
        ({"properties": {"a": {"minimum": "5"}}}, "properties.a.minimum: '5' is not"),
        ({"properties": {"a": {"pattern": 5}}}, "properties.a.pattern: 5 is not"),
        ({"properties": {"a": {"multipleOf": 0}}}, "properties.a.multipleOf: 0 is"),
        ({"properties": {"a": {"allOf": 5}}}, "properties.a.allOf: 5 is not of type"),
        ({"properties": {"a": None}}, "properties.a: None is not of type"),
    ],
)
def test_a_broken_schema_is_told(schema: dict[str, Any], said: str) -> None:
    assert str(fault(schema)).startswith(said)
    schema = {"additionalProperties": True, **schema}
    (remedy,) = {remedy for _, remedy in argument_problems({"a": 1}, schema)} | {
        remedy for _, remedy in argument_problems({"a": "x"}, schema)
    }
    assert remedy.startswith(
        f"use another tool; the schema of this one is broken: {said}"
    )


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"items": [{"type": "number"}]},
        {"minimum": 1, "exclusiveMinimum": True},
        {"prefixItems": [{}], "items": False},
        {"type": ["string", "null"]},
    ],
)
def test_no_draft_is_called_broken(schema: dict[str, Any]) -> None:
    assert fault(schema) is None
