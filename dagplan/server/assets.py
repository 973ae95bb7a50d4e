"""The scripts and the style sheet of the pages."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dagplan.views.page_looks import linking_script, styles

_SCRIPT = "text/javascript"
_SCRIPTS = ("words.js", "drawn.js", "asked.js", "chosen.js", "live.js", "beside.js")


@cache
def _files() -> Mapping[str, tuple[str, str]]:
    """Return content and kind by name."""
    return {
        "linked.js": (linking_script(), _SCRIPT),
        **{name: (_beside(name), _SCRIPT) for name in _SCRIPTS},
        "live.css": (f"{styles()}\n{_beside('live.css')}", "text/css"),
    }


def routes() -> Iterator[Route]:
    """Return a route for each of them."""
    for name, (content, kind) in _files().items():
        yield Route(f"/{name}", _giving(content, kind))
    # Browsers ask for it, whatever the page says.
    yield Route("/favicon.ico", _giving("", "image/x-icon"))


def _giving(content: str, kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def give(request: Request) -> Response:
        del request
        return Response(content, media_type=kind)

    return give


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")
