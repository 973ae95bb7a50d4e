"""Web search against a real HTTP server on the loopback interface."""

import contextlib
import itertools
import json
import socket
from collections.abc import Iterator
from threading import Thread
from typing import Any

import anyio
import pytest
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from dagplan.errors import MissingKeyError, SettingsError, ToolError
from dagplan.tools.search import WebSearch, _load

FOUND = {
    "query": "capital of France",
    "answer": None,
    "results": [
        {
            "title": "Paris",
            "url": "https://example.org/paris",
            "content": "Paris is the capital of France.",
            "score": 0.9,
            "raw_content": None,
        },
        {"title": "France", "url": "https://example.org/fr", "content": "A country."},
    ],
}


class Server:
    """Answers searches as it is told, and remembers them."""

    def __init__(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.requests: list[tuple[dict[str, str], Any]] = []
        self.answer: Response = JSONResponse(FOUND)
        app = Starlette(routes=[Route("/search", self.search, methods=["POST"])])
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(app, log_level="error", lifespan="off")
        )
        self._thread = Thread(target=self._uvicorn.run, args=([listener],))
        self._thread.start()

    async def search(self, request: Request) -> Response:
        self.requests.append((dict(request.headers), json.loads(await request.body())))
        return self.answer

    def stop(self) -> None:
        self._uvicorn.should_exit = True
        self._thread.join()


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def server(running: Server) -> Server:
    running.requests.clear()
    running.answer = JSONResponse(FOUND)
    return running


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def search(server: Server, **settings: Any) -> WebSearch:
    return WebSearch(SecretStr("tvly-secret"), base_url=server.url, **settings)


def search_at(listener: socket.socket, **settings: Any) -> WebSearch:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    return WebSearch(SecretStr("tvly-secret"), base_url=url, **settings)


async def test_a_search_gives_title_url_and_content_of_each_page(
    server: Server,
) -> None:
    found = await search(server).web_search("capital of France")

    assert found == {
        "answer": None,
        "results": [
            {
                "title": "Paris",
                "url": "https://example.org/paris",
                "content": "Paris is the capital of France.",
            },
            {
                "title": "France",
                "url": "https://example.org/fr",
                "content": "A country.",
            },
        ],
    }


async def test_a_search_sends_the_key_and_is_never_keyless(server: Server) -> None:
    await search(server, max_results=2).web_search("  capital \n of France ")

    ((headers, body),) = server.requests
    assert headers["authorization"] == "Bearer tvly-secret"
    assert "x-tavily-access-mode" not in headers
    assert body == {"query": "capital of France", "max_results": 2}


async def test_tavilys_own_answer_is_passed_on(server: Server) -> None:
    server.answer = JSONResponse({"answer": "Paris.", "results": []})

    found = await search(server).web_search("capital of France")

    assert found["answer"] == "Paris."
    assert found["results"] == []


async def test_more_pages_than_asked_for_are_left_out(server: Server) -> None:
    found = await search(server, max_results=1).web_search("capital of France")

    assert [page["title"] for page in found["results"]] == ["Paris"]


async def test_pages_without_a_title_or_content_do_not_break_a_search(
    server: Server,
) -> None:
    server.answer = JSONResponse({"results": [{"url": "u", "content": None}, "odd"]})

    found = await search(server).web_search("x")

    assert found["results"] == [{"title": "", "url": "u", "content": ""}]


async def test_one_search_serves_many_calls_at_once(server: Server) -> None:
    web = search(server)
    async with anyio.create_task_group() as tasks:
        for number in range(8):
            tasks.start_soon(web.web_search, f"question {number}")

    assert len(server.requests) == 8


@pytest.mark.parametrize("key", ["", "  ", "\n"])
def test_without_a_key_there_is_no_search(key: str) -> None:
    with pytest.raises(MissingKeyError, match="TAVILY_API_KEY") as caught:
        WebSearch(SecretStr(key))

    assert caught.value.variable == "TAVILY_API_KEY"


def test_a_key_in_the_environment_does_not_replace_a_missing_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TAVILY_API_KEY", "tvly-other")

    with pytest.raises(MissingKeyError):
        WebSearch(SecretStr(""))


@pytest.mark.parametrize("key", ["tvly-1\nX-Evil: 1", "schlüssel", "two words"])
def test_a_key_that_cannot_be_one_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        WebSearch(SecretStr(key))

    assert key not in str(caught.value)


@pytest.mark.parametrize("settings", [{"max_results": 0}, {"max_results": 21}])
def test_settings_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="1 to 20"):
        WebSearch(SecretStr("k"), **settings)


@pytest.mark.parametrize("timeout", [0, -1, 121])
def test_a_timeout_out_of_range_is_refused(timeout: float) -> None:
    with pytest.raises(SettingsError, match="timeout"):
        WebSearch(SecretStr("k"), timeout=timeout)


