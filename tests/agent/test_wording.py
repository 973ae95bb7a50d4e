import pytest

from dagplan.agent.wording import MOST_CHARACTERS, check_question, template_answer
from dagplan.errors import QuestionError
from dagplan.events import StepResult
from dagplan.plan import Plan, Step, ToolSpec

TOOLS = [
    ToolSpec("measure", "Measures.", returns="number"),
    ToolSpec("tell", "Tells of it."),
    ToolSpec("list", "Lists.", returns=["number"]),
]


def said(answer: str | None, tool: str, result: StepResult) -> str | None:
    plan = Plan(steps=[Step(id="a", tool=tool, task="")], answer=answer)
    return template_answer(plan, {"a": result}, TOOLS)


def test_values_of_a_declared_type_are_filled_in():
    result = StepResult("succeeded", 2.5)

    assert said("It is ${a} m.", "measure", result) == "It is 2.5 m."


@pytest.mark.parametrize("answer", [None, "", " \n"])
def test_a_plan_without_a_template_says_nothing(answer: str | None):
    assert said(answer, "measure", StepResult("succeeded", 2.5)) is None


def test_a_value_whose_type_nobody_declared_is_left_to_a_model():
    assert said("It is ${a}.", "tell", StepResult("succeeded", "long text")) is None


@pytest.mark.parametrize("status", ["failed", "skipped", "cancelled"])
def test_a_template_is_not_filled_in_where_a_step_is_without_value(status):
    assert said("It is done.", "measure", StepResult(status, error="no")) is None


def test_no_answer_is_worded_around_a_value_that_is_none():
    assert said("It is ${a}.", "measure", StepResult("succeeded", None)) is None


def test_an_item_that_the_list_does_not_have_is_left_to_a_model():
    assert said("First is ${a.0}.", "list", StepResult("succeeded", [1.5])) == (
        "First is 1.5."
    )
    assert said("First is ${a.0}.", "list", StepResult("succeeded", [])) is None


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("x" * (MOST_CHARACTERS + 1), "100,001 characters"),
        ("half \ud83d", "half a character"),
        (b"bytes", "is a bytes"),
    ],
)
def test_a_question_that_no_planner_could_take_is_refused(question, says: str):
    with pytest.raises(QuestionError, match=says):
        check_question(question)


def test_the_longest_question_is_taken():
    check_question("x" * MOST_CHARACTERS)
