"""Faults of a provider surface in `ChatOpenAI` as they would in the field."""

import anyio
import pytest

from . import CutStream, Gated, Hang, Json, Loopback, Sliced, Status, Text, Truncated
from .clients import chat_model
from .test_chat import CITY


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (400, "BadRequestError", None),
        (401, "AuthenticationError", "invalid_api_key"),
        (429, "RateLimitError", "rate_limit_exceeded"),
        (500, "InternalServerError", None),
        (503, "InternalServerError", None),
    ],
)
async def test_a_status_becomes_the_clients_error(
    loopback: Loopback, status: int, error: str, code: str | None
) -> None:
    import openai

    loopback.reply(Status(status))
    with pytest.raises(getattr(openai, error)) as caught:
        await chat_model(loopback).ainvoke("hi")
    assert caught.value.status_code == status
    assert caught.value.code == code
    assert set(caught.value.body) == {"message", "type", "param", "code"}
    assert caught.value.request_id == "req-0"


async def test_retry_after_is_a_header_of_the_error(loopback: Loopback) -> None:
    from openai import RateLimitError

    loopback.reply(Status(429, retry_after=0.5))
    with pytest.raises(RateLimitError) as caught:
        await chat_model(loopback).ainvoke("hi")
    assert caught.value.response.headers["retry-after"] == "0.5"


async def test_an_empty_account_is_told_from_a_rate_limit(loopback: Loopback) -> None:
    from openai import RateLimitError

    loopback.reply(Status(429, code="insufficient_quota"))
    with pytest.raises(RateLimitError, match="exceeded your current quota") as caught:
        await chat_model(loopback).ainvoke("hi")
    assert caught.value.type == "insufficient_quota"


async def test_a_retrying_client_gets_the_next_reply(loopback: Loopback) -> None:
    loopback.reply(Status(429, retry_after=0.001), "ok")
    assert (await chat_model(loopback, max_retries=1).ainvoke("hi")).content == "ok"
    assert len(loopback.requests) == 2


async def test_a_cut_stream_raises_after_the_chunks_before_it(
    loopback: Loopback,
) -> None:
    from openai import APIConnectionError

    loopback.reply(Sliced(CutStream(Text("onetwothree"), 2), characters=3))
    texts: list[str] = []

    async def read() -> None:
        async for chunk in chat_model(loopback).astream("hi"):
            texts.append(chunk.text)  # noqa: PERF401 - what came before the cut counts

    with pytest.raises(APIConnectionError):
        await read()
    assert "".join(texts) == "onetwo"
    assert loopback.abandoned == []


async def test_a_cut_body_raises_a_connection_error(loopback: Loopback) -> None:
    from openai import APIConnectionError

    loopback.reply(CutStream(Text("a whole answer")))
    with pytest.raises(APIConnectionError):
        await chat_model(loopback).ainvoke("hi")


async def test_a_hang_ends_with_the_clients_timeout(loopback: Loopback) -> None:
    from openai import APITimeoutError

    loopback.reply(Hang())
    with pytest.raises(APITimeoutError):
        await chat_model(loopback, timeout=0.05).ainvoke("hi")
    await loopback.until(lambda: len(loopback.abandoned) == 1)
    assert loopback.in_flight == 0


async def test_a_cancelled_client_is_noticed(loopback: Loopback) -> None:
    gate = loopback.gate()
    loopback.reply(Gated(gate, Text("never")))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(chat_model(loopback).ainvoke, "hi")
        await loopback.until(lambda: gate.waiting == 1)
        tasks.cancel_scope.cancel()
    await loopback.until(lambda: len(loopback.abandoned) == 1)
    assert gate.waiting == 0


async def test_gates_let_requests_be_in_flight_together(loopback: Loopback) -> None:
    gate = loopback.gate()
    loopback.answer(lambda request: Gated(gate, Text(request.text)))
    async with anyio.create_task_group() as tasks:
        for text in ("a", "b", "c"):
            tasks.start_soon(chat_model(loopback).ainvoke, text)
        await loopback.until(lambda: gate.waiting == 3)
        gate.open()
    assert loopback.peak == 3
    assert sorted(request.text for request in loopback.requests) == ["a", "b", "c"]


async def test_a_limit_of_one_at_a_time_is_seen_as_such(loopback: Loopback) -> None:
    loopback.answer(lambda request: request.text)
    model = chat_model(loopback)
    for _ in range(20):
        await model.ainvoke("hi")
    assert loopback.peak == 1


async def test_a_truncated_parse_is_the_clients_error(loopback: Loopback) -> None:
    from openai import LengthFinishReasonError

    structured = chat_model(loopback).with_structured_output(
        CITY, method="json_schema", strict=True
    )
    loopback.reply(Truncated(Json({"name": "Köln", "people": 1}), after=9))
    with pytest.raises(LengthFinishReasonError):
        await structured.ainvoke("hi")


@pytest.mark.parametrize(("keep_alive", "connections"), [(True, 1), (False, 2)])
async def test_connections_are_reused_only_on_demand(
    loopback: Loopback, *, keep_alive: bool, connections: int
) -> None:
    import httpx2

    loopback.keep_alive = keep_alive
    loopback.answer(lambda _: "ok")
    async with httpx2.AsyncClient() as client:
        model = chat_model(loopback, http_async_client=client)
        for _ in range(2):
            await model.ainvoke("hi")
    assert len({request.port for request in loopback.requests}) == connections
