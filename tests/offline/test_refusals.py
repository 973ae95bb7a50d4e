"""What is not read is refused: whole, with the part, and with what to do."""

import pytest

from dagplan.errors import PlanError, QuestionError, UnsupportedQuestionError
from dagplan.offline import RulePlanner
from dagplan.offline.grammar import EXAMPLES
from dagplan.protocols import PlanRequest
from tests.offline.asking import SPECS, planned


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("Tell me a joke", "a joke"),
        ("What is the longest river in France?", None),
        ("What is the population of France in 1990?", None),
        ("What was the population of France?", None),
        ("What will be the population of France?", None),
        ("What is not the capital of France?", None),
        ("Is 7 prime?", None),
        ("What is 3 + 4 in miles?", None),
        ("Which countries do not border France?", None),
        ("What is the population of France without Paris?", None),
        ("What is the population of the largest city in France?", None),
        ("Compare France and Spain", None),
        ("Which is the most populous?", None),
        (
            "What is the capital of Peru, and who is its president?",
            "who is its president",
        ),
        (
            "Who won the world cup, and what is the area of Mali?",
            "Who won the world cup",
        ),
        ("What is 3*7? What is love?", "What is love"),
        ("And their sum?", "their sum"),
        ("Which is highest?", "Which is highest"),
        ("Of France and Spain.", "Of France and Spain."),
        ("?!.", "?!."),
    ],
)
async def test_what_no_rule_reads_is_refused_with_the_part(question, part):
    with pytest.raises(UnsupportedQuestionError) as refused:
        await planned(question)
    assert refused.value.part == (part or question.rstrip("?"))


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("What is the area of Paris?", "the area is known of countries only"),
        ("What is the latitude of France and Spain?", "known of cities only"),
        ("How far is France from Japan?", "distances are known between cities"),
        (
            "Compare the population of Paris and Peru",
            "some of these places are countries",
        ),
        ("Compare the population of London, Canada and Peru", "some of these places"),
        ("What is the GDP of " + "Peru, " * 60 + "Chad?", "at most 60 places"),
        ("Compare the area of France", "a comparison needs two places or more"),
        (
            "What is the population of the capital of France and the capital of Peru?",
            "it can be read in more than one way",
        ),
    ],
)
async def test_what_is_read_but_cannot_be_told_is_refused_with_the_reason(
    question, reason
):
    with pytest.raises(UnsupportedQuestionError, match=reason):
        await planned(question)


async def test_a_refusal_is_one_line_that_teaches():
    with pytest.raises(UnsupportedQuestionError) as refused:
        await planned("Write a\npoem")
    message = str(refused.value)
    assert "\n" not in message
    assert (
        "`export OPENAI_API_KEY=…` or `dagplan ask --model openai:gpt-5-mini`"
        in message
    )
    assert all(example in message for _, example in EXAMPLES)


@pytest.mark.parametrize("example", [example for _, example in EXAMPLES])
async def test_the_examples_of_a_refusal_are_read(example):
    assert (await planned(example)).steps


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("", "is empty"),
        (" \n ", "is empty"),
        ("a" * 20_001, "20,000 characters, got 20,001"),
    ],
)
async def test_empty_and_huge_questions(question, message):
    with pytest.raises(QuestionError, match=message) as refused:
        await planned(question)
    assert not isinstance(refused.value, UnsupportedQuestionError)


async def test_a_plan_needs_the_tools_that_it_calls():
    request = PlanRequest("What is 3*7?", SPECS[1:], print)
    with pytest.raises(PlanError, match="unknown-tool"):
        await RulePlanner().plan(request)
