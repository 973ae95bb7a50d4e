"""Strict mode takes and refuses what OpenAI's guide says."""

from typing import Any

import pytest

from .schema_rules import loose_refusals, refusals

STRING = {"type": "string"}


def closed(**properties: Any) -> dict[str, Any]:
    """An object schema as strict mode wants it."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = closed(leaf=STRING)
    for _ in range(levels - 1):
        schema = closed(inner=schema)
    return schema


@pytest.mark.parametrize(
    "schema",
    [
        closed(),
        closed(a=STRING, b={"type": ["integer", "null"]}),
        closed(a={"type": "string", "pattern": "^x", "format": "date-time"}),
        closed(a={"type": "number", "minimum": 0, "exclusiveMaximum": 9}),
        closed(a={"type": "array", "items": STRING, "minItems": 1, "maxItems": 3}),
        closed(a={"type": "string", "enum": ["x", "y"], "description": "d"}),
        closed(a={"type": "string", "const": "x"}),
        closed(a={"anyOf": [closed(x=STRING), closed(y=STRING), {"type": "null"}]}),
        {**closed(a={"$ref": "#/$defs/A"}), "$defs": {"A": closed(b=STRING)}},
        closed(child={"anyOf": [{"$ref": "#"}, {"type": "null"}]}),
        nested(10),
    ],
)
def test_what_the_guide_supports_is_taken(schema: dict[str, Any]) -> None:
    assert refusals(schema) == []


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (None, "got 'type: \"null\"'"),
        ({"type": "array", "items": STRING}, "got 'type: \"array\"'"),
        ({"anyOf": [closed()]}, "schema must be a JSON Schema of 'type: \"object\"'"),
        ({**closed(), "anyOf": [closed()]}, "not permitted at the root"),
        ({"type": "object", "properties": {}}, "'additionalProperties' is required"),
        ({**closed(), "additionalProperties": True}, "'additionalProperties' is requ"),
        ({**closed(a=STRING), "required": []}, "Missing 'a'."),
        ({**closed(), "required": ["b"]}, "Extra required key 'b' supplied."),
        (closed(a={"type": "object"}), "'additionalProperties' is required"),
        (
            closed(a={"type": "object", "additionalProperties": STRING}),
            "In context=('properties', 'a'), 'additionalProperties' is required",
        ),
        (
            closed(a={"type": "object", "additionalProperties": False}),
            "object schema missing properties",
        ),
        (closed(a={}), "schema must have a 'type' key."),
        (closed(a={"const": "x"}), "schema must have a 'type' key."),
        (closed(a={"type": "array"}), "array schema missing items."),
        (closed(a={**STRING, "default": "x"}), "'default' is not permitted."),
        (closed(a={**STRING, "minLength": 1}), "'minLength' is not permitted."),
        (closed(a={**STRING, "format": "uri"}), "'uri' is not a valid format."),
        (closed(a={"$ref": "#/$defs/B"}), "can not be resolved"),
        (
            {
                **closed(a={"$ref": "#/$defs/A", "description": "d"}),
                "$defs": {"A": STRING},
            },
            "$ref cannot have keywords {'description'}.",
        ),
        (
            {**closed(), "$defs": {"A": {"type": "object"}}},
            "In context=('$defs', 'A'), 'additionalProperties'",
        ),
        (nested(11), "11 levels of nesting exceeds limit of 10."),
    ],
)
def test_what_breaks_a_rule_is_refused(schema: Any, reason: str) -> None:
    found = refusals(schema)
    assert any(reason in sentence for sentence in found), found


@pytest.mark.parametrize(
    "word",
    [
        "allOf",
        "oneOf",
        "not",
        "if",
        "then",
        "else",
        "dependentRequired",
        "dependentSchemas",
        "patternProperties",
        "uniqueItems",
    ],
)
def test_a_keyword_outside_the_subset_is_refused_where_it_stands(word: str) -> None:
    found = refusals(closed(a={**STRING, word: []}))
    assert found == [f"In context=('properties', 'a'), '{word}' is not permitted."]


@pytest.mark.parametrize(
    "variants",
    [
        [closed(id=STRING, a=STRING), closed(id=STRING, b=STRING)],
        [{"$ref": "#/$defs/A"}, closed(id=STRING)],
        [{"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}, closed(id=STRING)],
    ],
)
def test_variants_with_one_first_key_are_refused(variants: list[Any]) -> None:
    schema = {**closed(a={"anyOf": variants}), "$defs": {"A": closed(id=STRING)}}
    assert any("must not share identical first keys" in why for why in refusals(schema))


def test_depth_counts_arrays_and_follows_references() -> None:
    levels = {f"L{n}": closed(x={"$ref": f"#/$defs/L{n + 1}"}) for n in range(9)}
    last = {"type": "array", "items": STRING}
    within = {**closed(x={"$ref": "#/$defs/L1"}), "$defs": {**levels, "L9": last}}
    over = {**closed(x={"$ref": "#/$defs/L0"}), "$defs": {**levels, "L9": last}}
    assert refusals(within) == []
    assert refusals(over) == ["11 levels of nesting exceeds limit of 10."]


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        (closed(**{f"p{n}": STRING for n in range(5_001)}), "5001 parameters exceeds"),
        (
            closed(a={"type": "integer", "enum": list(range(1_001))}),
            "1001 enum values exceeds limit of 1000.",
        ),
        (closed(**{"x" * 120_001: STRING}), "120001 characters of names"),
        (
            closed(a={**STRING, "enum": [f"{n:061d}" for n in range(251)]}),
            "in an enum of more than 250 values exceeds limit of 15000.",
        ),
    ],
)
def test_sizes_have_limits(schema: Any, reason: str) -> None:
    (found,) = refusals(schema)
    assert reason in found


def test_a_loose_tool_needs_only_a_root_object_and_item_types() -> None:
    assert loose_refusals({"type": "object", "properties": {"a": {"default": 1}}}) == []
    assert loose_refusals({"type": "string"})
    free = {"type": "object", "properties": {"a": {"type": "array"}}}
    assert loose_refusals(free) == [
        "In context=('properties', 'a'), array schema missing items."
    ]
