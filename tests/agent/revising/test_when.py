"""When the replanner is asked, and what goes on meanwhile."""

import anyio

from dagplan import Plan, Retry, Step
from dagplan.protocols import PlanRequest
from dagplan.scheduler.rules import Rules
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


def never() -> float:
    return 0.0


async def test_eager_has_the_replacement_done_before_a_slow_sibling_ends():
    replanner = Thinking(adding("new"))
    made = agent(replanner, SIBLING, SECONDS, "bad", replan="eager")
    run = (await answered(made)).run
    assert replanner.moments() == [1.0, 4.0]
    assert run.results["new"].ended == 2.5
    assert run.results["slow"].ended == 3.0
    # Nothing that ran is lost or done again.
    assert starts(made) == ["after", "bad", "new", "slow"]
    assert run.results["after"].status == "succeeded"
    assert replanner.asked[0][1] == {
        "bad": "failed",
        "slow": "running",
        "after": "waiting",
    }


async def test_idle_asks_once_nothing_more_can_start():
    replanner = Thinking(adding("new"))
    made = agent(replanner, SIBLING, SECONDS, "bad")
    run = (await answered(made)).run
    assert replanner.moments() == [4.0, 5.5]
    assert run.results["new"].started == 4.5
    assert not any(request.still_running for request in replanner.requests)


async def test_never_has_the_replanner_answer_only():
    replanner = Thinking()
    made = agent(replanner, SIBLING, SECONDS, "bad", replan="never")
    await answered(made)
    assert [request.may_revise for request in replanner.requests] == [False]


async def test_eager_does_not_ask_before_the_retries_are_used_up():
    replanner = Thinking(None)
    rules = Rules(never, Retry(attempts=2, backoff=1.0, jitter=0.0, errors=LookupError))
    made = agent(replanner, SIBLING, SECONDS, "bad", replan="eager", rules=rules)
    await answered(made)
    assert replanner.moments()[0] == 3.0


async def test_failures_while_it_thinks_are_considered_together_afterwards():
    plan = Plan(steps=[step("a"), step("b"), step("c"), step("slow")])
    seconds = {"a": 1.0, "b": 1.2, "c": 1.4, "slow": 9.0}
    replanner = Thinking(None, None, seconds=2.0)
    await answered(agent(replanner, plan, seconds, "a", "b", "c", replan="eager"))
    assert replanner.moments() == [1.0, 3.0, 9.0]
    assert list(replanner.asked[1][1].values())[:3] == ["failed"] * 3


async def test_what_was_considered_is_not_asked_about_again():
    plan = Plan(steps=[step("bad"), step("good"), step("slow")])
    seconds = {"bad": 1.0, "good": 2.0, "slow": 5.0}
    replanner = Thinking(None)
    await answered(agent(replanner, plan, seconds, "bad", replan="eager"))
    assert replanner.moments() == [1.0, 5.0]


async def test_step_asks_after_each_step_that_ends():
    replanner = Thinking(None, None, seconds=0.25)
    made = agent(replanner, SIBLING, SECONDS, "bad", replan="step")
    await answered(made)
    assert replanner.moments() == [1.0, 3.0, 4.0]
    assert [request.still_running for request in replanner.requests] == [
        True,
        True,
        False,
    ]


async def test_steps_that_end_while_it_thinks_are_one_question():
    plan = Plan(steps=[step("a"), step("b"), step("c"), step("slow")])
    seconds = {"a": 1.0, "b": 2.0, "c": 3.0, "slow": 9.0}
    replanner = Thinking(None, None, seconds=4.0)
    await answered(agent(replanner, plan, seconds, replan="step"))
    assert replanner.moments() == [1.0, 5.0, 9.0]


async def test_in_sequential_mode_the_next_step_runs_while_it_thinks():
    plan = Plan(steps=[step("a"), step("b"), step("c")])
    replanner = Thinking(adding("d", drop=["c"]), None)
    rules = Rules(never, slots=1)
    seconds = {"a": 1.0, "b": 1.0, "c": 1.0, "d": 1.0}
    made = agent(replanner, plan, seconds, replan="step", rules=rules)
    run = (await answered(made)).run
    assert starts(made) == ["a", "b", "d"]
    assert {name: r.started for name, r in run.results.items()} == {
        "a": 0.0,
        "b": 1.0,
        "d": 2.0,
    }


async def test_an_item_that_fails_is_no_news_before_its_step_has_failed():
    each = Step(id="each", task="${item}", for_each="${l}")
    plan = Plan(steps=[step("l"), each, step("slow")])
    seconds = {"l": 0.0, "each[0]": 1.0, "each[1]": 3.0, "slow": 9.0}
    replanner = Thinking(None)
    made = agent(
        replanner, plan, seconds, "each[0]", values={"l": [1, 2]}, replan="eager"
    )
    await answered(made)
    assert replanner.moments() == [3.0, 9.0]
    assert replanner.requests[0].kinds == {
        "each[0]": "LookupError",
        "each": "StepError",
    }


async def test_a_step_that_fails_while_the_plan_is_being_written_is_news():
    class Slowly:
        async def plan(self, request: PlanRequest) -> Plan:
            assert request.offer is not None
            request.offer(SIBLING.steps[0])
            await anyio.sleep(2.0)
            return SIBLING

    replanner = Thinking(adding("new"))
    made = agent(replanner, SIBLING, SECONDS, "bad", replan="eager")
    made = type(made)(**{**vars(made), "planner": Slowly()})
    run = (await answered(made)).run
    assert replanner.moments()[0] == 2.0
    assert run.results["new"].ended == 3.5
    assert run.results["slow"].ended == 5.0
