"""Who words the answer, over real HTTP: the template, a model, or never a model."""

from typing import Any

import pytest

from dagplan import Plan, PlanError, Step, create_dag_agent
from dagplan.errors import SettingsError, TemplateError
from dagplan.testing import ScriptedPlanner
from tests.agent.tools import population
from tests.loopback import Json, Loopback
from tests.loopback.clients import chat_model

ASKED: Any = {"input": "How many people live in France?"}


def notes(topic: str) -> dict[str, str]:
    """Look up notes."""
    return {"about": topic}


def agent(loopback: Loopback, **options: Any) -> Any:
    tools = [population, notes]
    return create_dag_agent(chat_model(loopback), tools=tools, **options)


def plan(answer: str | None, country: str = "France") -> Json:
    step = {"population": {"country": country}, "id": "fr"}
    return Json({"steps": [step], "answer": answer})


def system(request: Any) -> str:
    return str(request.messages[1]["content"])


async def test_a_model_is_asked_in_spite_of_a_template_that_would_do(loopback):
    loopback.reply(plan("${fr}."), "68 million.")
    result = await agent(loopback, answer="model").ainvoke(ASKED)
    assert result["response"] == "68 million."
    assert "Leave the answer null" in system(loopback.requests[0])


async def test_an_answer_at_once_needs_no_other_words_in_any_mode(loopback):
    for mode in ("auto", "model", "template"):
        loopback.reply(Json({"steps": [], "answer": "Hello."}))
        result = await agent(loopback, answer=mode).ainvoke(ASKED)
        assert result["response"] == "Hello."
    assert len(loopback.requests) == 3


async def test_the_template_answers_and_the_planner_is_told_to_write_it(loopback):
    loopback.reply(plan("${fr}."))
    result = await agent(loopback, answer="template").ainvoke(ASKED)
    assert result["response"] == "68,000,000."
    assert "Always write the answer" in system(loopback.requests[0])
    assert len(loopback.requests) == 1


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        (plan(None), "no-template: None"),
        (
            Json(
                {
                    "steps": [{"notes": {"topic": "x"}, "id": "a"}],
                    "answer": "${a.about}",
                }
            ),
            "untyped-template: ${a.about}",
        ),
    ],
)
async def test_a_plan_that_could_never_answer_goes_back_before_it_runs(
    loopback, wrong, rule
):
    loopback.reply(wrong, plan("${fr}."))
    result = await agent(loopback, answer="template").ainvoke(ASKED)
    assert result["response"] == "68,000,000."
    assert rule in loopback.requests[1].text


async def test_a_planner_that_will_not_write_one_ends_in_all_the_problems(loopback):
    loopback.reply(*[plan(None)] * 3)
    with pytest.raises(PlanError, match="no-template"):
        await agent(loopback, answer="template").ainvoke(ASKED)


async def test_a_failed_step_ends_in_an_error_rather_than_in_a_call(loopback):
    loopback.reply(plan("${fr}.", country="Nowhere"))
    with pytest.raises(TemplateError, match="step 'fr' failed: LookupError") as caught:
        await agent(loopback, answer="template").ainvoke(ASKED)
    assert "answer='auto'" in str(caught.value)
    assert len(loopback.requests) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "the plan has none"),
        ("${a}", r"nobody promised a type of \$\{a\}"),
        ("${b.0}", "b"),
    ],
)
async def test_a_plan_of_ones_own_planner_that_cannot_answer_says_why(
    loopback, answer, reason
):
    def none() -> list[str]:
        """Find nothing."""
        return []

    def raw() -> dict[str, str]:
        """Find anything."""
        return {}

    steps = [
        Step(id="a", tool="raw", args={}),
        Step(id="b", tool="none", args={}, returns=["text"]),
    ]
    own = ScriptedPlanner(Plan(steps=steps, answer=answer))
    asked = create_dag_agent(
        chat_model(loopback), tools=[none, raw], planner_model=own, answer="template"
    )
    with pytest.raises(TemplateError, match=reason):
        await asked.ainvoke(ASKED)
    assert own.requests[0].wording == "template"
    assert loopback.requests == []


def test_rules_word_their_own_answers_whatever_the_mode():
    result = create_dag_agent("offline", answer="template").invoke(ASKED)
    assert result["response"].startswith("The population of France")


def test_a_mode_that_there_is_not_is_refused():
    with pytest.raises(SettingsError, match="'auto', 'model', 'template', got 'never'"):
        create_dag_agent(answer="never")  # type: ignore[arg-type]
