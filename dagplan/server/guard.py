"""Who may ask the server, and what a browser may do with the answer.

Any page that a browser shows can send requests to 127.0.0.1, and a name that somebody
else controls can be made to lead there. So a request has to name this very address
(`Host`), come from a page of this server if from one at all (`Origin`), and bring the
token of the address that was printed: once in it, then as a cookie that no script reads
and no other site sends, or from a program as `Authorization: Bearer`.
"""

from secrets import compare_digest
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Final = {
    "content-security-policy": "default-src 'none'; script-src 'self'; "
    "style-src 'self'; connect-src 'self'; frame-src 'self'; frame-ancestors 'self'; "
    "form-action 'self'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    # Not `no-referrer`, with which forms name no origin.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
_SAFE: Final = frozenset({"GET", "HEAD"})


class Guard:
    """Lets through who may ask, and says to browsers what pages may do.

    Args:
        app: Answers those who may.
        token: What they have to bring.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        answer = self._refused(scope) if scope["type"] == "http" else None
        await (answer or self._app)(scope, receive, _with_headers(send))

    def _refused(self, scope: Scope) -> Response | None:
        """Return the answer to who may not ask, or has to ask again; None if he may."""
        headers = Headers(scope=scope)
        # Where the connection came in, whatever the request says.
        port = scope["server"][1]
        hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
        if headers.get("host") not in hosts:
            return _refusal("this server answers to its own address only", 421)
        if not _is_of_this_server(scope["method"], headers, hosts):
            return _refusal("this request comes from another page", 403)
        if scope["path"] == "/" and (token := _asked(scope)) is not None:
            return self._welcome(token, port)
        if not self._is_known(headers, port):
            return _refusal("open the address that dagplan serve printed", 401)
        return None

    def _welcome(self, token: str, port: int) -> Response:
        """Take the token out of the address: histories and logs keep addresses."""
        if not self._is_token(token):
            return _refusal("this address is of another run of dagplan serve", 401)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(_cookie(port), token, httponly=True, samesite="strict")
        return answer

    def _is_known(self, headers: Headers, port: int) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._is_token(given)
        cookies = cookie_parser(headers.get("cookie", ""))
        return self._is_token(cookies.get(_cookie(port), ""))

    def _is_token(self, given: str) -> bool:
        return compare_digest(given.encode(), self._token.encode())


def _cookie(port: int) -> str:
    # Browsers keep cookies by host: two servers must not take each other's.
    return f"dagplan_{port}"


def _asked(scope: Scope) -> str | None:
    found = parse_qs(scope["query_string"].decode("latin-1")).get("token")
    return found[0] if found else None


def _is_of_this_server(method: str, headers: Headers, hosts: tuple[str, ...]) -> bool:
    origin = headers.get("origin")
    if origin is None:
        # Browsers name the origin of whatever changes something; programs need not.
        return method in _SAFE or "authorization" in headers
    return origin in {f"http://{host}" for host in hosts}


def _refusal(why: str, status: int) -> Response:
    return PlainTextResponse(f"{why}\n", status)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