def test_a_base_url_without_a_scheme_is_refused() -> None:
    with pytest.raises(SettingsError, match="http"):
        WebSearch(SecretStr("k"), base_url="localhost:80")


@pytest.mark.parametrize("query", ["", "  \n"])
async def test_an_empty_query_is_refused_before_anything_is_sent(
    server: Server, query: str
) -> None:
    with pytest.raises(ToolError, match="empty"):
        await search(server).web_search(query)

    assert server.requests == []


async def test_a_long_query_is_refused_before_anything_is_sent(server: Server) -> None:
    with pytest.raises(ToolError, match="400 characters, got 401"):
        await search(server).web_search("x" * 401)

    assert server.requests == []


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "Tavily refused the query (400, why); write it differently"),
        (401, "Tavily does not know the key (401, why); check TAVILY_API_KEY"),
        (429, "Tavily's rate limit is reached (429, why); try again in 7 seconds"),
        (500, "Tavily failed (500, why); try again later"),
        (302, "Tavily failed (302, why); try again later"),
    ],
)  # fmt: skip
async def test_a_refusal_is_one_line_that_says_what_to_do(
    server: Server, status: int, message: str
) -> None:
    server.answer = JSONResponse(
        {"detail": {"error": " why\n"}}, status, headers={"Retry-After": "7"}
    )

    with pytest.raises(ToolError) as caught:
        await search(server).web_search("x")

    assert str(caught.value) == message


async def test_a_rate_limit_keeps_status_and_retry_after_in_its_cause(
    server: Server,
) -> None:
    server.answer = JSONResponse({}, 429, headers={"Retry-After": "7"})

    with pytest.raises(ToolError) as caught:
        await search(server).web_search("x")

    response = caught.value.__cause__.response  # type: ignore[union-attr]
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")


@pytest.mark.parametrize("body", ["", "<html>", "[1, 2]", '{"detail": 3}'])
async def test_an_odd_error_page_does_not_hide_the_status(
    server: Server, body: str
) -> None:
    server.answer = PlainTextResponse(body, 503)

    with pytest.raises(ToolError, match=r"^Tavily failed \(503\); try again later$"):
        await search(server).web_search("x")


async def test_an_answer_that_is_not_json_is_an_error(server: Server) -> None:
    server.answer = PlainTextResponse("<html>")

    with pytest.raises(ToolError, match="other than search results"):
        await search(server).web_search("x")


@pytest.mark.parametrize("answer", [[], {"results": None}, None, "text"])
async def test_an_answer_without_results_is_an_error(
    server: Server, answer: object
) -> None:
    server.answer = JSONResponse(answer)

    with pytest.raises(ToolError, match="results"):
        await search(server).web_search("x")


async def test_a_search_that_takes_too_long_is_given_up(silent: socket.socket) -> None:
    web = search_at(silent, timeout=0.05)
    web._tls = _load()  # what is imported first counts as well

    with pytest.raises(ToolError, match=r"did not answer within 0\.05 s"):
        await web.web_search("x")


async def test_an_answer_that_trickles_in_is_given_up_as_well(
    silent: socket.socket,
) -> None:
    trickle = Thread(target=_trickle, args=(silent,))
    trickle.start()
    web = search_at(silent, timeout=0.2)
    web._tls = _load()

    with pytest.raises(ToolError, match=r"did not answer within 0\.2 s"):
        await web.web_search("x")
    trickle.join()


async def test_a_server_that_is_not_there_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        web = search_at(listener)

    with pytest.raises(ToolError, match=r"cannot be reached \(ConnectError\)"):
        await web.web_search("x")


async def test_a_cancelled_search_closes_its_connection(silent: socket.socket) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(search_at(silent).web_search, "x")
        connection, _ = await anyio.to_thread.run_sync(silent.accept)
        with connection:
            await anyio.to_thread.run_sync(connection.recv, 65_536)
            tasks.cancel_scope.cancel()

            with anyio.CancelScope(shield=True):
                rest = await anyio.to_thread.run_sync(_rest, connection)

    assert b"X-Tavily" not in rest


def test_the_key_is_not_shown() -> None:
    assert "tvly-secret" not in repr(vars(WebSearch(SecretStr("tvly-secret"))))


def _rest(connection: socket.socket) -> bytes:
    """Read until the other side closes; a connection left open hangs here."""
    connection.settimeout(5)
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def _trickle(listener: socket.socket) -> None:
    """Send a byte often enough for no read to time out, until the client is gone."""
    connection, _ = listener.accept()
    connection.settimeout(0.02)
    with connection, contextlib.suppress(ConnectionError):
        for part in itertools.chain([b"HTTP/1.1 200 OK\r\nX: "], [b"x"] * 100):
            connection.sendall(part)
            with contextlib.suppress(TimeoutError):
                connection.recv(65_536)
