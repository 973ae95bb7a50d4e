"""What may be decided while steps run: an answer, nothing, a change of what is left."""

from typing import Any

import anyio
import pytest

from dagplan import Plan, Step
from dagplan.errors import TemplateError
from dagplan.events import (
    Revised,
    StepCancelled,
)
from dagplan.testing import Attempts
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


async def test_plain_text_ends_the_run_early_and_cancels_what_runs():
    replanner = Thinking("enough")
    made = agent(replanner, SIBLING, SECONDS, "bad", replan="eager")
    outcome = await answered(made)
    assert outcome.response == "enough"
    assert outcome.run.outcome == "answered"
    cancelled = [e for e in outcome.run.events if isinstance(e, StepCancelled)]
    assert [(e.at, e.step_id) for e in cancelled] == [(1.5, "after"), (1.5, "slow")]
    assert anyio.current_time() == 1.5


async def test_a_running_step_that_is_dropped_is_cancelled_and_its_siblings_run_on():
    plan = Plan(steps=[step("bad"), step("slow"), step("kept")])
    replanner = Thinking(adding("new", drop=["slow"]))
    seconds = {"bad": 1.0, "slow": 99.0, "kept": 4.0, "new": 1.0}
    made = agent(replanner, plan, seconds, "bad", replan="eager")
    run = (await answered(made)).run
    (revised,) = [e for e in run.events if isinstance(e, Revised)]
    assert (revised.at, revised.dropped) == (1.5, ("slow",))
    assert [each.id for each in revised.added] == ["new"]
    assert run.results["kept"].ended == 4.0
    assert "slow" not in run.results
    assert starts(made).count("kept") == 1


async def test_a_list_that_is_gone_through_can_be_dropped():
    each = Step(id="each", task="${item}", for_each="${l}")
    plan = Plan(steps=[step("l"), step("bad"), each])
    replanner = Thinking(adding("new", drop=["each"]))
    seconds = {"l": 0.0, "bad": 1.0, "each": 99.0, "new": 1.0}
    made = agent(replanner, plan, seconds, "bad", values={"l": [1, 2]}, replan="eager")
    run = (await answered(made)).run
    assert [*run.results] == ["l", "bad", "new"]
    assert anyio.current_time() == 3.0


async def test_waiting_and_failed_steps_are_redefined_in_place():
    plan = Plan(steps=[step("bad"), step("slow"), step("after", "slow", "bad")])
    again = Step(id="bad", task="another way", depends_on=[])
    replanner = Thinking(adding(again, Step(id="after", task="${slow} ${bad}")))
    seconds = {"bad": Attempts(1.0, 1.0), "slow": 3.0, "after": 1.0}

    def found(call: Any) -> object:
        return LookupError("no") if call.task == "bad" else call.task

    values = {"bad": found, "after": lambda call: call.task}
    made = agent(replanner, plan, seconds, values=values, replan="eager")
    run = (await answered(made)).run
    assert run.results["after"].value == "slow another way"
    assert run.results["after"].started == 3.0


async def test_where_no_model_may_word_the_answer_none_is_asked():
    replanner = Thinking()
    made = agent(replanner, SIBLING, SECONDS, "bad", replan="eager", wording="template")
    with pytest.raises(TemplateError):
        await answered(made)
    assert replanner.requests == []
