"""The one server of a test session: a socket, a thread, an event loop."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import anyio
import anyio.abc
import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from .chat import chat, models, violated
from .recorded import Recorded
from .script import Loopback
from .tavily import search
from .wire import Delivery, Sender

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Server:
    """The running server; each test takes a `Loopback` of its own from it.

    Attributes:
        url: Scheme, host and port.
    """

    def __init__(self, portal: BlockingPortal, scripts: dict[str, Loopback]) -> None:
        self.url = ""
        self._portal = portal
        self._scripts = scripts
        self._numbers = count(1)

    @contextmanager
    def script(self) -> Iterator[Loopback]:
        """A fresh script under its own path; checked for violations at the end."""
        number = str(next(self._numbers))
        loopback = Loopback(self._portal, f"{self.url}/s/{number}")
        self._scripts[number] = loopback
        try:
            yield loopback
            loopback.check()
        finally:
            loopback.close()


@contextmanager
def serve() -> Iterator[Server]:
    """Run a server on a free port of 127.0.0.1 until the block ends."""
    with start_blocking_portal("asyncio", name="loopback") as portal:
        scripts: dict[str, Loopback] = {}
        server = Server(portal, scripts)
        running, uvicorn_server = portal.start_task(_run, _app(scripts))
        server.url = f"http://127.0.0.1:{uvicorn_server.port}"
        try:
            yield server
        finally:
            portal.call(uvicorn_server.stopping.set)
            running.result()


class _Uvicorn(uvicorn.Server):
    """Says when it listens, and stops on an event rather than by looking."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[Any], None]) -> None:
        super().__init__(config)
        self.port = 0
        self.stopping = anyio.Event()
        self._ready = ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.port = self.servers[0].sockets[0].getsockname()[1]
        self._ready(self)

    async def main_loop(self) -> None:
        await self.stopping.wait()


async def _run(app: Starlette, *, task_status: anyio.abc.TaskStatus[Any]) -> None:
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        # Cutting a connection is an error to uvicorn; here it is what was asked for.
        log_level="critical",
        access_log=False,
    )
    await _Uvicorn(config, task_status.started).serve()


class _Exchange(Response):
    """A request and the delivery that answers it."""

    def __init__(
        self, loopback: Loopback, request: Recorded, delivery: Delivery
    ) -> None:
        super().__init__()
        self._loopback = loopback
        self._request = request
        self._delivery = delivery

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sender = Sender(self._delivery, self._ended)
        await sender.run(receive, send, self._loopback.closed)

    def _ended(self, complete: bool) -> None:  # noqa: FBT001
        self._loopback.end(self._request, complete=complete)


def _app(scripts: dict[str, Loopback]) -> Starlette:
    async def endpoint(request: Request) -> Response:
        loopback = scripts.get(request.path_params["number"])
        if loopback is None:
            return Response("no such script", 404)
        recorded = await _record(loopback, request)
        loopback.begin(recorded)
        delivery = _with_headers(loopback, recorded, _answer(loopback, recorded))
        return _Exchange(loopback, recorded, delivery)

    return Starlette(
        routes=[Route("/s/{number}/{rest:path}", endpoint, methods=METHODS)]
    )


async def _record(loopback: Loopback, request: Request) -> Recorded:
    content = await request.body()
    parsed = json.loads(content) if content else {}
    return Recorded(
        order=len(loopback.requests) + len(loopback.searches),
        method=request.method,
        path=f"/{request.path_params['rest']}",
        headers=dict(request.headers),
        body=parsed if isinstance(parsed, dict) else {},
        port=request.client.port if request.client else 0,
        at=anyio.current_time(),
    )


def _answer(loopback: Loopback, request: Recorded) -> Delivery:
    try:
        return _routed(loopback, request)
    except Exception as error:  # noqa: BLE001 - it fails the test, as a violation
        what = f"{type(error).__name__} while answering {request.path}: {error}"
        return violated(loopback, what)


def _routed(loopback: Loopback, request: Recorded) -> Delivery:
    match request.method, request.path:
        case "POST", "/v1/chat/completions":
            return chat(loopback, request)
        case "GET", "/v1/models":
            return models(request)
        case "POST", "/tavily/search":
            return search(loopback, request)
        case method, path:
            return violated(loopback, f"{method} {path} is not served here")


def _with_headers(
    loopback: Loopback, request: Recorded, delivery: Delivery
) -> Delivery:
    """A request id, as providers send it, and an end to the connection."""
    headers = {**delivery.headers, "x-request-id": f"req-{request.order}"}
    if not loopback.keep_alive:
        headers["connection"] = "close"
    return replace(delivery, headers=headers)
