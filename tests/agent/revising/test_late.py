"""Steps go on while the replanner thinks: what it decides must still be possible then."""

from typing import Any

import anyio
import pytest

from dagplan import Plan, PlanError, Step
from dagplan.events import (
    Revised,
)
from dagplan.plan import Revision, ToolSpec
from tests.agent.revising.replanners import (
    SECONDS,
    SIBLING,
    Thinking,
    adding,
    agent,
    answered,
    starts,
    step,
)


async def test_a_revision_that_comes_too_late_goes_back_and_nothing_of_it_is_made():
    plan = Plan(steps=[step("bad"), step("quick"), step("then", "quick"), step("slow")])
    seconds = {"bad": 1.0, "quick": 1.2, "then": 1.0, "slow": 9.0, "new": 1.0}
    late = adding("new", Step(id="then", task="otherwise"))
    replanner = Thinking(late, adding("new"))
    made = agent(replanner, plan, seconds, "bad", replan="eager")
    run = (await answered(made)).run
    assert replanner.moments() == [1.0, 1.5, 9.0]
    (problem,) = replanner.requests[1].problems
    assert (problem.step, problem.rule) == ("then", "running-step")
    # The step that had begun is untouched, and there was one change only.
    assert run.results["then"].started == 1.2
    assert [e.at for e in run.events if isinstance(e, Revised)] == [2.0]
    assert starts(made) == ["bad", "new", "quick", "slow", "then"]


async def test_a_third_revision_that_cannot_be_made_ends_the_run():
    late = [adding("new", Step(id="slow", task=f"otherwise {n}")) for n in range(4)]
    replanner = Thinking(*late)
    made = agent(replanner, SIBLING, SECONDS, "bad", replan="eager")
    with pytest.raises(PlanError, match="running-step: 'slow'"):
        await answered(made)
    assert len(replanner.requests) == 3


async def test_check_judges_by_the_steps_as_they_stand_when_it_is_called():
    heard: list[object] = []
    change = adding(Step(id="after", task="otherwise"))

    class Asks(Thinking):
        async def decide(self, request: Any, /) -> Any:
            if request.still_running:
                request.check(change)
                await anyio.sleep(2.5)
                with pytest.raises(PlanError) as caught:
                    request.check(change)
                heard.extend(caught.value.problems)
                return None
            return await super().decide(request)

    await answered(agent(Asks(), SIBLING, SECONDS, "bad", replan="eager"))
    assert [problem.rule for problem in heard] == ["running-step"]  # type: ignore[attr-defined]


async def test_a_running_step_with_side_effects_can_be_neither_dropped_nor_redefined():
    pay = Step(id="pay", tool="pay")
    plan = Plan(steps=[step("bad"), pay])
    tools = [ToolSpec("pay", "", side_effects=True)]
    replanner = Thinking(Revision(steps=[], drop=["pay"]), None)
    made = agent(
        replanner,
        plan,
        {"bad": 1.0, "pay": 3.0},
        "bad",
        replan="eager",
        tools=tools,
    )
    run = (await answered(made)).run
    assert [p.rule for p in replanner.requests[1].problems] == ["settled-step"]
    assert run.results["pay"].ended == 3.0


async def test_raw_items_of_a_list_that_is_gone_through_cannot_be_referred_to():
    each = Step(
        id="each", tool="t", for_each="${l}", args={"q": "${item}"}, returns="number"
    )
    text: dict[str, object] = {"type": "object", "properties": {"q": {}}}
    plan = Plan(steps=[step("l"), step("bad"), each])
    replanner = Thinking(adding(Step(id="new", task="sum ${each}")), None)
    made = agent(
        replanner,
        plan,
        {"l": 0.0, "bad": 1.0, "each[0]": 0.5, "each[1]": 9.0},
        "bad",
        values={"l": [1, 2]},
        replan="eager",
        tools=[ToolSpec("t", "", text)],
    )
    await answered(made)
    assert [p.rule for p in replanner.requests[1].problems] == ["unread-value"]
