"""Requests → the desk, and what comes of it → pages, pictures, news."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeVar

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from dagplan.errors import DagplanError, QuestionError, RunBusy, UnknownRunError
from dagplan.journal.listing import Listed
from dagplan.server import assets
from dagplan.server.desk import Desk
from dagplan.server.drawing import Drawing
from dagplan.server.forms import MODES, Doubts, read_form
from dagplan.server.pages import (
    beside_page,
    going_on,
    home_page,
    problem_page,
    run_page,
)
from dagplan.server.stream import news_of
from dagplan.views import to_html
from dagplan.views.records import ascii_json

T = TypeVar("T")
Endpoint = Callable[[Request], Awaitable[Response]]

_LISTED = 100
_LONGEST_ID = 12  # digits


class _Json(JSONResponse):
    """JSON in ASCII alone, whatever half characters its texts hold."""

    def render(self, content: object) -> bytes:
        return ascii_json(content).encode()


class Pages:
    """Answers requests.

    Args:
        desk: The runs.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        # Drawing computes: one thread for it, so that runs and streams go on.
        self._drawing = anyio.CapacityLimiter(1)

    async def home(self, request: Request) -> Response:
        """Show the form and the list of runs."""
        del request
        return HTMLResponse(home_page(self._desk.host.header, await self._listed()))

    async def ask(self, request: Request) -> Response:
        """Begin to answer a question."""
        form = await read_form(request)
        question, mode = form.get("question", "").strip(), form.get("mode", "parallel")
        try:
            runs = self._desk.ask(question, *MODES.get(mode, MODES["parallel"]))
        except QuestionError as error:
            runs_before = await self._listed()
            header = self._desk.host.header
            page = home_page(
                header, runs_before, question=question, mode=mode, trouble=str(error)
            )
            return HTMLResponse(page, 400)
        ids = [run.run_id for run in runs]
        place = f"/runs/{ids[0]}" if len(ids) == 1 else f"/beside/{'/'.join(ids)}"
        return RedirectResponse(place, 303)

    async def run(self, request: Request) -> Response:
        """Show a run."""
        run_id = _run_id(request)
        found = await self._desk.find(run_id)
        return HTMLResponse(await self._drawn(lambda: run_page(run_id, found)))

    async def news(self, request: Request) -> Response:
        """Tell what happens in a run."""
        run = self._desk.live(_run_id(request))
        if run is None:
            # 204 ends a browser's attempts to connect (HTML standard, 9.2.3).
            return Response(status_code=204)
        last = request.headers.get("last-event-id")
        said = request.query_params.get("from", "0") if last is None else last
        place = int(said) if said.isdecimal() and len(said) <= _LONGEST_ID else 0
        first = place + (last is not None)
        return StreamingResponse(news_of(run, first), media_type="text/event-stream")

    async def graph(self, request: Request) -> Response:
        """Draw the plan of a run as it stands."""
        shown = await self._shown(request)
        table = request.query_params.get("table") == "1"
        return _Json(await self._drawn(lambda: shown.graph(table=table)))

    async def timeline(self, request: Request) -> Response:
        """Draw when what has run."""
        shown = await self._shown(request)
        return _Json(await self._drawn(shown.timeline))

    async def parts(self, request: Request) -> Response:
        """Draw all of a run as it stands."""
        run_id = _run_id(request)
        found = await self._desk.find(run_id)

        def draw() -> dict[str, object]:
            return {**found.drawing.parts(), "next": going_on(run_id, found)}

        return _Json(await self._drawn(draw))

    async def step(self, request: Request) -> Response:
        """Tell all that is known of a step."""
        shown = await self._shown(request)
        step_id = request.query_params.get("id", "")
        record = await self._drawn(lambda: shown.record(step_id))
        return _Json(record, 404 if record is None else 200)

    async def report(self, request: Request) -> Response:
        """Give the report of a run as a file."""
        shown = await self._shown(request)
        now = shown.story().now
        page = await self._drawn(lambda: to_html(now.plan, now.results, shown.events))
        name = f'attachment; filename="{_run_id(request)}.html"'
        return HTMLResponse(page, headers={"content-disposition": name})

    async def cancel(self, request: Request) -> Response:
        """Cancel a run."""
        run_id = _run_id(request)
        cancelled = self._desk.cancel(run_id)
        if _wants_page(request):
            # Sent by the form itself, which ended the loading of the page's scripts.
            return RedirectResponse(f"/runs/{run_id}", 303)
        return Response(status_code=204 if cancelled else 409)

    async def answer(self, request: Request) -> Response:
        """Take the user's answer to what a run waits for."""
        form = await read_form(request)
        run = self._desk.live(_run_id(request))
        asked = None if run is None else run.asked.get(form.get("digest", ""))
        if run is None or asked is None:
            return PlainTextResponse("nothing waits for that any more", 409)
        if form.get("say") == "instead" and asked.read is not None:
            reply = asked.read(form.get("content", ""))
        else:
            reply = form.get("say") == "yes"
        run.answer(asked.digest, reply)
        return Response(status_code=204)

    async def resume(self, request: Request) -> Response:
        """Go on with a run."""
        doubts = Doubts.of(await read_form(request))
        run_id = _run_id(request)
        await self._desk.resume(run_id, doubts.retry, doubts.accept)
        return RedirectResponse(f"/runs/{run_id}", 303)

    async def beside(self, request: Request) -> Response:
        """Show two runs side by side."""
        left, right = request.path_params["left"], request.path_params["right"]
        question = (await self._desk.find(left)).question
        await self._desk.find(right)
        return HTMLResponse(beside_page(left, right, question))

    async def _listed(self) -> list[Listed]:
        return await self._desk.listed(_LISTED)

    async def _shown(self, request: Request) -> Drawing:
        return (await self._desk.find(_run_id(request))).drawing

    async def _drawn(self, draw: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(draw, limiter=self._drawing)


def application(desk: Desk) -> Starlette:
    """Return what answers requests that were let through."""
    pages = Pages(desk)
    run = "/runs/{run_id}"
    return Starlette(
        routes=[
            Route("/", _explained(pages.home)),
            Route("/ask", _explained(pages.ask), methods=["POST"]),
            Route(run, _explained(pages.run)),
            Route(f"{run}/events", _explained(pages.news)),
            Route(f"{run}/graph", _explained(pages.graph)),
            Route(f"{run}/timeline", _explained(pages.timeline)),
            Route(f"{run}/parts", _explained(pages.parts)),
            Route(f"{run}/step", _explained(pages.step)),
            Route(f"{run}/report.html", _explained(pages.report)),
            Route(f"{run}/cancel", _explained(pages.cancel), methods=["POST"]),
            Route(f"{run}/answer", _explained(pages.answer), methods=["POST"]),
            Route(f"{run}/resume", _explained(pages.resume), methods=["POST"]),
            Route("/beside/{left}/{right}", _explained(pages.beside)),
            *assets.routes(),
        ]
    )


def _run_id(request: Request) -> str:
    found: str = request.path_params["run_id"]
    return found


def _wants_page(request: Request) -> bool:
    """Tell whether a browser asks, to show what it gets, and not a script."""
    return "text/html" in request.headers.get("accept", "")


def _explained(endpoint: Endpoint) -> Endpoint:
    """Answer with what went wrong: as a page to a browser that wants one, else as text."""

    @wraps(endpoint)
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except DagplanError as error:
            status = _status(error)
            if _wants_page(request):
                return HTMLResponse(problem_page(str(error)), status)
            return PlainTextResponse(str(error), status)

    return answered


def _status(error: DagplanError) -> int:
    match error:
        case UnknownRunError():
            return 404
        case RunBusy():
            return 409
        case _:
            return 400
