"""Plans that stay invalid, seen from outside: what goes back, how often, what is told."""

from typing import Any

import pytest

from dagplan.errors import PlanError
from dagplan.plan.toolspec import ToolSpec
from dagplan.planning.planner import ModelPlanner
from dagplan.protocols import PlanRequest
from tests.loopback import Json, Loopback, Text
from tests.loopback.clients import chat_model
from tests.planning.gatekeeper import TOOL

# Its schema is one that strict mode cannot hold, so that nothing is enforced by it.
LOOSE = ToolSpec("note", "", {"type": "object", "additionalProperties": True})


def step(step_id: str, args: Any, tool: str = "population") -> Any:
    return {tool: args, "id": step_id}


# Wrong in structure, in references, in arguments and in a type, each in its own step.
WRONG = {
    "steps": [
        step("1a", {"country": "France"}),
        step("b", {"country": "${gone}"}),
        step("c", {"countri": "Japan"}),
        step("d", {}, tool="invented"),
        step("e", {"country": "${f}"}),
        step("f:date", {"country": "${e}"}),
    ],
    "answer": "${b.x.} of ${nobody}",
}
RULES = {
    "malformed-id": "1a",
    "unknown-reference": "gone",
    "bad-args": "countri",
    "unknown-tool": "invented",
    "cycle": "e → f → e",
    "bad-returns": "date",
    "malformed-reference": "b.x.",
}


async def planned(loopback: Loopback) -> Any:
    planner = ModelPlanner(chat_model(loopback), today="2026-11-24")
    request = PlanRequest("How many?", [TOOL, LOOSE], lambda _: None)
    return await planner.plan(request)


async def test_all_problems_go_back_in_one_message_with_the_answer(loopback: Loopback):
    right = {"steps": [step("a", {"country": "France"})], "answer": None}
    loopback.reply(Json(WRONG), Json(right))
    plan = await planned(loopback)
    assert [each.id for each in plan.steps] == ["a"]
    first, second = (request.messages for request in loopback.requests)
    assert second[: len(first)] == first
    answer, wish = second[len(first) :]
    assert (answer["role"], wish["role"]) == ("assistant", "user")
    assert '"invented":{}' in answer["content"]
    lines = [line for line in wish["content"].splitlines() if line.startswith("- ")]
    for rule, value in RULES.items():
        assert any(f" {rule}: " in line and value in line for line in lines), rule


async def test_after_two_repairs_the_error_holds_answer_and_problems(
    loopback: Loopback,
):
    loopback.reply(Json({**WRONG, "answer": None}), Text("I cannot."), Json(WRONG))
    with pytest.raises(PlanError) as caught:
        await planned(loopback)
    assert len(loopback.requests) == 3
    assert RULES.keys() <= {problem.rule for problem in caught.value.problems}
    assert '"invented":{}' in str(caught.value.source)
    # The last repair follows both earlier answers, each with what was wrong with it.
    said = [message["content"] for message in loopback.requests[2].messages[-4:]]
    assert "unknown-tool" in said[1]
    assert said[2] == "I cannot."
    assert "not-json" in said[3]


async def test_a_plan_that_only_needs_its_fence_taken_off_costs_no_repair(
    loopback: Loopback,
):
    loopback.reply(Text('```json\n[{"note": {"x": 1}, "id": "a"}]\n```'))
    plan = await planned(loopback)
    assert plan.steps[0].args == {"x": 1}
    assert len(loopback.requests) == 1
