"""The planner over real HTTP: admitted calls, and a clean start after a failure."""

from typing import Any

import pytest

from dagplan.errors import ModelError, PlanError
from dagplan.plan import ToolSpec
from dagplan.planning.planner import ModelPlanner
from dagplan.planning.wire import plan_schema
from dagplan.protocols import PlanRequest
from dagplan.testing import ScriptedModel
from dagplan.trouble import classify
from tests.loopback import Json, Loopback, Status
from tests.loopback.clients import chat_model
from tests.planning.gatekeeper import TOOL, Gatekeeper


def plan_of(*countries: str) -> Json:
    steps = [
        {"population": {"country": country}, "id": f"s{number}"}
        for number, country in enumerate(countries)
    ]
    return Json({"steps": steps, "answer": None})


def request_to(keeper: Gatekeeper, calls: list[Any]) -> PlanRequest:
    return PlanRequest("How many people?", [TOOL], calls.append, keeper.admit)


async def test_each_call_of_the_planner_is_admitted_before_it_goes_out(loopback):
    keeper = Gatekeeper(loopback)
    loopback.reply(plan_of("${nobody}"), plan_of("France"))
    planner = ModelPlanner(chat_model(loopback), today="2026-11-22")
    await planner.plan(request_to(keeper, []))
    assert keeper.seen == [0, 1]


async def test_a_planner_that_failed_starts_clean(loopback: Loopback):
    planner = ModelPlanner(chat_model(loopback), today="2026-11-22")
    calls: list[Any] = []
    request = request_to(Gatekeeper(loopback), calls)
    # The second call of the first attempt is the one that fails, amid a repair.
    loopback.reply(plan_of("${nobody}"), Status(429, retry_after=2), plan_of("France"))
    with pytest.raises(ModelError) as caught:
        await planner.plan(request)
    trouble = classify(caught.value)
    assert (trouble.transient, trouble.after) == (True, 2.0)
    plan = await planner.plan(request)
    assert [step.id for step in plan.steps] == ["s0"]
    first, _, third = (sent.messages for sent in loopback.requests)
    assert third == first
    assert len(calls) == 3


async def test_a_plan_that_stays_invalid_is_no_passing_trouble(loopback: Loopback):
    planner = ModelPlanner(chat_model(loopback), today="2026-11-22")
    loopback.reply(*[plan_of("${nobody}")] * 3)
    with pytest.raises(PlanError) as caught:
        await planner.plan(request_to(Gatekeeper(loopback), []))
    assert not classify(caught.value).transient


async def test_who_enforces_nothing_is_shown_what_need_not_be_written():
    parameters = {**TOOL.parameters, "required": []}
    tools = [ToolSpec("population", "", parameters)]
    model = ScriptedModel({"steps": [], "answer": "None."})
    planner = ModelPlanner(model, today="2026-11-22")
    await planner.plan(PlanRequest("How many people?", tools, lambda _: None))
    schema = plan_schema(tools)
    shown = model.bound[0][0]["function"]["parameters"]
    assert shown == schema.loose != schema.schema
    assert schema.strict
