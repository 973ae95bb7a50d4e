"""Schemas in the forms in which tools have them: strict where no value is lost."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dagplan.plan import ToolSpec
from dagplan.planning.arguments import write_arguments
from dagplan.planning.strict import Definitions, NotStrictError
from dagplan.planning.wire import plan_schema, read_plan
from tests.loopback.schema_rules import refusals

_A = {"type": "string"}


def plan_of(name: str, args: object) -> dict[str, Any]:
    return {"steps": [{name: args, "id": "a"}], "answer": None}


@pytest.mark.parametrize(
    "parameters",
    [
        {"properties": {"a": _A}, "additionalProperties": True},
        {"properties": {"a": _A}, "additionalProperties": _A},
        {"properties": {"a": _A}, "patternProperties": {"^x": _A}},
        {"properties": {"a": _A}, "allOf": [{"properties": {"b": _A}}]},
        {"properties": {"a": _A}, "anyOf": [{"$ref": "#/$defs/B"}], "$defs": {"B": _A}},
        {"properties": {"a": _A}, "if": {}, "then": {"properties": {"b": _A}}},
        {"properties": {"a": _A}, "dependentSchemas": {"a": {"required": ["b"]}}},
        {"properties": {"a": _A}, "required": ["a", "b"]},
        {"properties": {"a": {"type": "array", "prefixItems": [{}], "items": _A}}},
        {"properties": {"a": {"type": "array", "items": [_A, _A]}}},
    ],
)
def test_no_value_is_lost_that_the_tool_would_take(parameters: Any) -> None:
    with pytest.raises(NotStrictError):
        Definitions().strict("t", parameters)


def test_alternatives_that_only_say_what_is_required_stay_strict() -> None:
    parameters = {
        "properties": {"a": _A, "b": _A},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    }
    strict: Any = Definitions().strict("t", parameters)
    assert [*strict["properties"]] == ["a", "b"]


def test_a_null_that_is_a_value_cannot_also_leave_out() -> None:
    nullable = {"type": ["integer", "null"], "description": "How many."}
    with pytest.raises(
        NotStrictError, match="may be left out, which null does not say"
    ):
        Definitions().strict("t", {"properties": {"k": nullable}})
    for parameters in (
        {"properties": {"k": nullable}, "required": ["k"]},
        {"properties": {"k": {**nullable, "default": None}}},
    ):
        strict: Any = Definitions().strict("t", parameters)
        assert strict["properties"]["k"]["description"] == "How many."
    strict = Definitions().strict(
        "t", {"properties": {"k": {**nullable, "default": 5}}}
    )
    # Null says "none" to this tool; who wants the default has to be told what it is.
    assert strict["properties"]["k"]["description"] == "How many. Its default is 5."


@pytest.mark.parametrize(
    "parameters",
    [
        {"properties": {"a": {"$ref": "#/definitions/A"}}, "definitions": {"A": _A}},
        {"properties": {"a": {"$ref": "#/$defs/%C3%A4~1"}}, "$defs": {"ä/": _A}},
        {"properties": {"a": {"$ref": "#/properties/b"}, "b": _A}},
        {"properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"$ref": "#/$defs/B"}, "B": _A}},
        {"properties": {"a": _A}, "$defs": {"Unused": {"type": "object"}}},
        {"$ref": "#/$defs/A", "$defs": {"A": {"properties": {"a": _A}}}},
    ],
)  # fmt: skip
def test_references_of_every_draft_are_followed(parameters: Any) -> None:
    schema = plan_schema([ToolSpec("t", "", parameters)])
    assert schema.strict
    assert refusals(schema.schema) == []
    plain = Draft202012Validator(schema.schema)
    properties = parameters.get("properties", {"a": _A})
    args = dict.fromkeys(properties, "x")
    assert plain.is_valid(plan_of("t", write_arguments(args, parameters)))
    wrong = write_arguments({**args, "a": 5}, parameters)
    assert not plain.is_valid(plan_of("t", wrong))


def test_a_tree_of_the_whole_schema_is_strict() -> None:
    parameters = {
        "type": "object",
        "properties": {"a": _A, "of": {"type": "array", "items": {"$ref": "#"}}},
    }
    schema = plan_schema([ToolSpec("t", "", parameters)])
    assert schema.strict
    assert refusals(schema.schema) == []
    leaf: dict[str, Any] = {"a": None, "of": []}
    tree = {"a": "x", "of": [leaf, "${a}", {"a": "${b}", "of": [leaf]}]}
    assert Draft202012Validator(schema.schema).is_valid(
        plan_of("t", write_arguments(tree, parameters))
    )


def test_a_definition_that_stands_for_itself_is_not_strict() -> None:
    endless = {"anyOf": [{"$ref": "#/$defs/A"}, _A]}
    parameters = {"properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": endless}}
    assert not plan_schema([ToolSpec("t", "", parameters)]).strict


def test_many_tools_of_odd_names_and_arguments_share_one_schema() -> None:
    names = ["a b", "a/b", "ä", "Agent", "ID", "more ", "$ref", "#", ""]
    keys = ["id", "more", "agent", "$ref", "$defs", "properties", "ä", ""]
    parameters = {"properties": dict.fromkeys(keys, _A), "required": keys}
    tools = [
        ToolSpec(f"{n}{i or ''}", "", parameters) for n in names for i in range(15)
    ]
    schema = plan_schema(tools[:128])
    assert schema.strict
    assert refusals(schema.schema) == []
    args = dict.fromkeys(keys, "${a}")
    plain = Draft202012Validator(schema.schema)
    for spec in (tools[0], tools[1], tools[77], tools[127]):
        written = plan_of(spec.name, args)
        assert plain.is_valid(written)
        plan = read_plan(json.dumps(written), tools)
        assert (plan.steps[0].tool, plan.steps[0].args) == (spec.name, args)
