"""What an error means for whoever might try again."""

import errno
import socket
import ssl
from email.message import Message
from http.client import IncompleteRead, RemoteDisconnected
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError, URLError

import httpx
import httpx2
import openai
import pytest
import requests
from tavily.errors import (
    ForbiddenError,
    InvalidAPIKeyError,
    TavilyKeylessLimitError,
    TimeoutError as TavilyTimeoutError,
    UsageLimitExceededError,
)

from dagplan.errors import ModelError, ToolError, WrongValueError
from dagplan.trouble import LONGEST_WAIT, Trouble, causes, classify

ADDRESS = "https://api.example.org/v1/chat"
LASTING = Trouble(transient=False)
PASSING = Trouble(transient=True)
EVERYONE = Trouble(transient=True, resource="api.example.org")


def caused(error: BaseException, by: BaseException) -> BaseException:
    error.__cause__ = by
    return error


def openai_error(status, headers=None, body=None):
    request = httpx2.Request("POST", ADDRESS)
    response = httpx2.Response(status, headers=headers, request=request)
    kinds = {
        400: openai.BadRequestError,
        401: openai.AuthenticationError,
        409: openai.ConflictError,
        429: openai.RateLimitError,
    }
    kind = kinds.get(status, openai.InternalServerError)
    return kind("said", response=response, body=body)


def httpx_error(status, headers=None):
    request = httpx.Request("POST", ADDRESS)
    response = httpx.Response(status, headers=headers, request=request)
    return httpx.HTTPStatusError("said", request=request, response=response)


def requests_error(status, headers=None):
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers or {})
    request = requests.Request("POST", ADDRESS).prepare()
    return requests.HTTPError("said", response=response, request=request)


def urllib_error(status, headers=None):
    message = Message()
    for name, value in (headers or {}).items():
        message[name] = value
    return HTTPError(ADDRESS, status, "said", message, None)


class AiohttpError(Exception):
    """As aiohttp's ClientResponseError carries them."""

    def __init__(self, status, headers=None):
        self.status = status
        self.headers = headers
        self.request_info = SimpleNamespace(url=ADDRESS)


CLIENTS = pytest.mark.parametrize(
    "client", [openai_error, httpx_error, requests_error, urllib_error, AiohttpError]
)


# --- by status --------------------------------------------------------------


@CLIENTS
@pytest.mark.parametrize("status", [408, 409, 425, 500, 502, 503, 504, 520, 529])
def test_what_may_pass_by_itself_concerns_one_call(client, status):
    assert classify(client(status)) == PASSING


@CLIENTS
@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 432, 433, 501, 505])
def test_what_no_wait_cures_is_lasting(client, status):
    assert classify(client(status)) == LASTING


@CLIENTS
def test_a_rate_limit_concerns_everyone_who_calls_that_host(client):
    assert classify(client(429)) == EVERYONE


@CLIENTS
@pytest.mark.parametrize("status", [429, 503])
def test_a_wish_to_wait_concerns_everyone(client, status):
    trouble = classify(client(status, {"Retry-After": "7"}))
    assert trouble == Trouble(transient=True, after=7.0, resource="api.example.org")


def test_servers_of_one_machine_are_told_apart():
    request = httpx.Request("GET", "http://User:pw@LocalHost:8080/search")
    response = httpx.Response(429, request=request)
    error = httpx.HTTPStatusError("", request=request, response=response)
    assert classify(error).resource == "localhost:8080"


def test_a_host_is_the_same_in_whatever_case():
    error = urllib_error(429)
    error.url = ADDRESS.upper()
    assert classify(error) == EVERYONE


def test_an_error_without_a_request_names_its_package():
    error: Any = httpx.HTTPStatusError
    error = error("", request=None, response=httpx.Response(429))
    assert classify(error).resource == "httpx"


# --- how long ---------------------------------------------------------------

NOW = "Sun, 22 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({}, None),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After-Ms": "250", "Retry-After": "9"}, 0.25),
        ({"Retry-After-Ms": "soon", "Retry-After": "9"}, 9.0),
        ({"Retry-After": "Sun, 22 Nov 2026 10:01:30 GMT", "Date": NOW}, 90.0),
        ({"Retry-After": "Sun, 22 Nov 2026 11:00:20 +0100", "Date": NOW}, 20.0),
        ({"Retry-After": "Sun, 22 Nov 2026 09:59:00 GMT", "Date": NOW}, 0.0),
        ({"Retry-After": "Sun, 22 Nov 2026 10:01:30 GMT"}, None),
        ({"Retry-After": "Sun, 22 Nov 2026 10:01:30 -0000", "Date": NOW}, None),
        ({"Retry-After": "Sun, 99 Nov 2026 10:01:30 GMT", "Date": NOW}, None),
        ({"Retry-After": "later"}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "nan"}, None),
    ],
)
def test_how_long_a_provider_asks_to_wait(headers, after):
    trouble = classify(httpx_error(429, headers))
    assert (trouble.transient, trouble.after) == (True, after)


@pytest.mark.parametrize("wish", ["121", "86400", "9" * 400])
def test_a_wish_for_a_very_long_wait_is_a_refusal(wish):
    trouble = classify(httpx_error(429, {"Retry-After": wish}))
    assert trouble == Trouble(transient=False, after=float(wish))


def test_the_longest_wait_is_still_waited():
    trouble = classify(httpx_error(429, {"Retry-After": f"{LONGEST_WAIT:g}"}))
    assert trouble.transient


# --- what providers say besides ---------------------------------------------


