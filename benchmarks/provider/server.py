"""The HTTP side: an ASGI application that keeps to the simulated times."""

import json
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import anyio
import uvicorn

from .asked import Asked, Refusal, Reply, compact
from .desk import Desk, Found
from .ledger import Call
from .pace import Pace
from .sse import Event, body, events

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
_JSON = [(b"content-type", b"application/json")]
_STREAM = [(b"content-type", b"text/event-stream; charset=utf-8")]


class App:
    """Routes `/QUESTION/v1/chat/completions`, `/QUESTION/tavily/search`, `/ledger`."""

    def __init__(self, desk: Desk, pace: Pace) -> None:
        self._desk = desk
        self._pace = pace
        self._calls: list[Call] = []

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Answer one request; see the ASGI specification."""
        began = anyio.current_time()
        given = await _read(receive)
        name, _, path = scope["path"].strip("/").partition("/")
        try:
            if path == "v1/chat/completions":
                await self._chat(name, given, began, send)
            elif path == "tavily/search":
                await self._search(name, given, began, send, receive)
            elif name == "ledger":
                await self._ledger(send)
            else:
                await _answer(send, 404, {"error": f"{path!r} is not served here"})
        except Refusal as refusal:
            self._desk.refusals.append(str(refusal))
            error = {"message": str(refusal), "type": "invalid_request_error"}
            await _answer(send, 400, {"error": error, "detail": error})

    async def _chat(
        self, name: str, given: dict[str, Any], began: float, send: Send
    ) -> None:
        asked, reply = self._desk.chat(name, given)
        key = f"{name} {asked.prompt}"
        attempt = self._desk.attempt(key)
        if self._pace.is_limited(key, attempt):
            await _limited(send)
            return

        def due(token: int) -> float:
            return began + self._pace.token_at(token, asked.prompt, key)

        last = due(max(reply.length - 1, 0))
        if given.get("stream"):
            await self._stream(asked, reply, due, send)
        else:
            await anyio.sleep_until(last)
            await _answer(send, 200, body(asked, reply))
        late = anyio.current_time() - last
        self._calls.append(
            Call(
                question=name,
                script=str(given["model"]),
                kind=reply.kind,
                prompt=asked.prompt,
                tokens=reply.length,
                began=began,
                ended=last + late,
                late=late,
            )
        )

    async def _stream(
        self, asked: Asked, reply: Reply, due: Callable[[int], float], send: Send
    ) -> None:
        await anyio.sleep_until(due(0))
        await send({"type": "http.response.start", "status": 200, "headers": _STREAM})
        for written in _bundled(events(asked, reply), self._pace.bundle):
            await anyio.sleep_until(due(written.token))
            part = {"type": "http.response.body", "body": written.data}
            await send({**part, "more_body": True})
        await send({"type": "http.response.body", "body": b"data: [DONE]\n\n"})

    async def _search(
        self,
        name: str,
        given: dict[str, Any],
        began: float,
        send: Send,
        receive: Receive,
    ) -> None:
        found = self._desk.search(name, given)
        attempt = self._desk.attempt(f"{name} {found.query}")
        if self._pace.is_limited(f"search {found.query}", attempt):
            await _limited(send)
            return
        fault = self._pace.fault_of(attempt) if found.is_last else "none"
        last = began + self._pace.search_takes(found.query, attempt)
        if fault == "hangs once":
            await receive()  # returns once the client has gone
        else:
            await anyio.sleep_until(last)
        if fault == "none":
            await _answer(send, 200, _results(given["query"], found))
        elif fault != "hangs once":
            await _answer(send, 500, {"detail": {"error": "Internal Server Error"}})
        ended = anyio.current_time()
        late = ended - last if fault == "none" else 0.0
        self._calls.append(
            Call(name, "search", "search", 0, found.length, began, ended, late)
        )

    async def _ledger(self, send: Send) -> None:
        calls = [asdict(call) for call in self._calls]
        refusals, self._calls = [*self._desk.refusals], []
        self._desk.refusals.clear()
        await _answer(send, 200, {"calls": calls, "refusals": refusals})


def _bundled(written: Iterator[Event], size: int) -> Iterator[Event]:
    """Put the events of so many tokens into one, due with the last of them."""
    held: list[Event] = []
    for event in written:
        if held and event.token // size != held[0].token // size:
            yield Event(held[-1].token, b"".join(e.data for e in held))
            held = []
        held.append(event)
    if held:
        yield Event(held[-1].token, b"".join(e.data for e in held))


async def _read(receive: Receive) -> dict[str, Any]:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    whole = b"".join(parts)
    parsed = json.loads(whole) if whole else {}
    return parsed if isinstance(parsed, dict) else {}


def _results(query: str, found: Found) -> dict[str, Any]:
    page = {"title": "Page", "url": "https://example.org/", "score": 0.9}
    results = [{**page, "content": text} for text in found.results]
    return {"query": query, "answer": None, "results": results}


async def _limited(send: Send) -> None:
    error = {"message": "Rate limit reached", "type": "requests"}
    after = [(b"retry-after-ms", b"50")]
    await _answer(send, 429, {"error": error, "detail": error}, after)


async def _answer(
    send: Send,
    status: int,
    payload: Mapping[str, Any],
    headers: list[tuple[bytes, bytes]] | None = None,
) -> None:
    written = compact(payload).encode()
    length = (b"content-length", str(len(written)).encode())
    sent = [*_JSON, length, *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": written})


def serve(desk: Desk, pace: Pace, listening: socket.socket) -> None:
    """Serve until the process is told to end.

    Args:
        desk: Decides on the replies.
        pace: The simulated times.
        listening: A bound socket.
    """
    config = uvicorn.Config(
        App(desk, pace),
        http="h11",
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        backlog=2048,
        timeout_keep_alive=600,
    )
    anyio.run(uvicorn.Server(config).serve, [listening])
