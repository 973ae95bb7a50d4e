"""Strict schemas: OpenAI takes them, and references may stand wherever values may."""

import json
from enum import Enum, IntEnum
from functools import cache
from typing import Annotated, Any, Literal

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ConfigDict, Field, RootModel

from dagplan.plan import Plan, Step, ToolSpec
from dagplan.plan.check import check_plan
from dagplan.planning.strict import Definitions, NotStrictError
from dagplan.planning.wire import plan_schema, read_plan, revision_schema, write_plan
from tests.loopback.schema_rules import loose_refusals, refusals

from .strictness import positions, replaced


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Place(BaseModel):
    """A place."""

    name: str
    people: int = Field(5, ge=0, description="How many live there")
    near: list["Place"] = []


class Box(BaseModel):
    inner: Place
    other: Place | None = None


class Cat(BaseModel):
    cat: Literal["cat"]
    lives: int


class Dog(BaseModel):
    dog: str


class Horse(BaseModel):
    cat: str


class Plain(BaseModel):
    text: str = Field(min_length=1, pattern="^x", description="Some text")
    number: float = Field(gt=0, multiple_of=2)
    count: int = 3
    flag: bool
    nothing: str | None = None
    many: list[str] = Field(max_length=3)
    matrix: list[list[float]]
    unique: set[int]
    several: tuple[int, ...]
    one_of: Literal["a", "b"]
    one: Literal["only"]
    mixed: Literal["a", 1] | None
    colour: Colour
    level: Level = Level.LOW
    either: int | list[int] | None = None


class Nested(BaseModel):
    place: Place
    places: list[Place]
    box: Box | None = None
    pet: Cat | Dog
    described: Annotated[Place, Field(description="Where it is")]


class Tagged(BaseModel):
    pet: Annotated[Cat | Dog, Field(union_mode="smart")] | str


class NoArguments(BaseModel):
    pass


class Loop(RootModel[list["Loop"]]):
    pass


class UsesLoop(BaseModel):
    loop: Loop


STRICT: list[type[BaseModel]] = [
    Plain,
    Nested,
    Tagged,
    NoArguments,
    Place,
    Box,
    UsesLoop,
]


class AnyKeys(BaseModel):
    counts: dict[str, int]


class AnyValue(BaseModel):
    value: Any


class NestedAnyKeys(BaseModel):
    rows: list[AnyKeys]


class OpenModel(BaseModel):
    model_config = ConfigDict(extra="allow")


class TypedExtras(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, int]  # type: ignore[mutable-override]
    name: str


class HoldsTypedExtras(BaseModel):
    of: TypedExtras


class Pair(BaseModel):
    pair: tuple[int, str]


class Bare(BaseModel):
    items: list  # type: ignore[type-arg]


class Free(BaseModel):
    free: dict  # type: ignore[type-arg]


LOOSE: list[type[BaseModel]] = [
    AnyKeys,
    AnyValue,
    NestedAnyKeys,
    OpenModel,
    HoldsTypedExtras,
    Pair,
    Bare,
    Free,
]


def tool(model: type[BaseModel], name: str = "") -> ToolSpec:
    parameters = model.model_json_schema()
    if "$ref" in parameters:  # pydantic writes recursive models so
        parameters |= parameters["$defs"][model.__name__]
        del parameters["$ref"]
    return ToolSpec(name or model.__name__.lower(), "", parameters)


def one_step(name: str, args: object) -> dict[str, Any]:
    step = {name: args, "id": "a"}
    return {"steps": [step], "answer": None}


@cache
def validator(model: type[BaseModel]) -> Draft202012Validator:
    definitions = Definitions()
    schema = definitions.strict("t", tool(model).parameters)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator({**schema, "$defs": definitions.schemas})


def valid(model: type[BaseModel], args: object) -> bool:
    """Tell whether a model may write these arguments under the strict schema."""
    return validator(model).is_valid(args)


@pytest.mark.parametrize("model", STRICT)
def test_openai_takes_what_is_called_strict(model: type[BaseModel]) -> None:
    for schema in (plan_schema([tool(model)]), revision_schema([tool(model)])):
        assert schema.strict
        assert refusals(schema.schema) == []


