"""The replanner over real HTTP: admitted calls, and a clean start after a failure."""

from dataclasses import replace
from typing import Any

import pytest

from dagplan.errors import ModelError, PlanError
from dagplan.events import StepResult
from dagplan.plan.model import Plan, Step
from dagplan.plan.revision import Revision, revised
from dagplan.planning.replanner import ModelReplanner
from dagplan.protocols import ReplanRequest
from dagplan.trouble import classify
from tests.loopback import (
    CutStream,
    Loopback,
    Sliced,
    Status,
    Text,
    ToolCalls,
    Truncated,
)
from tests.loopback.clients import chat_model
from tests.planning.gatekeeper import TOOL, Gatekeeper

PLAN = Plan(steps=[Step(id="fr", tool="population", args={"country": "France"})])
RESULTS = {"fr": StepResult("succeeded", 68_000_000, attempts=1)}


def check(revision: Revision) -> None:
    revised(PLAN, revision, {"fr": 68_000_000}, [TOOL])


def request_to(keeper: Gatekeeper, said: list[str]) -> ReplanRequest:
    calls: list[Any] = []
    return ReplanRequest(
        question="How many people?",
        plan=PLAN,
        results=RESULTS,
        tools=[TOOL],
        may_revise=True,
        emit=calls.append,
        say=said.append,
        admit=keeper.admit,
        check=check,
    )


async def test_each_call_of_the_replanner_is_admitted_before_it_goes_out(loopback):
    keeper = Gatekeeper(loopback)
    broken = {"steps": [], "drop": ["nobody"]}
    loopback.reply(ToolCalls([("revise_plan", broken)]), "68 million.")
    replanner = ModelReplanner(chat_model(loopback), today="2026-11-22")
    assert await replanner.decide(request_to(keeper, [])) == "68 million."
    assert keeper.seen == [0, 1]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Status(429, retry_after=2), ""),
        (Status(500), ""),
        (Sliced(CutStream(Text("68 million."), after_chunks=1), characters=3), "68 "),
    ],
)
async def test_a_replanner_that_failed_starts_clean(loopback: Loopback, fault, said):
    replanner = ModelReplanner(chat_model(loopback), today="2026-11-22")
    pieces: list[str] = []
    request = request_to(Gatekeeper(loopback), pieces)
    loopback.reply(fault, "68 million.")
    with pytest.raises(ModelError) as caught:
        await replanner.decide(request)
    assert classify(caught.value).transient
    assert "".join(pieces) == said
    assert await replanner.decide(request) == "68 million."
    first, second = (sent.messages for sent in loopback.requests)
    assert first == second


def plan_of(text: str) -> ToolCalls:
    return ToolCalls([("revise_plan", text)])


ADDED = '{"population":"Japan","id":"jp"}'
WHOLE = f'{{"steps":[{ADDED}],"drop":["fr"]}}'


@pytest.mark.parametrize("still_running", [False, True])
@pytest.mark.parametrize("after", [12, 30, 41, 45, 50, len(WHOLE) - 1])
async def test_a_revision_that_was_cut_off_is_not_completed_by_anybody(
    loopback: Loopback, after: int, still_running
):
    replanner = ModelReplanner(chat_model(loopback), today="2026-11-24")
    request = replace(
        request_to(Gatekeeper(loopback), []),
        still_running=still_running,
        check=lambda revision: None,
    )
    loopback.reply(Truncated(plan_of(WHOLE), after=after), plan_of(WHOLE))
    decision = await replanner.decide(request)
    assert isinstance(decision, Revision)
    assert ([step.id for step in decision.steps], decision.drop) == (["jp"], ["fr"])
    assert "not-json" in str(loopback.requests[1].messages[-1]["content"])


@pytest.mark.parametrize("still_running", [False, True])
async def test_of_two_equal_keys_in_a_revision_none_is_dropped_in_silence(
    loopback: Loopback, still_running
):
    replanner = ModelReplanner(chat_model(loopback), today="2026-11-24")
    request = replace(request_to(Gatekeeper(loopback), []), still_running=still_running)
    twice = WHOLE.replace('"id":"jp"', '"id":"peru","id":"jp"')
    loopback.reply(*[plan_of(twice)] * 3)
    with pytest.raises(PlanError, match="duplicate-key"):
        await replanner.decide(request)


async def test_an_answer_that_is_none_is_no_passing_trouble(loopback: Loopback):
    replanner = ModelReplanner(chat_model(loopback), today="2026-11-22")
    loopback.reply("")
    with pytest.raises(ModelError) as caught:
        await replanner.decide(request_to(Gatekeeper(loopback), []))
    assert not classify(caught.value).transient
