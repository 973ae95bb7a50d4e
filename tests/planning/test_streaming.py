"""The planner over real HTTP, while it writes: what is offered when, what is asked again."""

import json
from typing import Any

import anyio
import pytest

from dagplan.errors import ModelError, PlanError
from dagplan.planning.planner import ModelPlanner
from dagplan.protocols import PlanRequest
from dagplan.trouble import classify
from tests.loopback import (
    CutStream,
    Gated,
    Json,
    Loopback,
    Sliced,
    Status,
    Text,
    ToolCalls,
    Truncated,
)
from tests.loopback.clients import chat_model
from tests.planning.gatekeeper import TOOL


def entry(step_id: str, country: str = "France") -> dict[str, Any]:
    return {"population": {"country": country}, "id": step_id}


def plan_of(*steps: Any, answer: str | None = None) -> Json:
    return Json({"steps": list(steps), "answer": answer})


class Asking:
    """One question to a planner, and what it offered."""

    def __init__(self, loopback: Loopback, kept: Any = ()) -> None:
        self.offered: list[Any] = []
        self.calls: list[Any] = []
        self.changed = anyio.Event()
        self.planner = ModelPlanner(chat_model(loopback), today="2026-11-24")
        self.request = PlanRequest(
            "How many?", [TOOL], self.calls.append, offer=self._offer, kept=kept
        )

    def _offer(self, step: Any) -> None:
        self.offered.append(step)
        self.changed.set()

    @property
    def ids(self) -> list[str]:
        return [step.id for step in self.offered]

    async def plan(self) -> list[str]:
        plan = await self.planner.plan(self.request)
        return [step.id for step in plan.steps]


def last_message(loopback: Loopback) -> str:
    return str(loopback.requests[-1].messages[-1]["content"])


async def test_a_step_is_offered_while_the_rest_is_held_back(loopback: Loopback):
    asking, gate = Asking(loopback), loopback.gate()
    whole = Sliced(plan_of(entry("a"), entry("b")), characters=1)
    closed = len('{"steps":[{"population":{"country":"France"},"id":"a"}')
    loopback.reply(Gated(gate, whole, after_chunks=closed))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(asking.plan)
        await asking.changed.wait()
        assert asking.ids == ["a"]
        gate.open()
    assert asking.ids == ["a", "b"]


@pytest.mark.parametrize("octets", [1, 7])
async def test_a_cut_through_a_character_or_an_event_loses_nothing(loopback, octets):
    asking = Asking(loopback)
    steps = [entry("a", "Côte d'Ivoire 🇨🇮"), entry("b", 'Å"}]\\')]
    loopback.reply(Sliced(plan_of(*steps), characters=1, octets=octets))
    assert await asking.plan() == ["a", "b"]
    assert [step.args["country"] for step in asking.offered] == [
        "Côte d'Ivoire 🇨🇮",
        'Å"}]\\',
    ]


async def test_a_repair_keeps_what_runs_and_names_it(loopback: Loopback):
    asking = Asking(loopback)
    loopback.reply(
        plan_of(entry("a"), entry("b", "${nobody}")),
        plan_of(entry("b", "${a}"), answer="${b}"),
    )
    assert await asking.plan() == ["a", "b"]
    assert asking.ids == ["a", "b"]
    assert "already run" in last_message(loopback)
    assert last_message(loopback).endswith("They are: a")


async def test_a_plan_cut_off_at_the_token_limit_goes_on_from_what_runs(loopback):
    asking, first = Asking(loopback), plan_of(entry("a"), entry("b"), entry("c"))
    loopback.reply(Truncated(first, after=130), plan_of(entry("c", "${a}")))
    assert await asking.plan() == ["a", "b", "c"]
    assert "cut off at your token limit" in last_message(loopback)
    assert last_message(loopback).endswith("They are: a, b")


async def test_a_plan_cut_off_before_its_first_step_is_not_asked_for_again(loopback):
    asking = Asking(loopback)
    loopback.reply(Truncated(plan_of(entry("a")), after=20))
    with pytest.raises(ModelError, match="cut off at its token limit"):
        await asking.plan()


async def test_a_stream_that_breaks_has_offered_what_was_whole(loopback: Loopback):
    asking = Asking(loopback)
    broken = CutStream(Sliced(plan_of(entry("a"), entry("b")), characters=1), 80)
    loopback.reply(broken)
    with pytest.raises(ModelError) as caught:
        await asking.plan()
    assert classify(caught.value).transient
    assert asking.ids == ["a"]


async def test_what_was_kept_is_shown_and_not_asked_for_again(loopback: Loopback):
    first = Asking(loopback)
    loopback.reply(plan_of(entry("a")), plan_of(entry("b", "${a}")))
    await first.plan()
    second = Asking(loopback, kept=tuple(first.offered))
    assert await second.plan() == ["a", "b"]
    assert second.ids == ["b"]
    shown = last_message(loopback)
    assert "begun before" in shown
    assert json.dumps([entry("a")]) in shown


