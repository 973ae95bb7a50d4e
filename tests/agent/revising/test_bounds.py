"""How often a plan is revised, and what ends it."""

import anyio
import pytest

from dagplan import Budget, Plan, Step
from dagplan.errors import ModelError
from dagplan.events import (
    Revised,
)
from dagplan.plan import Revision
from tests.agent.revising.replanners import (
    SECONDS,
    SIBLING,
    Thinking,
    adding,
    agent,
    answered,
    step,
)


async def test_revisions_are_counted_whenever_they_are_made():
    plan = Plan(steps=[step("a"), step("b"), step("slow")])
    seconds = {"a": 1.0, "b": 3.0, "slow": 9.0, "n1": 1.0, "n2": 1.0}
    replanner = Thinking(adding("n1"))
    made = agent(
        replanner, plan, seconds, "a", "b", replan="eager", budget=Budget(replans=1)
    )
    await answered(made)
    # After the bound is reached there is nothing to ask before all is known.
    assert [(r.still_running, r.may_revise) for r in replanner.requests] == [
        (True, True),
        (False, False),
    ]


@pytest.mark.parametrize(
    "second",
    [
        adding(),
        adding(Step(id="slow", task="slow")),
        adding("new"),
    ],
)
async def test_a_revision_that_changes_nothing_ends_the_revising(second: Revision):
    plan = Plan(steps=[step("a"), step("b"), step("c"), step("slow")])
    seconds = {"a": 1.0, "b": 3.0, "c": 5.0, "slow": 9.0, "new": 0.1}
    replanner = Thinking(adding("new"), second)
    made = agent(replanner, plan, seconds, "a", "b", "c", replan="eager")
    outcome = await answered(made)
    assert replanner.moments() == [1.0, 3.0, 9.0]
    assert not replanner.requests[-1].may_revise
    assert sum(isinstance(e, Revised) for e in outcome.run.events) == 1


async def test_a_revision_that_was_made_and_unmade_before_is_not_made_again():
    plan = Plan(steps=[step("a")])
    forth, back = adding("new"), Revision(steps=[], drop=["new"])
    replanner = Thinking(forth, back, forth)
    seconds = {"a": 1.0, "new": 1.0}
    made = agent(replanner, plan, seconds, "a", "new", budget=Budget(replans=9))
    await answered(made)
    assert len(replanner.requests) == 4
    assert not replanner.requests[-1].may_revise


async def test_a_replanner_that_cannot_be_called_while_steps_run_costs_none_of_them(
    caplog: pytest.LogCaptureFixture,
):
    replanner = Thinking(ModelError("away", role="replanner"))
    made = agent(replanner, SIBLING, SECONDS, "bad", replan="eager")
    outcome = await answered(made)
    assert outcome.response == "done"
    assert outcome.run.results["after"].status == "succeeded"
    assert replanner.moments() == [1.0, 4.0]
    assert "was not heard while steps ran: away" in caplog.text


async def test_it_must_be_heard_once_nothing_more_can_start():
    gone = ModelError("away", role="replanner")
    made = agent(Thinking(gone, gone), SIBLING, SECONDS, "bad", replan="eager")
    with pytest.raises(ModelError):
        await answered(made)
    assert anyio.current_time() == 4.5
