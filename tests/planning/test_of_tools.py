"""What is made of tools once, and again where they are others."""

from dataclasses import replace

from dagplan.plan.toolspec import ToolSpec
from dagplan.planning.of_tools import OfTools

A, B = ToolSpec("a", "Does a."), ToolSpec("b", "Does b.")


def named() -> tuple[OfTools[str], list[str]]:
    made: list[str] = []

    def name(tools):
        made.append(" ".join(tool.name for tool in tools))
        return made[-1]

    return OfTools(name), made


def test_the_same_tools_are_made_something_of_once():
    of, made = named()
    assert [of([A, B]), of([A, B]), of((A, replace(B)))] == ["a b"] * 3
    assert made == ["a b"]


def test_other_tools_or_another_order_are_something_else():
    of, made = named()
    assert [of([A, B]), of([B, A]), of([B]), of([])] == ["a b", "b a", "b", ""]
    assert len(made) == 4


def test_a_tool_that_takes_other_arguments_is_another_one():
    of, made = named()
    of([A])
    of([replace(A, parameters={"type": "object", "properties": {"x": {}}})])
    assert made == ["a", "a"]
