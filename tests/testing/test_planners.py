"""Scripted planners and replanners take their turns and keep what they were asked."""

import pytest

from dagplan.errors import ModelError
from dagplan.events import StepResult
from dagplan.plan import Plan, Revision, Step
from dagplan.protocols import Planner, PlanRequest, Replanner, ReplanRequest
from dagplan.testing import ScriptedPlanner, ScriptedReplanner
from dagplan.testing.planners import words

FIRST = Plan(steps=[Step(id="a", task="x")])
SECOND = Plan(steps=[], answer="Nothing to do.")


def asked(question: str = "Why?") -> PlanRequest:
    return PlanRequest(question, [], lambda _: None)


def replan(said: list[str]) -> ReplanRequest:
    results = {"a": StepResult("succeeded", 1)}
    return ReplanRequest(
        "Why?",
        FIRST,
        results,
        [],
        may_revise=True,
        emit=lambda _: None,
        say=said.append,
    )


async def test_plans_come_in_turn() -> None:
    planner: Planner = ScriptedPlanner(FIRST, SECOND)
    assert await planner.plan(asked()) is FIRST
    assert await planner.plan(asked("And?")) is SECOND
    assert isinstance(planner, ScriptedPlanner)
    assert [request.question for request in planner.requests] == ["Why?", "And?"]


async def test_errors_are_raised_in_their_turn() -> None:
    error = ModelError("no model", role="planner")
    planner = ScriptedPlanner(error, FIRST)
    with pytest.raises(ModelError) as caught:
        await planner.plan(asked())
    assert caught.value is error
    assert await planner.plan(asked()) is FIRST


async def test_a_script_that_is_too_short_says_so() -> None:
    planner = ScriptedPlanner(FIRST)
    await planner.plan(asked())
    with pytest.raises(AssertionError, match=r"has 1 plans .* one more: And then"):
        await planner.plan(asked("And then?"))
    with pytest.raises(AssertionError, match="has 0 decisions"):
        await ScriptedReplanner().decide(replan([]))


async def test_an_answer_is_said_piece_by_piece() -> None:
    said: list[str] = []
    replanner: Replanner = ScriptedReplanner("It is 5,\n that is all. ")
    answer = await replanner.decide(replan(said))
    assert answer == "It is 5,\n that is all. "
    assert len(said) == 6
    assert "".join(said) == answer


async def test_a_revision_is_returned_and_nothing_is_said() -> None:
    said: list[str] = []
    change = Revision(steps=[Step(id="b", task="x")])
    replanner = ScriptedReplanner(change, ValueError("no more"))
    assert await replanner.decide(replan(said)) is change
    with pytest.raises(ValueError, match="no more"):
        await replanner.decide(replan(said))
    assert said == []
    assert len(replanner.requests) == 2


@pytest.mark.parametrize("text", ["", " ", "a", " a", "a b", "a  \n b ", "\n\n"])
def test_words_are_the_text(text: str) -> None:
    assert "".join(words(text)) == text
