import json
import os
from pathlib import Path

import anyio
import jsonschema
import pytest
from pydantic import SecretStr

from benchmarks.provider.scripts.dag import perfect_plan, plan_text
from benchmarks.provider.scripts.known import by_task
from benchmarks.questions.own import own_questions, questions_in_head
from benchmarks.questions.question import SEARCH
from benchmarks.questions.real import musique_plans, real_questions
from benchmarks.questions.tools import local_tools, tools
from dagplan import execute_plan
from dagplan.agent.wording import template_answer
from dagplan.planning.wire import plan_schema, read_plan
from dagplan.steps import PlannedStepRunner
from dagplan.tools.search import WebSearch
from dagplan.tools.spec import by_name

TOOLS = tools(WebSearch(SecretStr("tvly-test")).web_search)
SPECS = [tool.spec for tool in TOOLS]
FOLDER = os.environ.get("DAGPLAN_TEST_DATA", "")
needs_data = pytest.mark.skipif(
    not FOLDER, reason="set DAGPLAN_TEST_DATA to a folder with the plans"
)


def test_there_are_thirty_questions_of_two_to_twelve_steps():
    sizes = [len(question.plan.steps) for question in own_questions()]
    assert len(sizes) == 30
    assert (min(sizes), max(sizes)) == (2, 12)
    assert sum(question.is_parallel for question in own_questions()) == 25
    assert len({question.id for question in own_questions()}) == 30


@pytest.mark.parametrize("question", own_questions(), ids=lambda q: q.id)
def test_a_perfect_plan_can_be_run_and_is_in_the_wire_format(question):
    plan = perfect_plan(question)
    plan.check(TOOLS)
    for full in (False, True):
        text = plan_text(plan, full=full)
        jsonschema.validate(json.loads(text), plan_schema(SPECS).schema)
    assert read_plan(plan_text(plan), SPECS) == plan


@pytest.mark.parametrize("question", own_questions(), ids=lambda q: q.id)
def test_a_perfect_plan_makes_the_searches_and_words_the_answer(question):
    plan = perfect_plan(question)
    runner = PlannedStepRunner(by_name(local_tools()))
    asked = []

    async def run_step(call):
        if call.step.tool != SEARCH:
            return await runner(call)
        asked.append(call.args["query"])
        return question.values[by_task(question, call.args["query"])]

    run = anyio.run(execute_plan, plan, run_step)
    assert sorted(asked) == sorted(question.queries.values())
    words = template_answer(plan, run.results, SPECS)
    assert words == (question.answer if plan.answer else None)


def test_no_two_sub_questions_of_a_question_are_alike():
    for question in own_questions():
        assert len({*question.queries.values()}) == len(question.queries)
        assert len({*question.passages.values()}) == len(question.passages)


def test_what_is_calculated_comes_from_what_is_found():
    by_id = {question.id: question for question in own_questions()}
    assert by_id["peaks"].expressions == {"diff": "4806 - 4478"}
    assert by_id["peaks"].values["diff"] == 328
    assert by_id["capitals"].queries["plv"] == "population of Riga"
    assert "465,398 more people" in by_id["capitals"].answer


def test_in_the_head_only_searches_are_left_and_the_answer_is_the_same():
    own = {question.id: question for question in own_questions()}
    for question in questions_in_head():
        whole = own[question.id.removesuffix("-head")]
        assert question.works == question.searches
        assert question.plan.answer is None
        assert question.answer == whole.answer


@needs_data
def test_real_questions_are_parallel_and_their_plans_can_be_run():
    found = real_questions(Path(FOLDER), 4)
    assert len(found) == 8
    for question in found:
        assert question.is_parallel
        question.plan.check(TOOLS)


@needs_data
def test_every_question_of_musique_has_a_plan():
    found = musique_plans(Path(FOLDER))
    assert len(found) == 300
    for question in found:
        question.plan.check(TOOLS)
