"""`AsyncTavilyClient` gets from the server what it would get from Tavily."""

import pytest

from . import Found, Gated, Hang, Hit, Loopback, Status
from .clients import tavily_client

PARIS = Hit("Paris is the capital.", url="https://example.org/paris", title="Paris")


async def test_a_search_finds_what_is_scripted_for_its_words(
    loopback: Loopback,
) -> None:
    loopback.on_search("capital", Hit("wrong"))
    loopback.on_search("Capital of France", PARIS)
    async with tavily_client(loopback) as client:
        found = await client.search("What is the capital of France?")
    assert found["query"] == "What is the capital of France?"
    assert [hit["content"] for hit in found["results"]] == ["Paris is the capital."]
    assert found["results"][0]["url"] == "https://example.org/paris"
    assert found["answer"] is None
    assert loopback.searches[0].body["query"] == "What is the capital of France?"
    assert loopback.searches[0].key == "tvly-test"


async def test_options_of_a_search_are_honoured(loopback: Loopback) -> None:
    many = [Hit(str(number), raw_content="whole") for number in range(9)]
    loopback.on_search("", Found(many, answer="42"))
    async with tavily_client(loopback) as client:
        plain = await client.search("x")
        rich = await client.search(
            "x", max_results=2, include_answer=True, include_raw_content=True
        )
    assert len(plain["results"]) == 5
    assert [hit["content"] for hit in rich["results"]] == ["0", "1"]
    assert rich["results"][0]["raw_content"] == "whole"
    assert (plain["answer"], rich["answer"]) == (None, "42")


async def test_a_search_can_find_nothing(loopback: Loopback) -> None:
    loopback.on_search("atlantis")
    async with tavily_client(loopback) as client:
        assert (await client.search("where is atlantis"))["results"] == []


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, "BadRequestError"),
        (401, "InvalidAPIKeyError"),
        (429, "UsageLimitExceededError"),
        (432, "ForbiddenError"),
    ],
)
async def test_a_status_becomes_the_clients_error(
    loopback: Loopback, status: int, error: str
) -> None:
    from tavily import errors  # type: ignore[import-untyped, unused-ignore]

    loopback.on_search("x", Status(status, message="the reason"))
    async with tavily_client(loopback) as client:
        with pytest.raises(getattr(errors, error), match="the reason"):
            await client.search("x")


async def test_a_server_error_becomes_a_status_error(loopback: Loopback) -> None:
    import httpx

    loopback.on_search("x", Status(500))
    async with tavily_client(loopback) as client:
        with pytest.raises(httpx.HTTPStatusError, match="500"):
            await client.search("x")


async def test_a_bad_key_is_refused(loopback: Loopback) -> None:
    from tavily import errors

    async with tavily_client(loopback, api_key="tvly-bad") as client:
        with pytest.raises(errors.InvalidAPIKeyError, match="missing or invalid"):
            await client.search("x")


async def test_a_query_over_400_characters_is_refused(loopback: Loopback) -> None:
    from tavily import errors

    async with tavily_client(loopback) as client:
        with pytest.raises(errors.BadRequestError, match="too long"):
            await client.search("x" * 401)


async def test_a_hang_ends_with_the_clients_timeout(loopback: Loopback) -> None:
    from tavily import errors

    loopback.on_search("x", Hang())
    async with tavily_client(loopback) as client:
        with pytest.raises(errors.TimeoutError):
            await client.search("x", timeout=0.05)
    await loopback.until(lambda: len(loopback.abandoned) == 1)


async def test_a_search_can_wait_at_a_gate(loopback: Loopback) -> None:
    gate = loopback.gate()
    gate.open()
    loopback.on_search("x", Gated(gate, Found([PARIS])))
    async with tavily_client(loopback) as client:
        assert len((await client.search("x"))["results"]) == 1


async def test_a_keyless_search_is_a_violation(
    loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tavily import AsyncTavilyClient, errors

    monkeypatch.delenv("TAVILY_API_KEY", raising=False)
    async with AsyncTavilyClient(api_base_url=loopback.tavily_url) as client:
        with pytest.raises(errors.InvalidAPIKeyError):
            await client.search("a secret question")
    assert "without a key" in loopback.take_violations()[0]


async def test_an_unscripted_search_is_a_violation(loopback: Loopback) -> None:
    import httpx

    async with tavily_client(loopback) as client:
        with pytest.raises(httpx.HTTPStatusError):
            await client.search("who?")
    assert loopback.take_violations() == [
        "no result was scripted for 'who?'; use on_search"
    ]


async def test_a_function_answers_what_no_text_matches(loopback: Loopback):
    loopback.on_search("rome", Hit("a city"))
    loopback.answer_search(
        lambda query: Found((Hit(query.upper()),)) if query else None
    )
    async with tavily_client(loopback) as client:
        found = [await client.search(query) for query in ("in Rome", "in Bonn")]
    contents = [each["results"][0]["content"] for each in found]
    assert contents == ["a city", "IN BONN"]
