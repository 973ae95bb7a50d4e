"""Faults of Tavily over real HTTP, as a run's retries are told of them."""

import socket

import anyio
import pytest
from pydantic import SecretStr

from dagplan.errors import ToolError
from dagplan.tools.search import WebSearch, _load
from dagplan.trouble import Trouble, classify
from tests.loopback import CutStream, Found, Gated, Hang, Hit, Loopback, Status
from tests.loopback.clients import tavily_client

LASTING = Trouble(transient=False)
PASSING = Trouble(transient=True)


def search_at(url: str, timeout: float = 5.0) -> WebSearch:
    search = WebSearch(SecretStr("tvly-test"), base_url=url, timeout=timeout)
    search._tls = _load()  # what is imported first counts as well
    return search


async def trouble_of(search: WebSearch) -> Trouble:
    with pytest.raises(ToolError) as caught:
        await search.web_search("x")
    return classify(caught.value)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Status(400), LASTING),
        (Status(401), LASTING),
        (Status(403), LASTING),
        (Status(432), LASTING),
        (Status(433), LASTING),
        (Status(429, retry_after=3600), Trouble(transient=False, after=3600)),
        (Status(500), PASSING),
        (Status(502), PASSING),
        (CutStream(Found([Hit("a passage")])), PASSING),
    ],
)
async def test_each_fault_is_seen_for_what_it_is(loopback: Loopback, reply, expected):
    loopback.on_search("", reply)
    assert await trouble_of(search_at(loopback.tavily_url)) == expected
    assert len(loopback.searches) == 1


@pytest.mark.parametrize(("after", "seconds"), [(None, None), (0.25, 0.25), (7, 7.0)])
async def test_a_rate_limit_names_the_host_and_the_wait(loopback, after, seconds):
    loopback.on_search("", Status(429, retry_after=after))
    host = loopback.tavily_url.split("/")[2]
    expected = Trouble(transient=True, after=seconds, resource=host)
    assert await trouble_of(search_at(loopback.tavily_url)) == expected


async def test_a_search_that_hangs_may_be_tried_again(loopback: Loopback):
    loopback.on_search("", Hang())
    assert await trouble_of(search_at(loopback.tavily_url, timeout=0.05)) == PASSING


async def test_a_refused_connection_may_be_tried_again():
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    assert await trouble_of(search_at(url)) == PASSING


async def test_an_empty_query_is_lasting(loopback: Loopback):
    with pytest.raises(ToolError) as caught:
        await search_at(loopback.tavily_url).web_search(" ")
    assert classify(caught.value) == LASTING


@pytest.mark.parametrize("wish", ["Sun, 22 Nov 2026 10:00:00 GMT", "", "soon"])
async def test_a_wish_that_is_no_number_is_not_shown_as_seconds(loopback, wish):
    loopback.on_search("", Status(429, headers={"retry-after": wish}))
    with pytest.raises(ToolError, match=r"try again in a minute$"):
        await search_at(loopback.tavily_url).web_search("x")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Status(429), Trouble(transient=True, resource="tavily")),
        (Status(432), LASTING),
        (Status(401), LASTING),
        (Status(500), PASSING),
    ],
)
async def test_a_tool_of_ones_own_over_tavilys_client(loopback, reply, expected):
    loopback.on_search("", reply)
    async with tavily_client(loopback) as client:
        with pytest.raises(Exception) as caught:
            await client.search("x")
    assert classify(caught.value) == expected


async def test_tavilys_own_timeout_may_be_tried_again(loopback: Loopback):
    loopback.on_search("", Hang())
    async with tavily_client(loopback) as client:
        with pytest.raises(Exception, match="timed out") as caught:
            await client.search("x", timeout=0.05)
    assert not isinstance(caught.value, TimeoutError)
    assert classify(caught.value) == PASSING


async def test_searches_that_are_refused_in_a_crowd_are_told_so(loopback: Loopback):
    gate = loopback.gate()
    loopback.limit(2, retry_after=0.5)
    loopback.on_search("", Hit("a passage"))
    loopback.on_search("slow", Gated(gate, Found([Hit("a passage")])))
    search = search_at(loopback.tavily_url)
    async with anyio.create_task_group() as tasks:
        for _ in range(2):
            tasks.start_soon(search.web_search, "slow")
        await loopback.until(lambda: gate.waiting == 2)
        trouble = await trouble_of(search)
        gate.open()
    assert (trouble.transient, trouble.after) == (True, 0.5)
