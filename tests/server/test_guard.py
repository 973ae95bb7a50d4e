"""Who may ask: requests as a browser, another page or another program sends them."""

import http.client
import re

import httpx
import pytest

from tests.server.conftest import Address, Served
from tests.server.stage import CHAIN, Stage

pytestmark = pytest.mark.anyio

PATHS = [
    "/",
    "/runs/x",
    "/runs/x/events",
    "/runs/x/graph",
    "/runs/x/parts",
    "/live.js",
    "/none",
]


def client(address: Address, **headers: str) -> httpx.AsyncClient:
    return address.client(headers=headers)


@pytest.mark.parametrize("path", PATHS)
async def test_without_the_token_nothing_is_told(served: Served, path: str):
    async with served(Stage(CHAIN).host()) as address, client(address) as http:
        answer = await http.get(path)

    assert answer.status_code == 401
    assert answer.text == "open the address that dagplan serve printed\n"


async def test_the_printed_address_gives_a_cookie_and_takes_itself_away(served: Served):
    async with served(Stage(CHAIN).host()) as address, client(address) as http:
        first = await http.get(address.first)
        second = await http.get("/")

    cookie = first.headers["set-cookie"]
    assert (first.status_code, first.headers["location"]) == (303, "/")
    assert re.fullmatch(
        r"dagplan_\d+=[\w-]{43}; HttpOnly; Path=/; SameSite=strict", cookie
    )
    assert second.status_code == 200


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "ü"])
async def test_another_token_is_none(served: Served, token: str):
    async with served(Stage(CHAIN).host()) as address:
        port = address.base.rpartition(":")[2]
        async with client(address) as http:
            in_address = await http.get("/", params={"token": token})
            cookie = f"dagplan_{port}={token}".encode()
            as_cookie = await http.get("/", headers={b"cookie": cookie})
            bearer = f"Bearer {token or '-'}".encode()
            as_header = await http.get("/", headers={b"authorization": bearer})

    assert [a.status_code for a in (in_address, as_cookie, as_header)] == [401] * 3
    assert "set-cookie" not in in_address.headers


async def test_each_server_has_a_token_of_its_own(served: Served):
    async with (
        served(Stage(CHAIN).host()) as one,
        served(Stage(CHAIN).host()) as other,
    ):
        assert len(one.token) == 43
        async with client(other, authorization=f"Bearer {one.token}") as http:
            assert (await http.get("/")).status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "[::1]:PORT", "0.0.0.0:PORT"]
)
async def test_a_name_that_leads_here_is_refused(served: Served, host: str):
    async with served(Stage(CHAIN).host()) as address:
        host = host.replace("PORT", address.base.rpartition(":")[2])
        async with address.client() as http:
            answer = await http.get("/", headers={"host": host})

    assert answer.status_code == 421


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:PORT", "http://[::1]"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_another_page_is_refused_though_the_browser_has_the_cookie(
    served: Served, origin: str, method: str
):
    async with served(Stage(CHAIN).host()) as address:
        origin = origin.replace("PORT", address.base.rpartition(":")[2])
        async with address.client() as http:
            asked = {"headers": {"origin": origin}, "data": {"question": "x"}}
            answer = await http.request(method, "/ask", **asked)  # type: ignore[arg-type]

    assert answer.status_code == 403


async def test_a_browser_that_names_no_origin_changes_nothing(served: Served):
    stage = Stage(CHAIN)
    async with served(stage.host()) as address, client(address) as http:
        await http.get(address.first)
        answer = await http.post("/ask", data={"question": "Why?"})
        named = await http.post(
            "/ask", data={"question": "Why?"}, headers={"origin": address.base}
        )

    assert (answer.status_code, named.status_code) == (403, 303)


async def test_a_program_with_the_token_needs_no_origin(served: Served):
    async with served(Stage(CHAIN).host()) as address, address.client() as http:
        answer = await http.post("/ask", data={"question": "Why?"})

    assert answer.headers["location"] == "/runs/run1"


async def test_every_answer_says_what_a_browser_may_do_with_it(served: Served):
    async with served(Stage(CHAIN).host()) as address, address.client() as http:
        answers = [await http.get(path) for path in ("/", "/none", "/live.js")]
        answers.append(await http.get("/", headers={"host": "evil.example"}))

    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; ")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


async def test_only_this_machine_can_connect(served: Served):
    async with served(Stage(CHAIN).host()) as address:
        port = int(address.base.rpartition(":")[2])
        # Another address of the same machine, so nobody else's either.
        with pytest.raises(OSError):
            http.client.HTTPConnection("127.0.0.2", port, timeout=5).connect()
