from typing import Any

import pytest

from dagplan.plan import Step
from dagplan.views import summarise
from dagplan.views.cells import cells


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"task": "Find  the\ncapital"}, "Find the capital"),
        (
            {"tool": "calculate", "args": {"expression": "${a} / 2"}},
            "calculate(${a} / 2)",
        ),
        (
            {"tool": "figure", "args": {"country": "France", "year": 2020}},
            "figure(country=France, year=2020)",
        ),
        ({"tool": "now"}, "now()"),
        (
            {"tool": "rank", "args": {"items": ["${a}", {"k": [None, True, 1.5]}]}},
            'rank(["${a}", {k: [null, true, 1.5]}])',
        ),
        ({"tool": "f", "args": {"x": 1}, "task": "Say why"}, "Say why"),
        (
            {"tool": "f", "args": {"x": "${item}"}, "for_each": "${all}"},
            "for each ${all}: f(${item})",
        ),
        (
            {"tool": "f", "args": {"x": "${item}"}, "for_each": ["Oder", 5]},
            'for each ["Oder", 5]: f(${item})',
        ),
    ],
)
def test_a_step_is_told_in_one_line(fields: dict[str, Any], line: str) -> None:
    assert summarise(Step(id="a", **fields)) == line


def test_a_long_line_is_cut_to_columns() -> None:
    line = summarise(Step(id="a", task="東" * 1000), 20)

    assert line.endswith("…")
    assert cells(line) <= 20


def test_huge_and_deep_arguments_cost_no_more_than_what_is_shown() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    step = Step.model_construct(
        id="a", tool="f", task="", args={"x": deep, "y": "z" * 5_000_000}, for_each=None
    )

    assert summarise(step, 20) == "f(x=[[[[[[[[[[[[[[[…"


def test_a_step_cannot_smuggle_control_characters() -> None:
    step = Step(id="a", tool="f\x1b[2J", args={"k\u202e": "v\r", "l": ["\x07"]})

    assert summarise(step).isprintable()
