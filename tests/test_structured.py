"""JSON of a given shape: what is sent for it, and what is made of half of it."""

import json
from typing import Any

import httpx
import pytest
from langchain_core.messages import HumanMessage

from dagplan.errors import ModelError
from dagplan.events import ModelCalled
from dagplan.models import Caller
from dagplan.structured import JsonModel, Schema
from tests.loopback import Json, Loopback, Truncated
from tests.loopback.clients import chat_model

pytestmark = pytest.mark.anyio

CITY = Schema(
    "city",
    {
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "required": ["name"],
        "additionalProperties": False,
    },
)
QUESTION = [HumanMessage("Where?")]
KOELN = Json({"name": "Köln"})


@pytest.fixture
def called() -> list[Any]:
    return []


@pytest.fixture
def caller(called: list[Any]) -> Caller:
    return Caller("planner", called.append)


@pytest.mark.parametrize("hear", [None, lambda text: None])
async def test_the_schema_is_sent_beside_what_the_user_sends_besides(
    loopback: Loopback, caller: Caller, hear: Any
):
    model = chat_model(loopback, extra_body={"seed": 7})
    loopback.reply(KOELN)
    text = await JsonModel(model).ask(QUESTION, CITY, caller, hear)

    assert json.loads(text) == KOELN.value
    assert loopback.requests[0].body["seed"] == 7
    assert loopback.requests[0].json_schema == {
        "name": "city",
        "schema": CITY.schema,
        "strict": True,
    }


async def test_pieces_of_the_text_are_heard_and_make_up_the_whole(
    loopback: Loopback, caller: Caller
):
    heard: list[str] = []
    loopback.reply(KOELN)
    model = JsonModel(chat_model(loopback))
    text = await model.ask(QUESTION, CITY, caller, heard.append)

    assert len(heard) > 1
    assert "".join(heard) == text


@pytest.mark.parametrize(
    ("finish", "said"),
    [
        ("length", "cut off at its token limit"),
        ("content_filter", "the provider's content filter stopped"),
    ],
)
@pytest.mark.parametrize("hear", [None, lambda text: None])
async def test_half_an_object_is_refused_and_its_tokens_count(
    loopback: Loopback,
    caller: Caller,
    called: list[Any],
    hear: Any,
    finish: Any,
    said: str,
):
    loopback.reply(Truncated(KOELN, after=5, finish=finish))
    model = JsonModel(chat_model(loopback))
    with pytest.raises(ModelError, match=said) as caught:
        await model.ask(QUESTION, CITY, caller, hear)

    assert caught.value.cut_off is (finish == "length")
    (told,) = called
    assert isinstance(told, ModelCalled)
    assert told.tokens is not None
    assert told.tokens.output > 0


async def test_the_newer_interface_gets_the_schema_in_its_own_place(
    loopback: Loopback, caller: Caller
):
    sent: list[httpx.Request] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(500, json={"error": {"message": "not today"}})

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
        model = chat_model(loopback, use_responses_api=True, http_async_client=client)
        with pytest.raises(ModelError, match="not today"):
            await JsonModel(model).ask(QUESTION, CITY, caller)

    (request,) = sent
    assert request.url.path.endswith("/responses")
    body = json.loads(request.content)
    assert body["text"]["format"]["schema"] == CITY.schema
    assert "response_format" not in body
