"""The replanner over real HTTP: admitted calls, and a clean start after a failure."""

from typing import Any

import pytest

from dagplan.errors import ModelError
from dagplan.events import StepResult
from dagplan.plan.model import Plan, Step
from dagplan.plan.revision import Revision, revised
from dagplan.planning.replanner import ModelReplanner
from dagplan.protocols import ReplanRequest
from dagplan.trouble import classify
from tests.loopback import CutStream, Loopback, Sliced, Status, Text, ToolCalls
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


async def test_an_answer_that_is_none_is_no_passing_trouble(loopback: Loopback):
    replanner = ModelReplanner(chat_model(loopback), today="2026-11-22")
    loopback.reply("")
    with pytest.raises(ModelError) as caught:
        await replanner.decide(request_to(Gatekeeper(loopback), []))
    assert not classify(caught.value).transient
