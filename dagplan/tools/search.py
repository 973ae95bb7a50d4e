"""`WebSearch`: the web, by Tavily, and never without a key.

tavily-python goes keyless where it finds none and sends the query out all the same;
here a missing key is an error before there is a client. Each search opens its own
HTTP client and closes it: a client belongs to one event loop, while one `WebSearch`
may serve many. Only the TLS context is shared, since making it takes 50 ms.
"""

import threading
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import anyio
from pydantic import SecretStr
from typing_extensions import TypedDict

from dagplan.errors import MissingKeyError, SettingsError, ToolError
from dagplan.tools.figure import shown

if TYPE_CHECKING:
    import ssl

    import httpx

BASE_URL = "https://api.tavily.com"
MAX_QUERY = 400  # characters; Tavily refuses more


class SearchResult(TypedDict):
    """A page that was found, with the passage that answers the query."""

    title: str
    url: str
    content: str


class SearchResults(TypedDict):
    """Pages, best first, and the answer that Tavily gave of its own, if any."""

    answer: str | None
    results: list[SearchResult]


class WebSearch:
    """Searches the web with Tavily."""

    def __init__(
        self,
        api_key: SecretStr,
        *,
        base_url: str | None = None,
        max_results: int = 5,
        timeout: float = 20.0,
    ) -> None:
        """Check the settings; nothing is sent yet.

        Args:
            api_key: Key of a Tavily account.
            base_url: Where to send queries instead of Tavily's own address.
            max_results: How many pages to ask for, 1 to 20.
            timeout: Seconds that one search may take, all told.

        Raises:
            MissingKeyError: The key is empty.
            SettingsError: Another setting cannot work.
        """
        self._key = _checked_key(api_key)
        if not 1 <= max_results <= 20:
            raise SettingsError(f"max_results must be 1 to 20, got {max_results}")
        if not 0 < timeout <= 120:
            raise SettingsError(f"timeout must be up to 120 seconds, got {timeout}")
        if not (base_url or BASE_URL).startswith(("http://", "https://")):
            raise SettingsError(
                f"base_url must begin with http:// or https://, got {base_url!r}"
            )
        self._base_url = base_url or BASE_URL
        self._max_results = max_results
        self._timeout = timeout
        self._tls: ssl.SSLContext | None = None

    async def web_search(self, query: str) -> SearchResults:
        """Search the web for what the other tools do not know.

        Args:
            query: What to look for, as one would type it into a search box: one
                fact, its names written out, at most 400 characters.

        Returns:
            {"answer": text or None, "results": [{"title", "url", "content"}, ...]}:
            the pages best first, "content" being the passage about the query.

        Raises:
            ToolError: The query is empty or too long, or Tavily did not answer it.
        """
        text = _checked_query(query)
        try:
            with anyio.fail_after(self._timeout):
                found = await self._ask(text)
        except TimeoutError as error:
            raise _timed_out(self._timeout) from error
        return _read(found, self._max_results)

    async def _ask(self, query: str) -> object:
        if self._tls is None:
            # Tavily's import and the certificates take 0.3 s: not on the event loop.
            self._tls = await anyio.to_thread.run_sync(_load)
        import httpx
        from tavily import AsyncTavilyClient
        from tavily.errors import (
            TimeoutError as TavilyTimeoutError,
        )

        try:
            async with self._client(self._tls) as client:
                tavily = AsyncTavilyClient(self._key.get_secret_value(), client=client)
                found: object = await tavily.search(
                    query, max_results=self._max_results, timeout=self._timeout
                )
        except httpx.HTTPStatusError as error:
            raise ToolError(_refusal(error.response)) from error
        except TavilyTimeoutError as error:
            raise _timed_out(self._timeout) from error
        except httpx.HTTPError as error:
            raise ToolError(
                f"{self._base_url} cannot be reached ({type(error).__name__}); "
                "check the network and try again"
            ) from error
        except (ValueError, AttributeError, TypeError) as error:
            # tavily takes it for granted that an answer is JSON, and an object.
            raise ToolError(
                f"{self._base_url} answered with something other than search results; "
                "check the base URL"
            ) from error
        return found

    def _client(self, tls: "ssl.SSLContext") -> "httpx.AsyncClient":
        import httpx

        return httpx.AsyncClient(
            base_url=self._base_url,
            verify=tls,
            timeout=self._timeout,
            event_hooks={"response": [_raise_for_status]},
        )


_LOADING = threading.Lock()


def _load() -> "ssl.SSLContext":
    # Searches that start together would each read the certificates.
    with _LOADING:
        return _tls()


@cache
def _tls() -> "ssl.SSLContext":
    import httpx
    import tavily  # noqa: F401 - here it costs time, and nothing when it is used

    return httpx.create_ssl_context()


async def _raise_for_status(response: "httpx.Response") -> None:
    """Raise before tavily does: its errors drop the status and Retry-After."""
    if not response.is_success:
        await response.aread()
        response.raise_for_status()


def _checked_key(api_key: SecretStr) -> SecretStr:
    key = api_key.get_secret_value().strip()
    if not key:
        raise MissingKeyError(
            "web search needs a Tavily key; set TAVILY_API_KEY or leave the tool out",
            variable="TAVILY_API_KEY",
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError(
            "TAVILY_API_KEY holds characters that no key has; copy it once more"
        )
    return SecretStr(key)


def _checked_query(query: str) -> str:
    text = " ".join(query.split())
    if not text:
        raise ToolError("the query is empty; write what to look for")
    if len(text) > MAX_QUERY:
        raise ToolError(
            f"a query may have {MAX_QUERY} characters, got {len(text)}; "
            "ask for one fact in fewer words"
        )
    return text


def _refusal(response: "httpx.Response") -> str:
    """Say on one line why Tavily refused, and what to do about it."""
    status, detail = response.status_code, _detail(response)
    match status:
        case 401:
            return f"Tavily does not know the key (401{detail}); check TAVILY_API_KEY"
        case 429:
            after = response.headers.get("retry-after", "")
            # It may also be a date, and anything else where a proxy answers.
            wait = f"in {after[:20]} seconds" if after.isdecimal() else "in a minute"
            return f"Tavily's rate limit is reached (429{detail}); try again {wait}"
        case 403 | 432 | 433:
            return (
                f"Tavily's plan does not cover this search ({status}{detail}); "
                "check the account's limits"
            )
        case 400 | 422:
            return f"Tavily refused the query ({status}{detail}); write it differently"
        case _:
            return f"Tavily failed ({status}{detail}); try again later"


def _detail(response: "httpx.Response") -> str:
    try:
        body = response.json()
    except ValueError:
        return ""
    detail = body.get("detail") if isinstance(body, dict) else None
    text = detail.get("error") if isinstance(detail, dict) else detail
    return f", {' '.join(text.split())[:120]}" if isinstance(text, str) and text else ""


def _timed_out(seconds: float) -> ToolError:
    return ToolError(f"Tavily did not answer within {seconds:g} s; try again")


def _read(found: object, max_results: int) -> SearchResults:
    results = found.get("results") if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or not isinstance(results, list):
        raise ToolError(
            f"Tavily's answer has no results, got {shown(found)}; try again"
        )
    answer = found.get("answer")
    return {
        "answer": answer if isinstance(answer, str) and answer else None,
        "results": [
            _result(entry) for entry in results[:max_results] if isinstance(entry, dict)
        ],
    }


def _result(entry: Mapping[str, Any]) -> SearchResult:
    return {
        "title": str(entry.get("title") or ""),
        "url": str(entry.get("url") or ""),
        "content": str(entry.get("content") or ""),
    }
