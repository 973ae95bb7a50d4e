"""One test's script: the replies to give, the requests seen, what went wrong."""

import threading
from collections import deque
from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread
from anyio.from_thread import BlockingPortal

from .recorded import Recorded
from .replies import Found, Gate, Hit, Reply, Status, Text

Answer = Callable[[Recorded], Reply | str]
Search = Callable[[str], Reply | None]
T = TypeVar("T")


class ViolationError(AssertionError):
    """A test made the server meet what no real provider meets, or sends."""


class Loopback:
    """The server as one test sees it.

    Attributes:
        base_url: For `ChatOpenAI(base_url=...)`.
        tavily_url: For `AsyncTavilyClient(api_base_url=...)`.
        requests: Requests to the chat endpoints, in order of arrival.
        searches: Requests to the search endpoint, likewise.
        abandoned: Requests whose client went before its reply was sent.
        violations: What fails the test when it ends; take out what was meant.
        in_flight: Requests that are not answered yet.
        peak: The most requests that were in flight at once.
        refused: Requests that `limit` refused.
        keep_alive: Whether connections are kept for reuse. False by default: a
            client that a test forgets to close then leaves no open socket behind.
    """

    def __init__(self, portal: BlockingPortal, url: str) -> None:
        self.base_url = f"{url}/v1"
        self.tavily_url = f"{url}/tavily"
        self.requests: list[Recorded] = []
        self.searches: list[Recorded] = []
        self.abandoned: list[Recorded] = []
        self.refused: list[Recorded] = []
        self.violations: list[str] = []
        self.in_flight = 0
        self.peak = 0
        self.keep_alive = False
        self.closed: anyio.Event = portal.call(anyio.Event)
        self.prompts: list[str] = []
        self._portal = portal
        self._changed = threading.Condition()
        self._queue: deque[Reply] = deque()
        self._answer: Answer | None = None
        self._finds: dict[str, deque[Reply]] = {}
        self._search: Search | None = None
        self._most: int | None = None
        self._crowded = Status(429)
        self._served: set[Recorded] = set()

    # --- scripting ---------------------------------------------------------

    def reply(self, *replies: Reply | str) -> None:
        """Queue replies to chat requests; a string is a `Text`."""
        self._queue.extend(map(_as_reply, replies))

    def answer(self, answer: Answer) -> None:
        """Answer chat requests by a function, once the queue is empty.

        It runs on the server's loop, so it must not block; what it raises is a
        violation.
        """
        self._answer = answer

    def on_search(self, text: str, *outcome: Hit | Reply) -> None:
        """Script what a search finds whose query contains `text`.

        Args:
            text: Compared without case; the longest text that matches counts, and
                ``""`` matches every query.
            outcome: Any number of hits; or replies (`Found`, `Status`, `Hang`) that
                are given in turn, the last one from then on.
        """
        hits = [item for item in outcome if isinstance(item, Hit)]
        replies = [item for item in outcome if not isinstance(item, Hit)]
        if hits and replies:
            raise ValueError(f"give hits or replies, got {outcome!r}")
        self._finds[text.lower()] = deque(replies or [Found(tuple(hits))])

    def answer_search(self, search: Search) -> None:
        """Answer searches by a function of the query, where no `on_search` matches.

        It runs on the server's loop, so it must not block. A query for which it
        returns None is a violation, as one for which nothing was scripted.
        """
        self._search = search

    def limit(self, most: int, *, retry_after: float | None = None) -> None:
        """Refuse with 429 what comes while so many requests are being answered.

        Args:
            most: Requests that may be answered at once, chats and searches together.
            retry_after: Seconds that the refusal asks to wait; None does not say.
        """
        self._most = most
        self._crowded = Status(429, retry_after=retry_after)

    def gate(self) -> Gate:
        """A new closed gate for `Gated` replies."""
        return Gate(self._portal, self._notify)

    # --- waiting and checking ----------------------------------------------

    def wait_until(self, ready: Callable[[], bool], within: float = 5.0) -> None:
        """Wait until `ready()` holds; it is asked again at every change here.

        Args:
            ready: A question about this object or its gates.
            within: Seconds.

        Raises:
            AssertionError: it did not hold in time.
        """
        with self._changed:
            if not self._changed.wait_for(ready, within):
                raise AssertionError(f"not reached within {within} s: {self}")

    async def until(self, ready: Callable[[], bool], within: float = 5.0) -> None:
        """As `wait_until`, without blocking the caller's event loop."""
        await anyio.to_thread.run_sync(
            self.wait_until, ready, within, abandon_on_cancel=True
        )

    @property
    def unused(self) -> list[Reply]:
        """Queued replies that nobody has asked for yet."""
        return list(self._queue)

    def take_violations(self) -> list[str]:
        """The violations so far, which then no longer fail the test."""
        taken, self.violations = self.violations, []
        return taken

    def check(self) -> None:
        """Fail if there are violations.

        Raises:
            ViolationError: with all of them.
        """
        if self.violations:
            raise ViolationError("; ".join(self.violations))

    def close(self) -> None:
        """Let go of every request that still waits."""
        self._portal.call(self.closed.set)

    def __str__(self) -> str:
        return (
            f"{len(self.requests)} requests, {len(self.searches)} searches, "
            f"{self.in_flight} in flight, {len(self.abandoned)} abandoned, "
            f"violations {self.violations}"
        )

    # --- for the server's endpoints ----------------------------------------

    def begin(self, request: Recorded) -> None:
        """Note that a request has arrived."""
        search = request.path.startswith("/tavily")
        (self.searches if search else self.requests).append(request)
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        self._notify()

    def end(self, request: Recorded, *, complete: bool) -> None:
        """Note that a request was answered, or that its client went."""
        self.in_flight -= 1
        self._served.discard(request)
        if not complete:
            self.abandoned.append(request)
        self._notify()

    def violate(self, what: str) -> None:
        """Note something that must fail the test."""
        self.violations.append(what)
        self._notify()

    def next_reply(self, request: Recorded) -> Reply | None:
        """The reply that is scripted for a chat request; None if there is none."""
        if self._queue:
            return self._queue.popleft()
        return _as_reply(self._answer(request)) if self._answer else None

    def find(self, query: str) -> Reply | None:
        """The reply that is scripted for a search; None if there is none."""
        matching = [text for text in self._finds if text in query.lower()]
        if not matching:
            return self._search(query) if self._search else None
        replies = self._finds[max(matching, key=len)]
        return replies.popleft() if len(replies) > 1 else replies[0]

    def crowded(self, request: Recorded) -> Reply | None:
        """The refusal of a request that `limit` leaves no room for; else None."""
        if self._most is not None and len(self._served) >= self._most:
            self.refused.append(request)
            return self._crowded
        self._served.add(request)
        return None

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _as_reply(reply: Reply | str) -> Reply:
    return Text(reply) if isinstance(reply, str) else reply
