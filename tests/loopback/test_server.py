"""One server, isolated scripts, and violations that fail the test."""

from typing import Any

import pytest

from . import (
    CutStream,
    Gated,
    Hang,
    Hit,
    Json,
    Loopback,
    Reply,
    Server,
    Text,
    ToolCalls,
    serve,
)
from .clients import chat_model
from .script import ViolationError
from .test_chat import CITY, LOOK_UP


def strict_city(loopback: Loopback) -> Any:
    schema = {"name": "city", "strict": True, "schema": CITY}
    return chat_model(loopback).bind(
        response_format={"type": "json_schema", "json_schema": schema}
    )


async def violations_of(loopback: Loopback, model: Any) -> list[str]:
    """What a call of `model` that must fail is reproached with."""
    from openai import InternalServerError

    with pytest.raises(InternalServerError):
        await model.ainvoke("hi")
    return loopback.take_violations()


async def test_two_scripts_on_one_server_do_not_meet(loopback_server: Server) -> None:
    with loopback_server.script() as one, loopback_server.script() as two:
        one.reply("one")
        two.reply("two")
        assert (await chat_model(two).ainvoke("hi")).content == "two"
        assert (await chat_model(one).ainvoke("hi")).content == "one"
        assert len(one.requests) == len(two.requests) == 1


async def test_requests_are_recorded_as_they_came(loopback: Loopback) -> None:
    loopback.on_search("", Hit("x"))
    loopback.reply("ok")
    await chat_model(loopback, temperature=0.5).ainvoke(
        [("system", "s"), ("user", "u")]
    )
    request = loopback.requests[0]
    assert (request.order, request.method) == (0, "POST")
    assert request.path == "/v1/chat/completions"
    assert request.key == "sk-test"
    assert request.model == "gpt-4.1-mini"
    assert request.body["temperature"] == 0.5
    assert [message["role"] for message in request.messages] == ["system", "user"]
    assert request.text == "u"


async def test_a_request_without_a_script_is_a_violation(loopback: Loopback) -> None:
    found = await violations_of(loopback, chat_model(loopback))
    assert "no reply was scripted for request 0: 'hi'" in found[0]


async def test_an_answer_that_raises_is_a_violation(loopback: Loopback) -> None:
    loopback.answer(lambda request: str(request.body["nope"]))
    found = await violations_of(loopback, chat_model(loopback))
    assert found == ["KeyError while answering /v1/chat/completions: 'nope'"]


async def test_a_path_that_is_not_served_is_a_violation(loopback: Loopback) -> None:
    found = await violations_of(loopback, chat_model(loopback, use_responses_api=True))
    assert found == ["POST /v1/responses is not served here"]


@pytest.mark.parametrize(
    ("reply", "reproach"),
    [
        (Json({"name": "Köln"}), "'people' is a required property"),
        (Json({"name": "Köln", "people": "many"}), "not of type 'integer'"),
        (Json({"name": "a", "people": 1, "x": 1}), "Additional properties"),
        (Json({"people": 1, "name": "Köln"}), "strict sends ['name', 'people']"),
        (Text("Köln"), "not a JSON object"),
        (ToolCalls([("x", {})]), "offers no tools"),
    ],
)
async def test_what_a_strict_provider_could_not_send_is_a_violation(
    loopback: Loopback, reply: Reply, reproach: str
) -> None:
    loopback.reply(reply)
    found = await violations_of(loopback, strict_city(loopback))
    assert reproach in found[0]


@pytest.mark.parametrize(
    ("reply", "options", "reproach"),
    [
        (ToolCalls([("look_up", {"that": 1})]), {}, "'what' is a required property"),
        (ToolCalls([("other", {})]), {}, "cannot be invented"),
        (ToolCalls([("look_up", "{")]), {}, "not a JSON object"),
        (Text("hm"), {"tool_choice": "required"}, "no call was scripted"),
        (
            ToolCalls([("look_up", {"what": "x"})] * 2),
            {"parallel_tool_calls": False},
            "parallel_tool_calls is false",
        ),
        (ToolCalls([("look_up", {"what": "x"})]), {"tool_choice": "none"}, "'none'"),
    ],
)
async def test_calls_that_the_request_rules_out_are_violations(
    loopback: Loopback, reply: Reply, options: dict[str, Any], reproach: str
) -> None:
    loopback.reply(reply)
    model = chat_model(loopback).bind_tools([LOOK_UP], **options)
    found = await violations_of(loopback, model)
    assert reproach in found[0]


async def test_a_cut_behind_the_end_is_a_violation(loopback: Loopback) -> None:
    loopback.reply(CutStream(Text("short"), after_chunks=9))
    found = await violations_of(loopback, chat_model(loopback, streaming=True))
    assert "after_chunks=9 is never reached" in found[0]


async def test_gates_in_the_wrong_order_are_a_violation(loopback: Loopback) -> None:
    gate = loopback.gate()
    loopback.reply(Gated(gate, Gated(gate, Text("x")), after_chunks=1))
    found = await violations_of(loopback, chat_model(loopback))
    assert "swap them" in found[0]


async def test_violations_fail_the_test_at_its_end(loopback_server: Server) -> None:
    from openai import InternalServerError

    with (
        pytest.raises(ViolationError, match="no reply was scripted"),
        loopback_server.script() as script,
        pytest.raises(InternalServerError),
    ):
        await chat_model(script).ainvoke("hi")


def test_unused_replies_can_be_asked_for(loopback: Loopback) -> None:
    loopback.reply("one", "two")
    chat_model(loopback).invoke("hi")
    assert loopback.unused == [Text("two")]


def test_waiting_in_vain_says_where_things_stand(loopback: Loopback) -> None:
    with pytest.raises(AssertionError, match="0 requests"):
        loopback.wait_until(lambda: bool(loopback.requests), within=0.001)


def test_hits_and_a_fault_for_one_search_are_refused(loopback: Loopback) -> None:
    with pytest.raises(ValueError, match="hits or replies"):
        loopback.on_search("x", Hit("x"), Hang())


async def test_the_server_stops_while_a_request_hangs() -> None:
    import anyio
    from openai import APIConnectionError, InternalServerError

    async def ask(script: Loopback) -> None:
        with pytest.raises((APIConnectionError, InternalServerError)):
            await chat_model(script).ainvoke("hi")

    async with anyio.create_task_group() as tasks:
        with serve() as server, server.script() as script:
            script.reply(Hang())
            tasks.start_soon(ask, script)
            await script.until(lambda: script.in_flight == 1)
