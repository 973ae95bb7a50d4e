"""Arguments against a tool's schema, with references wherever a value may stand."""

import socket

import pytest

from dagplan.plan.arguments import argument_problems

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 10, "pattern": "^[a-z]+$"},
        "count": {"type": "integer", "minimum": 1},
        "kind": {"enum": ["x", "y"]},
        "limit": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "rows": {"type": "array", "items": {"$ref": "#/$defs/Row"}, "maxItems": 2},
        "shape": {
            "oneOf": [{"$ref": "#/$defs/Circle"}, {"$ref": "#/$defs/Square"}],
            "discriminator": {"propertyName": "is"},
        },
        "free": {},
        "map": {"type": "object", "additionalProperties": {"type": "number"}},
    },
    "required": ["name"],
    "$defs": {
        "Row": {
            "type": "object",
            "properties": {"of": {"type": "number"}},
            "required": ["of"],
        },
        "Circle": {
            "type": "object",
            "properties": {"is": {"const": "circle"}, "r": {"type": "number"}},
            "required": ["is"],
        },
        "Square": {
            "type": "object",
            "properties": {"is": {"const": "square"}, "a": {"type": "number"}},
            "required": ["is"],
        },
    },
}


def found(schema: object = SCHEMA, **args: object) -> list[str]:
    return [value for value, _ in argument_problems(args, schema)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "args",
    [
        {"count": 3, "kind": "x", "limit": None, "rows": [{"of": 1.5}]},
        {"shape": {"is": "circle", "r": 2}},
        {"free": [{"any": None}], "map": {"a": 1}},
    ],
)
def test_good_arguments(args: dict[str, object]) -> None:
    assert found(name="abc", **args) == []


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        ({"name": 5}, "name = 5"),
        ({"name": "ABC"}, "name = 'ABC'"),
        ({"name": None}, "name = None"),
        ({}, "args = {}"),
        ({"name": "a", "count": 0}, "count = 0"),
        ({"name": "a", "count": 1.5}, "count = 1.5"),
        ({"name": "a", "count": True}, "count = True"),
        ({"name": "a", "kind": "z"}, "kind = 'z'"),
        ({"name": "a", "limit": "many"}, "limit = 'many'"),
        ({"name": "a", "rows": [{"of": 1}, {"of": "x"}]}, "rows.1.of = 'x'"),
        ({"name": "a", "rows": [{}]}, "rows.0 = {}"),
        ({"name": "a", "rows": {}}, "rows = {}"),
        ({"name": "a", "shape": {"is": "oval"}}, "shape = {'is': 'oval'}"),
        ({"name": "a", "map": {"a": "x"}}, "map.a = 'x'"),
        ({"name": "a", "invented": 1}, "args = {'name': 'a', 'invented': 1}"),
    ],
)
def test_bad_arguments(args: dict[str, object], problem: str) -> None:
    assert found(**args) == [problem]


@pytest.mark.parametrize(
    "args",
    [
        {"name": "${a}"},
        {"name": "THE LONG NAME ${a.b}"},
        {"name": "a", "count": "${a}"},
        {"name": "a", "kind": "${a}"},
        {"name": "a", "limit": "${a}"},
        {"name": "a", "rows": "${a}"},
        {"name": "a", "rows": ["${a}", {"of": "${a.*.b}"}]},
        {"name": "a", "shape": "${a}"},
        {"name": "a", "shape": {"is": "${a}"}},
        {"name": "a", "shape": {"is": "circle", "r": "${a}"}},
        {"name": "a", "map": {"a": "${a}"}},
    ],
)
def test_a_reference_stands_for_any_value(args: dict[str, object]) -> None:
    assert found(**args) == []


@pytest.mark.parametrize("text", ["$5", r"\${a}", "${a b}", "{a}"])
def test_what_is_no_reference_stands_for_itself(text: str) -> None:
    assert found(name="a", count=text) == [f"count = {text!r}"]


def test_a_reference_does_not_hide_what_is_wrong_beside_it() -> None:
    assert found(name="a", rows=["${a}", {"of": "x"}]) == ["rows.1.of = 'x'"]
    assert found(name="a", rows=["${a}"] * 3) == ["rows = ['${a}', '${a}', '${a}']"]
    assert found(invented="${a}") != []


