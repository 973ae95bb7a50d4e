"""The questions that prompts are tried on, and what a model is shown for each."""

import json
from collections import Counter

import pytest

from dagplan.planning import prompts
from tests.loopback import Loopback
from tests.planning.prompt import prompt_text, sent
from tests.planning.questions import TODAY, Question, questions
from tests.planning.toolsets import toolset


def test_there_are_many_questions_of_every_shape_and_set_of_tools():
    asked = questions()
    assert len({question.id for question in asked}) == len(asked) >= 30
    shapes = Counter(question.shape for question in asked)
    assert {*shapes} == {"none", "one", "chain", "wide", "each", "ask"}
    sets = Counter(question.tools for question in asked)
    assert {*sets} == {"default", "business", "travel", "developer"}


@pytest.mark.parametrize("name", ["default", "business", "travel", "developer"])
async def test_every_set_of_tools_can_be_held_by_strict_mode(
    name: str, loopback: Loopback
):
    asked = Question("any", name, "none", "What can you do?")
    request = await sent(loopback, asked)  # the server refuses what OpenAI refuses
    wanted = request.body["response_format"]["json_schema"]
    assert wanted["strict"]
    written = json.dumps(wanted["schema"])
    assert all(f'"{tool.name}"' in written for tool in toolset(name))


async def test_a_prompt_holds_what_is_sent_word_by_word(loopback: Loopback):
    [asked] = [one for one in questions() if one.id == "who_owns"]
    text = prompt_text(await sent(loopback, asked))
    assert text.startswith(f"=== system ===\n{prompts.PLANNER}\n\n=== system ===\n")
    assert f"Today is {TODAY}." in text
    assert "- find_person(" in text
    assert f"=== user ===\n{asked.question}\n\n=== JSON schema" in text
    assert asked.shape == "one"
    _, _, schema = text.partition("(enforced by the provider) ===\n")
    assert json.loads(schema)["required"] == ["steps", "answer"]
