"""What planners see of a tool."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel
from typing_extensions import TypedDict

from dagplan.plan import ToolSpec
from dagplan.planning.tool_text import tools_text
from dagplan.tools import as_tool
from tests.planning.toolsets import toolset


class Place(TypedDict):
    name: str
    people: float | None


class Spot(BaseModel):
    at: list["Spot"] = []
    place: Place


def look_up(
    name: str, kind: Literal["city", "river"] = "city", near: list[Spot] | None = None
) -> list[Place]:
    """Look up places.

    Args:
        name: What it is called.
        kind: What it is.
        near: Where.
    """
    raise AssertionError(name, kind, near)


def line(parameters: dict[str, Any]) -> str:
    text = tools_text([ToolSpec("t", "Does.", parameters)])
    return text.removeprefix("Tools:\n- t(").removesuffix(") -> any: Does.")


def test_a_tool_is_a_line_with_a_line_for_each_argument_that_is_described():
    assert tools_text([as_tool(look_up, side_effects=True).spec]) == (
        "Tools:\n"
        '- look_up(name: text, kind?: city|river = "city", '
        "near?: list of {at: list of any, place: any}) -> [{name:text,people:any}]: "
        "Look up places. Has side effects; agent steps cannot call it.\n"
        "    name: What it is called.\n"
        "    kind: What it is.\n"
        "    near: Where."
    )


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        ({"type": "string"}, "text"),
        ({"type": ["string", "null"]}, "text or null"),
        ({"type": "array", "items": {"type": "integer"}}, "list of integer"),
        ({"type": "array"}, "array"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "number"),
        ({"oneOf": [{"type": "string"}, {"enum": [1, 2]}]}, "text or 1|2"),
        ({"type": "object"}, "object"),
        ({"type": "object", "properties": {"x": {"type": "string"}}}, "{x: text}"),
        ({"$ref": "#/$defs/gone"}, "any"),
        ({}, "any"),
        (True, "any"),
    ],
)
def test_kinds_of_arguments(schema: Any, shown: str):
    assert line({"properties": {"k": schema}, "required": ["k"]}) == f"k: {shown}"


@pytest.mark.parametrize(
    ("default", "shown"),
    [(None, ""), ([], ""), ("", ""), (False, " = false"), (0, " = 0")],
)
def test_defaults_that_say_something_are_shown(default: object, shown: str):
    schema = {"type": ["boolean", "null"], "default": default}
    assert line({"properties": {"k": schema}}) == f"k?: boolean{shown}"


def test_a_schema_in_a_circle_is_cut():
    ring = {"type": "array", "items": {"$ref": "#/$defs/Ring"}}
    parameters = {"properties": {"k": ring}, "$defs": {"Ring": ring}}
    assert line(parameters) == "k?: list of list of list of any"


def test_without_tools_there_are_agent_steps():
    assert tools_text([]) == "Tools:\nnone; use agent steps"


def test_the_default_tools_say_of_what_kind_their_figures_are():
    text = tools_text(toolset("default"))
    kinds = {"number": "country_figure", "text": "country_fact", "[text]": "land_route"}
    for kind, name in kinds.items():
        [shown] = [one for one in text.splitlines() if one.startswith(f"- {name}(")]
        assert f"value:{kind}," in shown
