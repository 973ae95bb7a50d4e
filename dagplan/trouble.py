"""What an error of a provider means for whoever might try again.

Errors are told by what they carry, since none of the libraries that raise them may be
imported here: a status and headers, as openai, httpx, requests, urllib and aiohttp have
them, or a name, as tavily's and those of lost connections. Errors that wrap another one
(`raise ... from`) are looked through.
"""

import errno
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

LONGEST_WAIT = 120.0
"""Seconds that a provider may ask for at most; an error that asks for more is lasting.

A minute's limit is over within a minute. What takes longer is a quota of the day or a
mistake, and whoever asked a question would rather hear of it than wait. openai's own
client draws the line at the same place.
"""

_DEEPEST = 10  # levels of causes and groups; some libraries chain errors in a circle
_RATE_LIMITED = 429
_TRANSIENT_REQUESTS = frozenset({408, 409, 425, _RATE_LIMITED})
_LASTING_FAILURES = frozenset({501, 505, 511})  # of the 5xx: it will not be otherwise
_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})
_LASTING_CODES = frozenset(  # OpenAI answers 429 for these too; no wait cures them
    {"insufficient_quota", "billing_not_active", "billing_hard_limit_reached"}
)
_TRANSIENT_CODES = frozenset(  # inside a stream that began well, where no status is
    {"server_error", "overloaded_error", "rate_limit_exceeded", "rate_limit_error"}
)
# Classes of libraries that are told by name: their errors have no status to carry.
_TRANSIENT_NAMES = frozenset(
    {
        "TaskLeftCancelledError",  # dagplan's own
        "APIConnectionError",  # openai, anthropic; their timeouts are such errors too
        "TransportError",  # httpx: timeouts, resets, broken protocol
        "ConnectionError",  # requests
        "Timeout",
        "ChunkedEncodingError",
        "ClientConnectionError",  # aiohttp
        "ClientPayloadError",
        "IncompleteRead",  # http.client
        "IncompleteReadError",  # asyncio
        "TimeoutError",  # tavily has one of its own
        "gaierror",  # a name that could not be looked up
    }
)
_LASTING_NAMES = frozenset(  # what lost connections are blamed on, and wrongly so
    {"UnsupportedProtocol", "LocalProtocolError", "SSLCertVerificationError"}
)
_LIMITED_NAMES = frozenset({"UsageLimitExceededError"})  # tavily: 429 without a status


@dataclass(frozen=True, slots=True)
class Trouble:
    """How an error is to be taken.

    Attributes:
        transient: Whether the same call may succeed later.
        after: Seconds that the provider asks to wait; None if it did not say.
        resource: The provider that asks everyone to slow down, e.g.
            `"api.openai.com"`; None where this one call alone is concerned, and for
            all lasting errors.
    """

    transient: bool
    after: float | None = None
    resource: str | None = None


_LASTING = Trouble(transient=False)
_PASSING = Trouble(transient=True)


