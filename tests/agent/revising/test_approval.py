"""A changed plan needs the user's word again, while what runs goes on."""

from typing import Any

import anyio

from dagplan import Plan, Step
from dagplan.events import (
    Revised,
)
from dagplan.testing import ScriptedReplanner
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


class Approver:
    """Approves of plans, after some seconds.

    Attributes:
        shown: Ids of the steps of each plan that it was shown, with the moment.
    """

    def __init__(self, *verdicts: str, seconds: float = 1.0) -> None:
        self._verdicts = list(verdicts)
        self._seconds = seconds
        self.shown: list[tuple[float, list[str]]] = []

    async def plan(self, plan: Plan, /, *, may_edit: bool) -> bool | Plan:
        self.shown.append((anyio.current_time(), [each.id for each in plan.steps]))
        await anyio.sleep(self._seconds)
        return self._verdicts.pop(0) == "yes"

    async def step(self, parked: Any, /) -> bool:
        raise AssertionError(f"nobody was to be asked about {parked}")


def asking(
    replanner: Thinking,
    approver: Approver,
    plan: Plan = SIBLING,
    seconds: dict[str, float] = SECONDS,
) -> Any:
    return agent(
        replanner,
        plan,
        seconds,
        "bad",
        replan="eager",
        approves_plan=True,
        approver=approver,
    )


async def test_a_changed_plan_is_asked_about_while_the_rest_goes_on():
    replanner, approver = Thinking(adding("new"), seconds=0.0), Approver("yes", "yes")
    made = asking(replanner, approver)
    run = (await answered(made)).run
    names = ["bad", "slow", "after"]
    assert approver.shown == [(0.0, names), (2.0, [*names, "new"])]
    assert run.results["new"].started == 3.0
    assert run.results["slow"].ended == 4.0


async def test_a_change_that_is_refused_is_not_made_and_what_runs_goes_on():
    replanner, approver = Thinking(adding("new"), seconds=0.0), Approver("yes", "no")
    made = asking(replanner, approver)
    outcome = await answered(made)
    assert outcome.response == "done"
    assert starts(made) == ["after", "bad", "slow"]
    assert not any(isinstance(e, Revised) for e in outcome.run.events)
    assert not replanner.requests[-1].may_revise


async def test_what_went_on_while_the_user_thought_can_make_a_change_impossible():
    plan = Plan(steps=[step("bad"), step("quick"), step("then", "quick"), step("slow")])
    seconds = {"bad": 1.0, "quick": 1.2, "then": 1.0, "slow": 9.0}
    replanner = Thinking(adding(Step(id="then", task="otherwise")), None, seconds=0.0)
    made = asking(replanner, Approver("yes", "yes"), plan, seconds)
    run = (await answered(made)).run
    assert [p.rule for p in replanner.requests[1].problems] == ["running-step"]
    assert run.results["then"].value == "then"


async def test_scripted_replanners_may_change_nothing():
    made = agent(
        ScriptedReplanner(None, "done"), SIBLING, SECONDS, "bad", replan="eager"
    )
    assert (await answered(made)).response == "done"
