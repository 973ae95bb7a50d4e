"""Refusals in turn, refusals of a crowd, and the times of requests."""

import anyio
import pytest

from . import Found, Gated, Hit, Loopback, Status, Text
from .clients import chat_model, tavily_client


async def test_a_search_may_be_refused_a_few_times_and_then_answered(loopback):
    from tavily.errors import UsageLimitExceededError

    loopback.on_search("", *[Status(429)] * 2, Found([Hit("a passage")]))
    async with tavily_client(loopback) as client:
        for _ in range(2):
            with pytest.raises(UsageLimitExceededError):
                await client.search("x")
        for _ in range(2):
            found = await client.search("x")
            assert [page["content"] for page in found["results"]] == ["a passage"]
    assert len(loopback.searches) == 4


async def test_what_comes_into_a_crowd_is_refused(loopback: Loopback):
    from openai import RateLimitError

    gate = loopback.gate()
    loopback.limit(2, retry_after=0.5)
    loopback.answer(lambda _: Gated(gate, Text("ok")))
    model = chat_model(loopback)
    async with anyio.create_task_group() as tasks:
        for _ in range(2):
            tasks.start_soon(model.ainvoke, "hi")
        await loopback.until(lambda: gate.waiting == 2)
        for _ in range(2):
            with pytest.raises(RateLimitError) as caught:
                await model.ainvoke("hi")
            assert caught.value.response.headers["retry-after"] == "0.5"
        gate.open()
    assert [request.order for request in loopback.refused] == [2, 3]
    assert (await model.ainvoke("hi")).content == "ok"


async def test_a_request_that_was_given_up_leaves_its_place(loopback: Loopback):
    gate = loopback.gate()
    loopback.limit(1)
    loopback.reply(Gated(gate, Text("never")), "ok")
    model = chat_model(loopback)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(model.ainvoke, "hi")
        await loopback.until(lambda: gate.waiting == 1)
        tasks.cancel_scope.cancel()
    await loopback.until(lambda: len(loopback.abandoned) == 1)
    assert (await model.ainvoke("hi")).content == "ok"
    assert loopback.refused == []


async def test_requests_know_when_they_came(loopback: Loopback):
    loopback.on_search("", Hit("x"))
    loopback.reply("ok", "ok")
    model = chat_model(loopback)
    before = anyio.current_time()
    await model.ainvoke("hi")
    between = anyio.current_time()
    await model.ainvoke("hi")
    first, second = (request.at for request in loopback.requests)
    assert before <= first <= between <= second <= anyio.current_time()


async def test_more_headers_go_out_with_an_error(loopback: Loopback):
    from openai import RateLimitError

    loopback.reply(Status(429, headers={"Retry-After-Ms": "20"}))
    with pytest.raises(RateLimitError) as caught:
        await chat_model(loopback).ainvoke("hi")
    assert caught.value.response.headers["retry-after-ms"] == "20"