async def test_the_offending_answer_and_its_problems_are_in_the_error(loopback):
    asking = Asking(loopback)
    bad = [plan_of(entry("a"), entry(name, "${nobody}")) for name in "bcd"]
    loopback.reply(*bad)
    with pytest.raises(PlanError, match="unknown-reference") as caught:
        await asking.plan()
    assert caught.value.problems[0].step == "d"
    assert json.loads(caught.value.source or "") == bad[-1].value
    assert len(loopback.requests) == 3
    assert asking.ids == ["a"]


def forms_of(loopback: Loopback) -> list[str]:
    """In which form each request asked for the plan."""
    names = []
    for sent in loopback.requests:
        wanted = sent.body.get("response_format", {}).get("type")
        names.append("tool" if sent.body.get("tools") else wanted or "text")
    return names


NO_SCHEMA = Status(400, message="response_format of type json_schema is not supported")
NO_TOOLS = Status(400, message="this model does not support tools")
NO_JSON = Status(422, message="response_format: extra fields not permitted")


async def test_a_server_without_schemas_is_asked_by_a_tool_that_streams(loopback):
    asking, gate = Asking(loopback), loopback.gate()
    plan = plan_of(entry("a"), entry("b")).value
    called = Sliced(ToolCalls([("plan", plan)]), characters=1)
    # One chunk names the tool, then come its arguments.
    closed = 1 + len('{"steps":[{"population":{"country":"France"},"id":"a"}')
    loopback.reply(NO_SCHEMA, Gated(gate, called, after_chunks=closed))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(asking.plan)
        await asking.changed.wait()
        assert asking.ids == ["a"]
        gate.open()
    assert asking.ids == ["a", "b"]
    assert forms_of(loopback) == ["json_schema", "tool"]


async def test_a_server_without_tools_either_is_asked_in_json_mode(loopback):
    asking = Asking(loopback)
    loopback.reply(NO_SCHEMA, NO_TOOLS, plan_of(entry("a")))
    assert await asking.plan() == ["a"]
    assert forms_of(loopback) == ["json_schema", "tool", "json_object"]
    assert "Write one JSON object of this schema" in last_message(loopback)


async def test_a_server_that_knows_nothing_of_json_is_asked_in_words(loopback):
    asking = Asking(loopback)
    text = json.dumps(plan_of(entry("a")).value)
    loopback.reply(NO_SCHEMA, NO_TOOLS, NO_JSON, Text(f"```json\n{text}\n```"))
    assert await asking.plan() == ["a"]
    assert asking.ids == ["a"]
    assert forms_of(loopback) == ["json_schema", "tool", "json_object", "text"]


async def test_what_a_server_refused_once_it_is_not_asked_again(loopback: Loopback):
    asking = Asking(loopback)
    loopback.reply(NO_SCHEMA, ToolCalls([("plan", plan_of(entry("a")).value)]))
    await asking.plan()
    loopback.reply(ToolCalls([("plan", plan_of(entry("b")).value)]))
    await asking.plan()
    assert forms_of(loopback) == ["json_schema", "tool", "tool"]


@pytest.mark.parametrize(
    "refusal",
    [
        Status(400, message="The context length is 8192; cut messages or functions"),
        Status(401),
        Status(429),
        Status(500, message="tool failure"),
    ],
)
async def test_other_errors_are_no_reason_to_ask_in_another_form(loopback, refusal):
    asking = Asking(loopback)
    loopback.reply(refusal)
    with pytest.raises(ModelError):
        await asking.plan()
    assert len(loopback.requests) == 1


async def test_the_second_plan_is_asked_for_by_the_same_schema(loopback: Loopback):
    asking = Asking(loopback)
    loopback.reply(plan_of(entry("a")), plan_of(entry("b")))
    await asking.plan()
    await asking.plan()
    first, second = (sent.body for sent in loopback.requests)
    assert first == second


async def test_two_plans_at_once_are_no_plan(loopback: Loopback):
    asking, calls = Asking(loopback), [plan_of(entry(name)).value for name in "ab"]
    loopback.reply(
        NO_SCHEMA,
        ToolCalls([("plan", call) for call in calls]),
        ToolCalls([("plan", plan_of(entry("b")).value)]),
    )
    assert await asking.plan() == ["a", "b"]
    assert "not-json" in last_message(loopback)


async def test_of_two_equal_keys_in_a_tool_call_none_is_dropped_in_silence(loopback):
    asking = Asking(loopback)
    twice = '{"steps":[],"answer":"one","answer":"two"}'
    loopback.reply(NO_SCHEMA, *[ToolCalls([("plan", twice)])] * 3)
    with pytest.raises(PlanError, match="duplicate-key"):
        await asking.plan()