def test_conditions_wait_for_values() -> None:
    schema = {
        "properties": {"a": {}, "b": {"not": {"type": "string"}}},
        "if": {"properties": {"a": {"const": 1}}},
        "then": {"required": ["b"]},
    }
    assert found(schema, a=1) == ["args = {'a': 1}"]
    assert found(schema, a="${x}") == []
    assert found(schema, a=2, b="x") == ["b = 'x'"]
    assert found(schema, a=2, b="${x}") == []
    neither = {"properties": {"c": {"not": {"properties": {"k": {"const": 1}}}}}}
    assert found(neither, c={"k": 1}) == ["c = {'k': 1}"]
    assert found(neither, c={"k": "${x}"}) == []


def test_every_alternative_says_why_it_does_not_fit() -> None:
    ((_, remedy),) = argument_problems({"name": "a", "limit": "many"}, SCHEMA)
    assert "'many' is not of type 'integer'; 'many' is not of type 'null'" in remedy


def test_the_known_arguments_are_listed() -> None:
    ((_, remedy),) = argument_problems({"name": "a", "nam": 1}, SCHEMA)
    assert "'nam' was unexpected" in remedy
    assert "the arguments are: name, count, kind" in remedy


def test_a_schema_without_properties_takes_anything() -> None:
    assert found({"type": "object"}, a=1) == []
    assert found({}, a=1) == []


def test_messages_stay_short() -> None:
    many = {f"k{'x' * 1_000}{index}": "x" * 10_000 for index in range(20)}
    for value, remedy in argument_problems({"name": "a", "map": many}, SCHEMA):
        assert len(value) < 200
        assert len(remedy) < 400


def test_no_schema_is_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/schema.json"
        schema = {"properties": {"a": {"$ref": address}}}
        ((_, remedy),) = argument_problems({"a": "x"}, schema)
        assert "the schema of this one is broken: Unresolvable" in remedy
        server.settimeout(0)
        with pytest.raises(BlockingIOError):  # nobody is waiting to be let in
            server.accept()


def test_a_broken_schema_is_told() -> None:
    for broken in (
        {"$ref": "#/$defs/gone"},
        {"type": "int"},
        {"pattern": "("},
    ):
        ((value, remedy),) = argument_problems(
            {"a": "x"}, {"properties": {"a": broken}}
        )
        assert value == "args"
        assert "the schema of this one is broken" in remedy


def test_arguments_nested_beyond_python_s_stack_are_refused() -> None:
    schema = {
        "properties": {"t": {"$ref": "#/$defs/T"}},
        "$defs": {
            "T": {"properties": {"t": {"anyOf": [{"$ref": "#/$defs/T"}, {}]}}},
        },
    }
    deep: dict[str, object] = {}
    for _ in range(400):
        deep = {"t": deep}
    assert found(schema, **deep) in ([], ["args"])
    strict = {**schema, "$defs": {"T": {"properties": {"t": {"$ref": "#/$defs/T"}}}}}
    assert found(strict, **deep) == ["args"]


def test_a_value_that_holds_a_reference_may_still_become_what_is_asked_for() -> None:
    schema = {
        "properties": {
            "pair": {"enum": [[1, 2], [3, 4]]},
            "point": {"const": {"x": 1}},
            "few": {"contains": {"type": "number"}, "maxContains": 1},
        }
    }
    args = {"pair": ["${a}", 2], "point": {"x": "${a}"}, "few": ["${a}", "${b}"]}
    assert [*argument_problems(args, schema)] == []
    for wrong in ({"pair": [1, 3]}, {"point": {"x": 2}}, {"few": [1, 2]}):
        assert [*argument_problems(wrong, schema)] != []


def test_arguments_may_be_named_in_any_part_of_a_schema() -> None:
    schema = {
        "properties": {"a": {}},
        "allOf": [{"properties": {"b": {"type": "number"}}}],
        "anyOf": [{"$ref": "#/$defs/C"}, {"properties": {"d": {}}}],
        "$defs": {"C": {"properties": {"c": {}}, "required": ["c"]}},
    }
    assert [*argument_problems({"a": 1, "b": "${x}", "d": 1}, schema)] == []
    assert [*argument_problems({"a": 1, "b": "x"}, schema)] != []
    ((_, remedy),) = argument_problems({"a": 1, "zz": 1}, schema)
    assert "'zz' was unexpected" in remedy


def test_a_number_beyond_all_floats_is_refused() -> None:
    schema = {"properties": {"n": {"type": "number", "multipleOf": 0.5}}}
    ((value, remedy),) = argument_problems({"n": 10**400}, schema)
    assert (value, remedy[:21]) == ("args", "write smaller numbers")
