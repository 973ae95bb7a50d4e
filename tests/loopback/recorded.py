"""One request as it arrived."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """A request, before anyone judged it.

    Attributes:
        order: 0, 1, 2, … in order of arrival in this test, over all endpoints.
        method: The HTTP method.
        path: The path below the test's own prefix, e.g. ``/v1/chat/completions``.
        headers: Names in lower case.
        body: The parsed JSON object; empty where there was none.
        port: The client's port, which tells one connection from another.
        at: When it came, in seconds on the clock of `anyio.current_time()`, which on
            asyncio is the same for every event loop of the process.
    """

    order: int
    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    port: int = 0
    at: float = 0.0

    @property
    def key(self) -> str | None:
        """The bearer key; None if there is none."""
        scheme, _, key = self.headers.get("authorization", "").partition(" ")
        return (key or None) if scheme == "Bearer" else None

    @property
    def model(self) -> str:
        """The model that was asked."""
        return str(self.body.get("model", ""))

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The conversation."""
        return list(self.body.get("messages", []))

    @property
    def text(self) -> str:
        """Text of the last message, the one to answer."""
        return message_text(self.messages[-1]) if self.messages else ""

    @property
    def stream(self) -> bool:
        """Whether the reply is to be streamed."""
        return bool(self.body.get("stream"))

    @property
    def tools(self) -> dict[str, dict[str, Any]]:
        """The offered functions by name: name, description, parameters, strict."""
        functions = [tool["function"] for tool in self.body.get("tools") or []]
        return {function["name"]: function for function in functions}

    @property
    def json_schema(self) -> Mapping[str, Any] | None:
        """`response_format.json_schema` (name, schema, strict); None without."""
        wanted = self.body.get("response_format") or {}
        found = wanted.get("json_schema") if wanted.get("type") else None
        return found if isinstance(found, dict) else None


def message_text(message: Mapping[str, Any]) -> str:
    """The text of one message, whose content may be a string, parts or null."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)
