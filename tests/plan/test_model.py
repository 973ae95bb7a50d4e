"""`Step` and `Plan` as documents, and what they say of themselves."""

import json

import pytest
from pydantic import ValidationError

from dagplan.errors import PlanError
from dagplan.plan import Plan, PlanLimits, Reference, Step, ToolSpec

STEP = Step(
    id="e",
    task="Compare ${item.name} with ${a.0}",
    tool="t",
    args={"x": ["${b}", {"y": "${a.1} ${c}"}]},
    depends_on=["d"],
    optional=["c", "f"],
    for_each="${list}",
)


def test_a_step_waits_for_all_that_its_texts_name() -> None:
    assert STEP.dependencies() == {
        "d": True,
        "a": True,
        "b": True,
        "c": False,
        "list": True,
        "f": False,
    }


def test_references_come_in_the_order_of_the_texts() -> None:
    assert STEP.references() == [
        Reference("item", ("name",)),
        Reference("a", ("0",)),
        Reference("b"),
        Reference("a", ("1",)),
        Reference("c"),
        Reference("list"),
    ]
    assert Step(id="a", task="Costs $5, {x}, \\${y}, #1").references() == []
    assert Step(id="a", task="x").dependencies() == {}


def test_optional_wins_over_what_a_reference_implies() -> None:
    step = Step(id="a", task="${b} ${c}", optional=["b"], depends_on=["b"])
    assert step.dependencies() == {"b": False, "c": True}


def test_a_plan_is_a_plain_json_document() -> None:
    plan = Plan(steps=[STEP], answer="$${e.*.value}")
    text = plan.model_dump_json()
    assert Plan.model_validate_json(text) == plan
    assert json.loads(text)["steps"][0]["args"] == STEP.args
    short = plan.model_dump_json(exclude_defaults=True)
    assert Plan.model_validate_json(short) == plan


def test_a_step_s_defaults() -> None:
    assert Step(id="a").model_dump() == {
        "id": "a",
        "task": "",
        "tool": None,
        "args": {},
        "depends_on": [],
        "optional": [],
        "for_each": None,
        "partial": False,
        "returns": None,
    }


def test_documents_are_frozen_and_closed() -> None:
    with pytest.raises(ValidationError):
        STEP.id = "b"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Step.model_validate({"id": "a", "taks": "x"})
    with pytest.raises(ValidationError):
        Plan.model_validate({"steps": [], "stpes": []})


def test_ids_are_left_to_the_check_so_that_all_problems_come_at_once() -> None:
    plan = Plan(steps=[Step(id="1"), Step(id="item", task="x", depends_on=["x"])])
    with pytest.raises(PlanError) as caught:
        plan.check()
    assert [problem.rule for problem in caught.value.problems] == [
        "malformed-id",
        "no-task",
        "reserved-id",
        "unknown-dependency",
    ]
    assert str(caught.value).startswith("invalid plan: step '1': malformed-id: '1'; ")
    assert str(caught.value).endswith(" (and 3 more)")


def test_check_takes_functions_and_specifications_as_tools() -> None:
    def add(a: float, b: float) -> float:
        """Add two numbers."""
        return a + b

    spec = ToolSpec("other", "Does something else.")
    good = Plan(
        steps=[
            Step(id="a", tool="add", args={"a": 1, "b": 2}),
            Step(id="b", tool="other", depends_on=["a"]),
        ]
    )
    good.check([add, spec])
    bad = Plan(steps=[Step(id="a", tool="add", args={"a": "one"})])
    with pytest.raises(PlanError) as caught:
        bad.check([add, spec])
    assert [problem.rule for problem in caught.value.problems] == ["bad-args"] * 2


def test_check_keeps_limits_unless_told_otherwise() -> None:
    plan = Plan(steps=[Step(id=f"s{index}", task="x") for index in range(1_001)])
    with pytest.raises(PlanError, match="too-many-steps"):
        plan.check()
    plan.check(limits=PlanLimits(steps=1_001))
    plan.check(limits=None)
