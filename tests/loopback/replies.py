"""What a test may script the server to answer, as frozen values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import anyio
from anyio.from_thread import BlockingPortal

Early = Literal["length", "content_filter"]


class Gate:
    """A point where replies wait until the test opens it; made by a `Loopback`.

    Attributes:
        waiting: How many replies wait here now.
    """

    def __init__(self, portal: BlockingPortal, changed: Callable[[], None]) -> None:
        self.waiting = 0
        self._changed = changed
        self._portal = portal
        self._opened = portal.call(anyio.Event)

    def open(self) -> None:
        """Let everything through, now and later; call it from any other loop."""
        self._portal.call(self._opened.set)

    async def passed(self) -> None:
        """Wait, on the server's loop, until the gate is open."""
        self._count(1)
        try:
            await self._opened.wait()
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        self.waiting += change
        self._changed()


@dataclass(frozen=True, slots=True)
class Text:
    """A plain answer.

    Attributes:
        text: The content of the message.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Json:
    """An answer whose content is `value` as compact JSON text."""

    value: Any


@dataclass(frozen=True, slots=True)
class ToolCalls:
    """An answer that calls tools.

    Attributes:
        calls: Pairs of tool name and arguments; a string is sent as it is, so
            that a weak model's malformed JSON can be scripted.
        text: Content beside the calls.
    """

    calls: Sequence[tuple[str, Mapping[str, Any] | str]]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The model declines: no content, a `refusal` text instead."""

    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result.

    Attributes:
        content: The passage.
        url: Where it is from.
        title: Title of the page.
        score: Relevance from 0 to 1.
        raw_content: The page's whole text; sent only if it was asked for.
    """

    content: str
    url: str = "https://example.org/"
    title: str = "Example"
    score: float = 0.9
    raw_content: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        hits: Results, best first.
        answer: The search engine's own answer; sent only if it was asked for.
    """

    hits: Sequence[Hit] = ()
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """An HTTP error with the provider's usual body.

    Attributes:
        status: 400 and above.
        retry_after: Seconds for the `Retry-After` header; None sends no header.
        message: The error text; None means the provider's usual one.
        code: The error code, e.g. ``"insufficient_quota"``; None: the usual one.
        headers: More headers, e.g. ``{"retry-after-ms": "20"}``.
    """

    status: int
    retry_after: float | None = None
    message: str | None = None
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hang:
    """No answer at all until the client goes or the test ends."""


@dataclass(frozen=True, slots=True)
class Truncated:
    """`of`, stopped by the token limit, or by the provider's content filter.

    Attributes:
        of: The reply.
        after: Characters of content that are kept; None keeps them all.
        finish: The `finish_reason` that says so.
    """

    of: "Reply"
    after: int | None = None
    finish: Early = "length"


@dataclass(frozen=True, slots=True)
class CutStream:
    """`of`, but the connection ends early, inside the body.

    Attributes:
        of: The reply.
        after_chunks: Chunks of content that are sent before the cut. A reply that
            is not streamed is cut in the middle of its body.
    """

    of: "Reply"
    after_chunks: int = 1


@dataclass(frozen=True, slots=True)
class Gated:
    """`of`, but it waits at `gate`.

    Attributes:
        gate: From `Loopback.gate()`.
        of: The reply.
        after_chunks: Chunks of content that are streamed first; 0 sends nothing
            at all, not even the status line.
    """

    gate: Gate
    of: "Reply"
    after_chunks: int = 0


@dataclass(frozen=True, slots=True)
class Sliced:
    """`of`, streamed in pieces of chosen sizes.

    Attributes:
        of: The reply.
        characters: Characters of content in each chunk.
        octets: Bytes in each HTTP write; small sizes split events and multi-byte
            characters. None: a write for each event.
    """

    of: "Reply"
    characters: int = 12
    octets: int | None = None


Content = Text | Json | ToolCalls | Refusal
Base = Content | Found | Status | Hang
Reply = Base | Truncated | CutStream | Gated | Sliced
