"""Misspelt names fail their steps, and the replanner revises the graph."""

from dataclasses import replace

import pytest

from dagplan.events import StepResult
from dagplan.offline import RuleReplanner
from dagplan.plan.model import Plan, Step
from dagplan.plan.revision import Revision
from tests.offline.asking import ask, figure, planned, replan_request


async def test_a_misspelt_name_goes_into_the_plan_as_written():
    plan = await planned("What is the population of Frnace?")
    assert plan.steps[0].args == {"country": "Frnace", "figure": "population"}


@pytest.mark.parametrize(
    ("question", "correction"),
    [
        (
            "What is the population of Frnace?",
            "No country named 'Frnace'; answered for Fran",
        ),
        ("Frnace's area?", "No country named 'Frnace'; answered for France."),
        ("population of frnace", "No country named 'frnace'; answered for France."),
        (
            "What is the capital of the Untied Kingdom?",
            "No country named 'Untied Kingdom'; ",
        ),
        (
            "What is the population of Lodnon?",
            "No city named 'Lodnon'; answered for London (",
        ),
        (
            "How far is Pariss from Berlin?",
            "No city named 'Pariss'; answered for Paris (",
        ),
        (
            "Shortest land route from Potugal to Spain",
            "No country named 'Potugal'; answered",
        ),
        (
            "What is the average area of Frnace's neighbours?",
            "No country named 'Frnace'; an",
        ),
        (
            "Which is bigger, Paris or Lodnon, by population?",
            "No city named 'Lodnon'; ans",
        ),
    ],
)
async def test_the_nearest_name_is_taken_and_named(question, correction):
    asked = await ask(question)
    assert asked.answer.startswith(correction)
    assert "Failed" not in asked.answer
    assert len(asked.revisions) == 1


async def test_the_revision_keeps_what_is_right():
    asked = await ask("Compare the population density of Frnace and Japan")
    changed = [step.id for step in asked.revisions[0].steps]
    assert changed == [
        *("population_frnace", "area_frnace", "density_frnace", "ranking"),
    ]
    assert [step.task for step in asked.revisions[0].steps][:2] == [
        "Population of France",
        "Area of France",
    ]
    density = figure("France", "population") / figure("France", "area")
    assert f"than France ({density:.4g})" in asked.told


async def test_labels_have_the_right_name_too():
    asked = await ask("What is the capital of Frnace's largest neighbour?")
    assert asked.told == (
        "The capital of the largest of the neighbours of France (Spain) is Madrid."
    )


async def test_two_misspelt_names_are_revised_at_once():
    asked = await ask("What is the capital of Frnace and the population of Jpaan?")
    assert asked.answer.startswith(
        "No country named 'Frnace'; answered for France. "
        "No country named 'Jpaan'; answered for Japan."
    )


async def test_a_name_that_is_near_none_fails_and_the_rest_is_answered():
    asked = await ask("Compare the population of Qwertyland, Spain and Italy")
    assert asked.revisions == []
    assert asked.told.startswith("The population where it is known: Spain ")
    assert (
        "Failed: Population of Qwertyland: no country named 'Qwertyland'"
        in asked.answer
    )
    assert "Not worked out for want of that: Rank Qwertyland, Spain" in asked.answer


@pytest.mark.parametrize("name", ["Congo", "Korea"])
async def test_a_name_that_may_mean_two_countries_is_not_guessed(name):
    asked = await ask(f"What is the population of {name}?")
    assert asked.revisions == []
    assert f"no country named '{name}'; did you mean" in asked.answer


async def test_where_no_revision_is_allowed_the_failure_is_named():
    asked = await ask("What is the population of Frnace?", replans=0)
    assert "no country named 'Frnace'; did you mean 'France'?" in asked.answer


async def test_a_corrected_step_that_fails_again_is_not_revised_again():
    question = "What is the population of Frnace?"
    step = (await planned(question)).steps[0]
    fixed = step.model_copy(update={"args": {**step.args, "country": "France"}})
    failed = StepResult("failed", error="the disk is full")
    request = replan_request(question, Plan(steps=[fixed]), {step.id: failed}, print)
    answer = await RuleReplanner().decide(request)
    assert isinstance(answer, str)
    assert "Failed: Population of Frnace: the disk is full." in answer


async def test_a_plan_that_is_not_of_rules_is_answered_by_its_last_steps():
    plan = Plan(
        steps=[
            Step(id="a", task="First", tool="calculate", args={"expression": "1"}),
            Step(id="b", task="Second", tool="calculate", args={"expression": "${a}"}),
        ]
    )
    results = {"a": StepResult("succeeded", 1), "b": StepResult("succeeded", 1234567)}
    for question in ("", "Tell me a joke", "What is 1+1?"):
        request = replan_request(question, plan, results, print)
        answer = await RuleReplanner().decide(request)
        assert isinstance(answer, str)
        assert answer.startswith("Second: 1,234,567.")


@pytest.mark.parametrize("status", ["failed", "succeeded"])
async def test_while_steps_run_names_are_mended_and_nothing_is_answered(status):
    question = "Compare the population of Frnace and Spain"
    plan = await planned(question)
    broken, other = plan.steps[:2]
    results = {step.id: StepResult("waiting") for step in plan.steps}
    results[broken.id] = StepResult(status)
    results[other.id] = StepResult("running")
    said: list[str] = []
    request = replan_request(question, plan, results, said.append)
    decided = await RuleReplanner().decide(replace(request, still_running=True))
    assert said == []
    if status == "failed":
        assert isinstance(decided, Revision)
        assert broken.id in [step.id for step in decided.steps]
        assert other.id not in [step.id for step in decided.steps]
    else:
        assert decided is None