def classify(error: BaseException) -> Trouble:
    """Tell how an error is to be taken.

    Transient are timeouts and lost connections, 408, 409, 425, 429 and 5xx (but 501,
    505 and 511), unless a used-up quota is behind a 429, the provider says
    `X-Should-Retry: false`, or it asks to wait for more than `LONGEST_WAIT` seconds. A
    429 concerns everyone who calls that provider, and so does any transient answer
    with a `Retry-After`. What is not known is lasting.

    Of errors that wrap another one the first that says something counts. A group of
    errors is transient if each of them is; the longest wait counts.
    """
    try:
        return _classify(error, _DEEPEST)
    except Exception:  # noqa: BLE001 - attributes of any error are read, and may raise
        return _LASTING


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it wraps, the outermost first."""
    cause: object = error
    for _ in range(_DEEPEST):
        if not isinstance(cause, BaseException):
            return
        yield cause
        inner = cause.__cause__
        # urllib keeps the error that it wraps in an attribute of its own.
        cause = _part(cause, "reason") if inner is None else inner


def _classify(error: BaseException, deepest: int) -> Trouble:
    chain = [*causes(error)]
    if any(_is_one_of(_LASTING_NAMES, cause) for cause in chain):
        return _LASTING
    for cause in chain:
        if isinstance(cause, BaseExceptionGroup):
            return _of_group(cause, deepest - 1) if deepest else _LASTING
        trouble = _of_one(cause)
        if trouble is not None:
            return trouble
    return _LASTING


def _of_group(group: "BaseExceptionGroup[BaseException]", deepest: int) -> Trouble:
    troubles = [_classify(error, deepest) for error in group.exceptions]
    if not all(trouble.transient for trouble in troubles):
        return _LASTING
    return max(
        troubles, key=lambda trouble: (trouble.after or 0.0, trouble.resource or "")
    )


def _of_one(error: BaseException) -> Trouble | None:
    """Return what one error says by itself; None where its cause has to be asked."""
    codes = {_text(error, "code"), _text(error, "type")}
    if not _LASTING_CODES.isdisjoint(codes):
        return _LASTING
    status = _status(error)
    if status is not None:
        return _of_status(error, status)
    if _is_one_of(_LIMITED_NAMES, error):
        after = _number(_part(error, "retry_after_seconds"))
        return _waiting(after, _provider(error))
    lost = isinstance(error, TimeoutError | ConnectionError) or (
        isinstance(error, OSError) and error.errno in _UNREACHABLE
    )
    if lost or _is_one_of(_TRANSIENT_NAMES, error):
        return _PASSING
    return None if _TRANSIENT_CODES.isdisjoint(codes) else _PASSING


def _of_status(error: BaseException, status: int) -> Trouble:
    headers = _headers(error)
    wish = headers.get("x-should-retry")
    failed = 500 <= status < 600 and status not in _LASTING_FAILURES
    transient = status in _TRANSIENT_REQUESTS or failed or wish == "true"
    if not transient or wish == "false":
        return _LASTING
    after = _retry_after(headers)
    everyone = status == _RATE_LIMITED or after is not None
    return _waiting(after, _provider(error) if everyone else None)


def _waiting(after: float | None, resource: str | None) -> Trouble:
    if after is not None and after > LONGEST_WAIT:
        return Trouble(transient=False, after=after)
    return Trouble(transient=True, after=after, resource=resource)


def _is_one_of(names: frozenset[str], error: BaseException) -> bool:
    return any(kind.__name__ in names for kind in type(error).__mro__)


def _part(thing: object, name: str) -> object:
    """Return an attribute, or None; httpx raises where a request was never set."""
    try:
        return getattr(thing, name, None)
    except RuntimeError:
        return None


def _text(thing: object, name: str) -> str:
    text = _part(thing, name)
    return text if isinstance(text, str) else ""


def _status(error: BaseException) -> int | None:
    """Return the HTTP status of an error.

    It is `status_code` with openai, httpx and requests, `status` with aiohttp, and
    `code` with urllib, Google's clients, and servers that write it into a stream.
    """
    places = (
        (error, "status_code"),
        (_part(error, "response"), "status_code"),
        (error, "status"),
        (error, "code"),
    )
    for thing, name in places:
        number = _part(thing, name)
        if isinstance(number, str) and len(number) == 3 and number.isdecimal():
            number = int(number)
        if isinstance(number, int) and 400 <= number < 600:
            return int(number)
    return None


def _headers(error: BaseException) -> dict[str, str]:
    """Return the headers of an error's response, names in lower case."""
    for thing in (_part(error, "response"), error):
        items = _part(_part(thing, "headers"), "items")
        if callable(items):
            return {
                name.lower(): value
                for name, value in items()
                if isinstance(name, str) and isinstance(value, str)
            }
    return {}


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Read the headers by which a provider says how long to wait (RFC 9110, 10.2.3)."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    wish = headers.get("retry-after")
    seconds = _number(wish)
    if seconds is not None:
        return seconds
    # A moment instead: how far it lies off is told by the provider's own clock.
    until, now = _moment(wish), _moment(headers.get("date"))
    if until is None or now is None:
        return None
    return max(0.0, (until - now).total_seconds())


def _number(text: object) -> float | None:
    if not isinstance(text, str | int | float):
        return None
    try:
        number = float(text)
    except (ValueError, OverflowError):
        return None
    # One so large that it is infinite is a wish all the same; "nan" is none.
    return number if number >= 0 else None


def _moment(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    # "-0000" says that the zone is unknown, and gives a moment without one.
    return moment if moment.tzinfo is not None else None


def _provider(error: BaseException) -> str:
    """Return the host that was asked, else the package that raised the error."""
    response = _part(error, "response")
    asked = (
        _part(_part(error, "request"), "url"),
        _part(response, "url"),
        _part(_part(error, "request_info"), "url"),  # aiohttp
        _part(error, "url"),  # urllib
    )
    for url in asked:
        if url is not None and (netloc := _netloc(str(url))):
            return netloc
    return type(error).__module__.partition(".")[0]


def _netloc(url: str) -> str:
    """Return host and port: servers on one machine are providers of their own."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
