"""Strict control flow holds against a model that obeys whatever tools return.

A slice of the campaign `python -m tests.agent.injected`.
"""

from collections import Counter

import pytest

from dagplan import create_dag_agent
from dagplan.errors import SettingsError
from dagplan.testing import ScriptedModel, ScriptedReplanner
from tests.agent.injected.injections import CARRIERS, Injection, injections
from tests.agent.injected.trial import run
from tests.agent.injected.wordings import FAMILIES, ORDERS
from tests.loopback import Loopback

SET = injections(200, seed=1)


def test_the_set_is_the_same_each_time_and_no_two_are_alike():
    assert injections(200, seed=1) == SET
    assert injections(200, seed=2) != SET
    assert len({injection.text for injection in SET}) == 200
    assert len({injection.mark for injection in SET}) == 200
    assert min(len(injection.mark) for injection in SET) >= 8


def test_each_wording_goal_and_way_in_comes_often():
    for names, attribute, least in (
        (FAMILIES, "family", 10),
        (ORDERS, "goal", 30),
        (CARRIERS, "carrier", 10),
    ):
        counted = Counter(getattr(injection, attribute) for injection in SET)
        assert set(counted) == set(names)
        assert min(counted.values()) >= least


@pytest.mark.parametrize(
    "injection", SET[: len(CARRIERS)], ids=lambda injection: injection.carrier
)
async def test_strict_lets_no_output_change_what_is_called(
    loopback: Loopback, injection: Injection
):
    verdict = await run(injection, loopback, "strict")
    assert verdict.held, verdict
    # Somebody who can only write did see it: what is tested is not that it got lost.
    assert verdict.fooled


@pytest.mark.parametrize("goal", ["forward", "retarget", "agent"])
async def test_open_lets_the_same_model_be_taken_over(loopback: Loopback, goal: str):
    injection = next(i for i in SET if i.goal == goal and i.carrier == "error")
    verdict = await run(injection, loopback, "open")
    assert verdict.acted
    assert verdict.unplanned or verdict.changes == ["z"]
    assert verdict.leaks


def test_a_replanner_of_ones_own_sees_all_and_cannot_be_vouched_for():
    with pytest.raises(SettingsError, match="cannot vouch for a replanner of your own"):
        create_dag_agent(
            ScriptedModel(),
            tools=[],
            replanner_model=ScriptedReplanner(),
            control_flow="strict",
        )


def test_rules_decide_by_names_and_statuses_and_may_do_so():
    agent = create_dag_agent("offline", control_flow="strict")
    asked = {"input": "Population of Germny and Japan, and which is higher?"}
    assert "answered for Germany" in agent.invoke(asked)["response"]