def test_openai_takes_all_of_them_together() -> None:
    tools = [tool(model) for model in STRICT]
    assert plan_schema(tools).strict
    assert refusals(plan_schema(tools).schema) == []
    assert refusals(plan_schema([]).schema) == []


@pytest.mark.parametrize("model", LOOSE)
def test_what_strict_mode_cannot_hold_makes_the_call_loose(
    model: type[BaseModel],
) -> None:
    with pytest.raises(NotStrictError):
        Definitions().strict("t", tool(model).parameters)
    schema = plan_schema([tool(Plain), tool(model)])
    assert not schema.strict
    assert loose_refusals(schema.schema) == []
    Draft202012Validator.check_schema(schema.schema)
    assert schema.schema["properties"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"type": "object"},
        {"type": "object", "additionalProperties": True, "properties": {}},
        {"type": "object", "properties": {"a": {}}},
        {"type": "object", "properties": {"a": True}},
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/gone"}}},
        {"type": "object", "properties": {"a": {"$ref": "http://x.test/y.json"}}},
        {"type": "object", "properties": {"a": {"enum": [[1]]}}},
        {"type": "object", "properties": {"a": {"allOf": [{}, {}]}}},
        {"type": "object", "properties": {"a": {"type": []}}},
        {"type": "object", "properties": {"a": {"anyOf": []}}},
        {
            "properties": {"a": {"$ref": "#/$defs/A"}},
            "$defs": {"A": {"$ref": "#/$defs/A"}},
        },
        {"$ref": "#/$defs/gone"},
        {"type": "object", "properties": []},
    ],
)
def test_schemas_that_say_too_little_are_not_strict(parameters: Any) -> None:
    with pytest.raises(NotStrictError):
        Definitions().strict("t", parameters)


def test_alternatives_with_one_first_key_are_not_strict() -> None:
    class Pets(BaseModel):
        pet: Cat | Horse

    class More(BaseModel):
        pets: list[Cat | Pets | Dog]

    for model in (Pets, More):
        schema = plan_schema([tool(model)])
        assert not schema.strict
        assert refusals(schema.schema) != []


def nested(levels: int) -> dict[str, Any]:
    """An object with `levels` objects in one another."""
    inner: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        inner = {"type": "object", "properties": {"k": inner}, "required": ["k"]}
    return inner


@pytest.mark.parametrize(
    ("parameters", "strict"),
    [
        (nested(6), True),  # four levels are the plan's own
        (nested(7), False),
        ({"properties": {f"k{i}": {"type": "string"} for i in range(4_900)}}, True),
        ({"properties": {f"k{i}": {"type": "string"} for i in range(5_000)}}, False),
        ({"properties": {"k" * 119_000: {"type": "string"}}}, True),
        ({"properties": {"k" * 120_000: {"type": "string"}}}, False),
        ({"properties": {"k": {"enum": [*range(980)]}}}, True),
        ({"properties": {"k": {"enum": [*range(1_001)]}}}, False),
        ({"properties": {"k": {"enum": [f"{i:050}" for i in range(260)]}}}, True),
        ({"properties": {"k": {"enum": [f"{i:060}" for i in range(260)]}}}, False),
    ],
)
def test_bounds_of_strict_mode(parameters: dict[str, Any], *, strict: bool) -> None:
    schema = plan_schema([ToolSpec("t", "", parameters)])
    assert schema.strict is strict
    assert (refusals(schema.schema) == []) is strict


def test_tools_do_not_share_definitions() -> None:
    def definition(kind: str) -> dict[str, Any]:
        defs = {"Place": {"type": kind}}
        at = {"at": {"$ref": "#/$defs/Place"}}
        return {"properties": at, "required": ["at"], "$defs": defs}

    names = ["a", "a__Place", "a/b", "a~b", "a.b"]
    kinds = ["string", "number", "integer", "boolean", "null"]
    tools = [
        ToolSpec(name, "", definition(kind))
        for name, kind in zip(names, kinds, strict=True)
    ]
    schema = plan_schema(tools)
    assert schema.strict
    assert refusals(schema.schema) == []
    definitions: Any = schema.schema["$defs"]
    del definitions["call"]
    found = [
        written.get("anyOf", [written])[0]["type"] for written in definitions.values()
    ]
    assert found == kinds


