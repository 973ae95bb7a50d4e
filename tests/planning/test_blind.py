"""Strict control flow: whoever revises sees no data, whoever sees it has no tools."""

import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from dagplan.errors import PlanError, Problem
from dagplan.events import StepResult
from dagplan.plan import Plan, Revision, Step, ToolSpec
from dagplan.plan.revision import revised
from dagplan.planning import BlindReplanner, ModelPlanner, prompts
from dagplan.protocols import PlanRequest, ReplanRequest
from dagplan.testing import ScriptedModel
from tests.planning.toolless import Toolless

SECRET = "Kestrel-7741"
TOOL = ToolSpec("look", "Look something up.")
PLAN = Plan(
    steps=[Step(id="a", tool="look"), Step(id="b", task="Comment on ${a}")],
)
FOUND = {"a": StepResult("succeeded", SECRET), "b": StepResult("succeeded", SECRET)}
FAILED = {
    "a": StepResult("succeeded", SECRET),
    "b": StepResult("failed", error=f"LookupError: {SECRET}"),
}
ADDED = {"look": {}, "id": "c"}


def calls(name: str, **args: Any) -> AIMessage:
    call = {"name": name, "args": args, "id": "1", "type": "tool_call"}
    return AIMessage("", tool_calls=[call])


def request(results: dict[str, StepResult], **options: Any) -> ReplanRequest:
    said = options.pop("said", [])
    return ReplanRequest(
        "How so?",
        PLAN,
        results,
        [TOOL],
        emit=lambda _: None,
        say=said.append,
        kinds={"b": "LookupError"},
        check=_check,
        **{"may_revise": True, **options},
    )


def _check(revision: Revision) -> None:
    revised(PLAN, revision, {"a": SECRET}, [TOOL])


def replanner(model: ScriptedModel) -> BlindReplanner:
    return BlindReplanner(model, today="2026-11-24", instructions="Be brief.")


def shown(model: ScriptedModel, number: int) -> str:
    return "\n\n".join(str(m.content) for m in model.calls[number].messages)


async def test_the_revising_call_has_the_tools_and_sees_no_data():
    model = ScriptedModel(calls("revise_plan", steps=[ADDED], drop=[]))
    decision = await replanner(model).decide(request(FAILED))
    assert decision == Revision(steps=[Step(id="c", tool="look")], drop=[])
    (call,) = model.calls
    assert [t["function"]["name"] for t in call.tools] == ["revise_plan", "go_on"]
    assert SECRET not in shown(model, 0)


async def test_every_slot_of_the_revising_call_is_filled():
    model = ScriptedModel(calls("revise_plan", steps=[ADDED], drop=[]))
    await replanner(model).decide(request(FAILED))
    system, situation, question = (str(m.content) for m in model.calls[0].messages)
    assert system == prompts.BLIND_REPLANNER
    assert situation.split("\n\n") == [
        "Today is 2026-11-24.",
        "Instructions of the user: Be brief.",
        "Tools:\n- look() -> any: Look something up.",
        prompts.AGENTS_ONLY_WRITE,
    ]
    assert question == (
        "Question: How so?\n\nSteps:\n\n"
        'a (succeeded) {"look": {}, "id": "a"} -> text\n'
        'b (failed, LookupError) {"agent": "Comment on ${a}", "id": "b"}'
    )


async def test_the_answering_call_sees_the_data_and_has_no_tools():
    said: list[str] = []
    model = ScriptedModel(calls("go_on"), "It is Kestrel-7741.")
    decision = await replanner(model).decide(request(FAILED, said=said))
    assert decision == "".join(said) == "It is Kestrel-7741."
    assert model.calls[1].tools == ()
    assert SECRET in shown(model, 1)
    assert f"LookupError: {SECRET}" in shown(model, 1)
    for part in (prompts.ANSWERER, prompts.ANSWER_ONLY, "How so?", "Be brief."):
        assert part in shown(model, 1)


async def test_text_of_the_revising_call_is_no_answer():
    said: list[str] = []
    model = ScriptedModel("I guess it is 7.", "It is Kestrel-7741.")
    decision = await replanner(model).decide(request(FAILED, said=said))
    assert decision == "".join(said) == "It is Kestrel-7741."


@pytest.mark.parametrize("options", [{}, {"may_revise": False}])
async def test_where_nothing_can_be_mended_there_is_one_call(options: dict[str, bool]):
    model = ScriptedModel("Fine.")
    results = FAILED if options else FOUND
    assert await replanner(model).decide(request(results, **options)) == "Fine."
    assert model.calls[0].tools == ()


async def test_a_value_that_is_nothing_may_be_looked_for_elsewhere():
    results = {**FOUND, "b": StepResult("succeeded", None)}
    model = ScriptedModel(calls("revise_plan", steps=[ADDED], drop=[]))
    assert isinstance(await replanner(model).decide(request(results)), Revision)


@pytest.mark.parametrize("reply", [calls("go_on"), "Enough is known."])
async def test_while_steps_run_nobody_answers(reply: Any):
    model = ScriptedModel(reply)
    running = {**FOUND, "b": StepResult("running")}
    asked = request(running, still_running=True)
    assert await replanner(model).decide(asked) is None
    assert prompts.STILL_RUNNING_BLIND in shown(model, 0)
    assert SECRET not in shown(model, 0)


async def test_a_model_without_tools_can_only_answer():
    assert await replanner(Toolless("Fine.")).decide(request(FAILED)) == "Fine."
    assert (
        await replanner(Toolless()).decide(request(FAILED, still_running=True)) is None
    )


async def test_problems_go_back_without_data_and_after_a_third_time_it_is_over():
    wrong = calls("revise_plan", steps=[{**ADDED, "id": "a"}], drop=["nobody"])
    model = ScriptedModel(wrong, wrong, wrong)
    with pytest.raises(PlanError) as caught:
        await replanner(model).decide(request(FAILED))
    rules = [problem.rule for problem in caught.value.problems]
    assert rules == ["settled-step", "unknown-step"]
    assert "settled-step: 'a'" in shown(model, 2)
    assert SECRET not in "".join(shown(model, number) for number in range(3))


async def test_it_is_told_why_a_revision_came_too_late():
    model = ScriptedModel(calls("go_on"), "Fine.")
    problems = (Problem("b", "running-step", "'b'", "drop it"),)
    await replanner(model).decide(request(FAILED, problems=problems))
    late = str(model.calls[0].messages[-1].content)
    assert late == f"{prompts.TOO_LATE}\n- step 'b': running-step: 'b'; drop it"


@pytest.mark.parametrize("options", [{}, {"agents_only_write": True}])
async def test_the_planner_is_told_if_agents_have_no_tools(options: Any):
    model = ScriptedModel(json.dumps({"steps": [], "answer": "Hello."}))
    planner = ModelPlanner(model, today="2026-11-24", **options)
    await planner.plan(PlanRequest("Say hello", [TOOL], lambda _: None))
    assert (prompts.AGENTS_ONLY_WRITE in shown(model, 0)) == bool(options)