@pytest.mark.parametrize("field", ["code", "type"])
def test_a_used_up_quota_is_no_rate_limit(field):
    error = openai_error(429, {"Retry-After": "1"}, {field: "insufficient_quota"})
    assert classify(error) == LASTING


@pytest.mark.parametrize(
    ("status", "wish", "transient"),
    [(500, "false", False), (400, "true", True), (429, "maybe", True)],
)
def test_a_provider_may_say_whether_to_try_again(status, wish, transient):
    error = openai_error(status, {"X-Should-Retry": wish})
    assert classify(error).transient is transient


@pytest.mark.parametrize(
    ("body", "transient"),
    [
        ({"type": "server_error", "message": "sorry"}, True),
        ({"code": 502, "message": "no upstream"}, True),
        ({"code": 400, "message": "no"}, False),
        ({"code": "rate_limit_exceeded"}, True),
        ({"code": "insufficient_quota"}, False),
        ({"message": "?"}, False),
        (None, False),
    ],
)
def test_an_error_inside_a_stream_has_a_code_and_no_status(body, transient):
    request = httpx2.Request("POST", ADDRESS)
    error = openai.APIError("said", request, body=body)
    assert classify(error).transient is transient


# --- lost connections -------------------------------------------------------

REQUEST = httpx2.Request("POST", ADDRESS)


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        ConnectionResetError(),
        RemoteDisconnected(""),
        IncompleteRead(b""),
        socket.gaierror(socket.EAI_AGAIN, "no answer"),
        OSError(errno.EHOSTUNREACH, "no route"),
        httpx.ReadTimeout(""),
        httpx.ConnectError(""),
        httpx.RemoteProtocolError(""),
        httpx2.ReadError(""),
        requests.ConnectionError(),
        requests.ReadTimeout(),
        requests.exceptions.ChunkedEncodingError(),
        URLError(TimeoutError()),
        openai.APIConnectionError(request=REQUEST),
        openai.APITimeoutError(request=REQUEST),
        TavilyTimeoutError(20),
    ],
    ids=repr,
)
def test_a_lost_connection_may_come_back(error):
    assert classify(error) == PASSING


@pytest.mark.parametrize(
    "error",
    [
        ValueError(),
        KeyError("population"),
        FileNotFoundError(errno.ENOENT, "no such file"),
        httpx.UnsupportedProtocol(""),
        httpx.TooManyRedirects(""),
        caused(
            openai.APIConnectionError(request=REQUEST),
            by=httpx2.UnsupportedProtocol("no http://"),
        ),
        caused(httpx.ConnectError(""), by=ssl.SSLCertVerificationError("expired")),
        URLError(ssl.SSLCertVerificationError("expired")),
        URLError("unknown url type"),
        InvalidAPIKeyError("no"),
        ForbiddenError("no"),
        WrongValueError("no number"),
    ],
    ids=repr,
)
def test_what_would_fail_again_is_lasting(error):
    assert classify(error) == LASTING


# --- tavily's own errors, which carry no status -----------------------------


def test_tavilys_limit_concerns_everyone_who_calls_tavily():
    trouble = classify(UsageLimitExceededError("slow down"))
    assert trouble == Trouble(transient=True, resource="tavily")


@pytest.mark.parametrize(("after", "transient"), [(30, True), (80_000, False)])
def test_tavilys_limit_without_a_key_says_how_long(after, transient):
    error = TavilyKeylessLimitError("slow down", retry_after_seconds=after)
    trouble = classify(error)
    assert (trouble.transient, trouble.after) == (transient, after)


# --- errors that wrap others ------------------------------------------------


def test_errors_of_dagplan_are_looked_through():
    limited = openai_error(429, {"retry-after": "3"})
    model = caused(ModelError("the planner model failed", role="planner"), by=limited)
    tool = caused(ToolError("Tavily failed"), by=httpx_error(503))
    assert classify(model).after == 3.0
    assert classify(tool) == PASSING
    assert classify(ToolError("no such thing")) == LASTING


def test_what_was_only_being_handled_is_no_cause():
    error = ToolError("a bug in the handler")
    error.__context__ = TimeoutError()
    assert classify(error) == LASTING


def test_a_group_may_pass_if_each_of_its_errors_may():
    calm, slow = httpx_error(429), httpx_error(429, {"Retry-After": "5"})
    group = ExceptionGroup("", [calm, ExceptionGroup("", [slow, TimeoutError()])])
    expected = Trouble(transient=True, after=5.0, resource="api.example.org")
    assert classify(group) == expected
    assert classify(caused(ToolError("failed"), by=group)) == expected
    assert classify(ExceptionGroup("", [group, ValueError()])) == LASTING


def test_errors_that_cause_one_another_come_to_an_end():
    one, two = ToolError("one"), ToolError("two")
    one.__cause__, two.__cause__ = two, one
    assert classify(one) == LASTING
    assert len([*causes(one)]) == 10


def test_an_error_that_its_own_group_caused_comes_to_an_end():
    inner = ToolError("inner")
    inner.__cause__ = ExceptionGroup("", [inner])
    assert classify(inner) == LASTING


@pytest.mark.parametrize(
    "code", [7, 200, 404.0, "E17", "²²²", "9" * 5000, None, b"429", 10**30]
)
def test_a_code_that_is_no_status_says_nothing(code):
    error = caused(ToolError("failed"), by=TimeoutError())
    error.code = code  # type: ignore[attr-defined] # as an error of a user might
    assert classify(error) == PASSING


@pytest.mark.parametrize("headers", [None, 3, {"Retry-After": 3}, {4: "x"}, [1]])
def test_odd_headers_do_not_hide_the_status(headers):
    assert classify(AiohttpError(429, headers)) == EVERYONE
