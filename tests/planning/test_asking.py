"""A planner that asks the user, over real HTTP."""

from dataclasses import replace
from typing import Any

import pytest

from dagplan.errors import PlanError, UnclearQuestionError
from dagplan.plan.model import Step
from dagplan.planning.asking import question_in
from dagplan.planning.planner import ModelPlanner
from dagplan.protocols import PlanRequest
from dagplan.testing import ScriptedModel
from dagplan.trouble import classify
from tests.loopback import Json, Loopback, Sliced
from tests.loopback.clients import chat_model
from tests.planning.gatekeeper import TOOL

FRANCE = {"population": {"country": "France"}, "id": "fr"}
ASKING = {"ask_user": "Which Springfield?"}


def planner(loopback: Loopback) -> ModelPlanner:
    return ModelPlanner(chat_model(loopback), today="2026-11-24")


def request(**more: Any) -> PlanRequest:
    fields = {"tools": [TOOL], "may_ask": True, **more}
    return PlanRequest("How many people?", emit=lambda _: None, **fields)


def document(*steps: Any) -> Json:
    return Json({"steps": [*steps], "answer": None})


def kinds(loopback: Loopback) -> list[str]:
    """Return the first key of each kind of step that the schema allows."""
    schema: Any = loopback.requests[0].json_schema
    calls = schema["schema"]["$defs"]["call"]["anyOf"]
    steps = schema["schema"]["properties"]["steps"]["items"]["anyOf"]
    instead = [kind for kind in steps if "step" not in kind.get("properties", "step")]
    return [next(iter(kind["properties"])) for kind in (*calls, *instead)]


@pytest.mark.parametrize("streams", [False, True])
async def test_what_it_asks_is_raised_and_not_asked_for_again(loopback, streams):
    offered: list[Step] = []
    loopback.reply(Sliced(document(ASKING), characters=3))
    offer = offered.append if streams else None
    with pytest.raises(UnclearQuestionError, match="'Which Springfield") as caught:
        await planner(loopback).plan(request(offer=offer))
    assert caught.value.asked == "Which Springfield?"
    assert not classify(caught.value).transient
    assert (len(loopback.requests), offered) == (1, [])
    assert kinds(loopback) == ["agent", "population", "ask_user"]
    assert '{"ask_user": "one question"}' in str(loopback.requests[0].messages[1])


@pytest.mark.parametrize(
    "more",
    [
        {"may_ask": False},
        {"kept": [Step(id="jp", tool="population", args={"country": "Japan"})]},
    ],
)
async def test_where_it_may_not_it_cannot_and_is_not_told_how(loopback, more):
    loopback.reply(document(FRANCE))
    await planner(loopback).plan(request(**more))
    assert "ask_user" not in str(loopback.requests[0].body)


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        (document(ASKING, FRANCE), 'write {"ask_user": "…"} and no other step'),
        (document(ASKING, ASKING), 'write {"ask_user": "…"} and no other step'),
        (document({"ask_user": " "}), "write the question as text"),
        (document({"ask_user": "?" * 2_001}), "in no more than 2,000 characters"),
    ],
)
async def test_a_question_that_is_none_goes_back(loopback, written, remedy):
    loopback.reply(written, document(FRANCE))
    plan = await planner(loopback).plan(request())
    assert [step.id for step in plan.steps] == ["fr"]
    assert remedy in loopback.requests[1].text


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"steps": [{"ask_user": "Which?"}], "answer": null}\n```',
        '[{"ask_user": " Which? "}]',
    ],
)
def test_a_question_is_found_wherever_a_plan_would_be(text):
    assert question_in(text, [TOOL]) == "Which?"


@pytest.mark.parametrize(
    "text", ['{"steps": [{"ask_user', '"ask_user"', '{"ask_user": "a"}', "ask_user"]
)
def test_what_is_neither_plan_nor_question_is_left_to_who_reads_plans(text):
    assert question_in(text, [TOOL]) is None


async def test_one_who_asks_without_leave_is_told_to_plan():
    # Where no schema is enforced, a model may write what is not in it.
    asking = {"steps": [ASKING], "answer": None}
    model = ScriptedModel(*[asking] * 3)
    with pytest.raises(PlanError) as caught:
        await ModelPlanner(model, today="2026-11-24").plan(request(may_ask=False))
    assert [problem.rule for problem in caught.value.problems] == ["question"]
    assert "plan with what you know" in str(model.calls[1].messages[-1].content)


async def test_after_a_step_has_begun_nothing_is_asked_any_more(loopback: Loopback):
    offered: list[Step] = []
    wrong = {"population": {"country": "${nobody}"}, "id": "x"}
    loopback.reply(
        Sliced(document(FRANCE, wrong), characters=3),
        document(ASKING),
        document({"population": {"country": "Japan"}, "id": "jp"}),
    )
    plan = await planner(loopback).plan(request(offer=offered.append))
    assert [step.id for step in plan.steps] == ["fr", "jp"]
    assert [step.id for step in offered] == ["fr", "jp"]
    assert "plan with what you know" in loopback.requests[2].text


async def test_a_tool_of_that_name_is_called_like_any_other(loopback: Loopback):
    own = replace(TOOL, name="ask_user")
    loopback.reply(document({"ask_user": {"country": "France"}, "id": "a"}))
    plan = await planner(loopback).plan(request(tools=[own]))
    assert [step.tool for step in plan.steps] == ["ask_user"]
    assert kinds(loopback) == ["agent", "ask_user"]