def test_a_tool_that_is_refused_leaves_no_definitions_behind() -> None:
    class Half(BaseModel):
        place: Place
        counts: dict[str, int]

    definitions = Definitions()
    with pytest.raises(NotStrictError):
        definitions.strict("t", tool(Half).parameters)
    assert definitions.schemas == {}


PLACE = {"name": "Rome", "people": 3, "near": []}
EXAMPLES: dict[type[BaseModel], dict[str, Any]] = {
    Plain: {
        "text": "x",
        "number": 4.0,
        "count": 1,
        "flag": True,
        "nothing": "x",
        "many": ["x"],
        "matrix": [[1, 2], [3]],
        "unique": [1],
        "several": [1, 2],
        "one_of": "a",
        "one": "only",
        "mixed": 1,
        "colour": "red",
        "level": 2,
        "either": [1],
    },
    Nested: {
        "place": PLACE,
        "places": [PLACE, {**PLACE, "near": [PLACE]}],
        "box": {"inner": PLACE, "other": PLACE},
        "pet": {"cat": "cat", "lives": 9},
        "described": PLACE,
    },
    Tagged: {"pet": {"dog": "Rex"}},
    Place: PLACE,
    Box: {"inner": PLACE, "other": None},
}


@pytest.mark.parametrize("model", EXAMPLES)
def test_examples_validate(model: type[BaseModel]) -> None:
    assert valid(model, EXAMPLES[model])
    model.model_validate(EXAMPLES[model])


@pytest.mark.parametrize("model", EXAMPLES)
def test_a_reference_may_stand_wherever_a_value_may(model: type[BaseModel]) -> None:
    spec = tool(model)
    for path in positions(EXAMPLES[model]):
        args = replaced(EXAMPLES[model], path, "${a.b}")
        assert valid(model, args), path
        plan = Plan(
            steps=[
                Step(id="a", task="x"),
                Step(id="b", tool=spec.name, args=args),
            ]
        )
        check_plan(plan, [spec])


@pytest.mark.parametrize("model", EXAMPLES)
def test_a_value_of_another_type_may_not(model: type[BaseModel]) -> None:
    for path in positions(EXAMPLES[model]):
        args = replaced(EXAMPLES[model], path, {"no": "such"})
        assert not valid(model, args), path


def test_only_what_has_a_default_may_be_null() -> None:
    example = EXAMPLES[Nested]
    for path, may in [
        (("place",), False),
        (("box",), True),
        (("place", "name"), False),
        (("place", "people"), True),
        (("places", 1, "near", 0, "name"), False),
        (("places", 1, "near", 0, "people"), True),
        (("box", "other"), True),
        (("box", "inner"), False),
        (("pet", "cat"), False),
    ]:
        assert valid(Nested, replaced(example, path, None)) is may, path


def test_every_argument_is_written_and_none_is_invented() -> None:
    example = EXAMPLES[Nested]
    missing = {key: value for key, value in example.items() if key != "box"}
    assert not valid(Nested, missing)
    assert not valid(Nested, {**example, "invented": 1})
    assert not valid(Nested, replaced(example, ("place",), {**PLACE, "invented": 1}))
    plans = Draft202012Validator(plan_schema([tool(Nested)]).schema)
    assert not plans.is_valid(one_step("invented", {}))


def test_nulls_of_the_strict_schema_pass_the_check_once_read() -> None:
    """What strict mode makes a model write for "left out" is not held against it."""
    spec = tool(Nested)
    left_out = {"name": "Rome", "people": None, "near": None}
    args = {
        "place": left_out,
        "places": [left_out, {**left_out, "near": [left_out]}, "${x}"],
        "box": {"inner": left_out, "other": None},
        "pet": {"cat": "cat", "lives": 9},
        "described": left_out,
    }
    assert valid(Nested, args)
    plan = read_plan(json.dumps(one_step(spec.name, args)), [spec])
    rome = {"name": "Rome"}
    assert plan.steps[0].args == {
        "place": rome,
        "places": [rome, {**rome, "near": [rome]}, "${x}"],
        "box": {"inner": rome},
        "pet": {"cat": "cat", "lives": 9},
        "described": rome,
    }
    check_plan(Plan(steps=[*plan.steps, Step(id="x", task="x")]), [spec])


