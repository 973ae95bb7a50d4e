"""Reading a value out of what a tool found, over real HTTP."""

import pytest

from dagplan.errors import ModelError, WrongValueError
from dagplan.events import ModelCalled
from dagplan.steps.reader import read_value
from dagplan.structured import JsonModel
from dagplan.trouble import classify
from tests.loopback import Json, Loopback, Status
from tests.loopback.clients import chat_model
from tests.steps.calls import call_of


async def test_a_reading_is_admitted_before_it_goes_out(loopback: Loopback):
    seen: list[int] = []

    async def admit() -> None:
        seen.append(len(loopback.requests))

    loopback.reply(Json({"value": 42}))
    call = call_of(admit=admit, tool="search", args={"query": "x"})
    assert (
        await read_value(JsonModel(chat_model(loopback)), call, "42 of them", "number")
        == 42
    )
    assert seen == [0]


async def test_a_reading_that_was_refused_says_how_long_to_wait(loopback: Loopback):
    calls: list[ModelCalled] = []
    loopback.reply(Status(429, retry_after=3))
    with pytest.raises(ModelError) as caught:
        await read_value(
            JsonModel(chat_model(loopback)), call_of(calls.append), "42", "number"
        )
    assert classify(caught.value).after == 3.0
    assert [(call.role, call.step_id) for call in calls] == [("reader", "a")]


async def test_a_value_that_is_not_there_is_no_passing_trouble(loopback: Loopback):
    loopback.reply(Json({"value": None}))
    with pytest.raises(WrongValueError) as caught:
        await read_value(
            JsonModel(chat_model(loopback)), call_of(), "nothing", "number"
        )
    assert not classify(caught.value).transient