def test_in_a_union_the_object_with_all_the_keys_is_meant() -> None:
    class Bird(BaseModel):
        bird: str
        age: int = 3

    class Pets(BaseModel):
        pets: list[Cat | Bird | str]

    spec = tool(Pets)
    args = {"pets": [{"bird": "Polly", "age": None}, {"cat": "cat", "lives": None}]}
    plan = read_plan(json.dumps(one_step(spec.name, args)), [spec])
    polly = {"bird": "Polly"}
    assert plan.steps[0].args == {"pets": [polly, {"cat": "cat", "lives": None}]}


def test_nulls_that_mean_something_stay() -> None:
    class Rows(BaseModel):
        of: list[int | None]
        needed: int | None
        any_of: Cat | Dog

    spec = tool(Rows)
    args = {"of": [1, None], "needed": None, "any_of": {"dog": None}}
    plan = read_plan(json.dumps(one_step(spec.name, args)), [spec])
    assert plan.steps[0].args == args


def test_descriptions_stay_and_other_keywords_go() -> None:
    parameters = Definitions().strict("t", tool(Plain).parameters)
    properties: Any = parameters["properties"]
    assert properties["text"] == {"type": "string", "description": "Some text"}
    place: Any = Definitions()
    place.strict("t", tool(Box).parameters)
    (written,) = [s for n, s in place.schemas.items() if "Place" in n]
    people = written["anyOf"][0]["properties"]["people"]
    assert people["description"] == "How many live there"
    assert people["anyOf"] == [
        {"type": "integer"},
        {"type": "string"},
        {"type": "null"},
    ]


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        ({"const": "x"}, [{"enum": ["x"], "type": "string"}, {"type": "string"}]),
        (
            {"type": ["integer", "null"]},
            [{"type": "integer"}, {"type": "string"}, None],
        ),
        ({"allOf": [{"type": "boolean"}]}, [{"type": "boolean"}, {"type": "string"}]),
        (
            {"enum": ["a", 1, True, None]},
            [
                {"type": "string", "enum": ["a"]},
                {"type": "number", "enum": [1]},
                {"type": "boolean", "enum": [True]},
                {"type": "null", "enum": [None]},
                {"type": "string"},
            ],
        ),
    ],
)
def test_hand_written_schemas(schema: dict[str, Any], strict: list[Any]) -> None:
    parameters = {"properties": {"k": schema}, "required": ["k"]}
    written: Any = Definitions().strict("t", parameters)
    options = [option or {"type": "null"} for option in strict]
    assert written["properties"]["k"] == {"anyOf": options}
    assert refusals(plan_schema([ToolSpec("t", "", parameters)]).schema) == []


def test_written_plans_satisfy_the_schema() -> None:
    spec = tool(Place)
    step = Step(
        id="b",
        tool="place",
        args={"name": "${a.0}", "near": "${a}"},
        task="Say it",
        for_each="${a}",
        partial=True,
        returns=[{"name": "text", "of": ["number"]}],
        depends_on=["a"],
        optional=["a"],
    )
    returns: list[Any] = ["text", ["number"], {"x": "boolean"}]
    steps = [Step(id="a", task="x", returns=kind) for kind in returns]
    bare = Step(id="c", tool="place", args={"name": "Rome"}, for_each="${a}")
    plan = Plan(steps=[*steps, step, bare], answer="${b}")
    document = json.loads(write_plan(plan, [spec]))
    schema = plan_schema([spec])
    Draft202012Validator(schema.schema).validate(document)
    assert schema.loose is not None
    Draft202012Validator(schema.loose).validate(json.loads(write_plan(plan)))
