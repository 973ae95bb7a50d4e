"""A request to a model, and the reply, without times and HTTP."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from benchmarks.questions.question import Question

from .pieces import pieces


class Refusal(Exception):  # noqa: N818 - what a provider does, not what breaks
    """The request cannot be answered as it stands; the message says why."""


@dataclass(frozen=True)
class Asked:
    """A request to a model.

    Attributes:
        question: The question that its address names.
        body: The JSON of the request.
    """

    question: Question
    body: Mapping[str, Any]

    @cached_property
    def system(self) -> str:
        """What the system said."""
        return self._said("system")

    @cached_property
    def user(self) -> str:
        """What the user said."""
        return self._said("user")

    @cached_property
    def found(self) -> str:
        """What tools gave back."""
        return self._said("tool")

    @property
    def schema(self) -> str | None:
        """The name of the schema that the reply must have."""
        wanted = self.body.get("response_format") or {}
        return (wanted.get("json_schema") or {}).get("name")

    @property
    def tools(self) -> list[str]:
        """The names of the tools that may be called."""
        return [tool["function"]["name"] for tool in self.body.get("tools") or []]

    @property
    def may_call_several(self) -> bool:
        """Whether a reply may call several tools."""
        return self.body.get("parallel_tool_calls") is not False

    @cached_property
    def prompt(self) -> int:
        """Tokens of the prompt."""
        parts = ("tools", "response_format", "messages")
        sent = [self.body[part] for part in parts if part in self.body]
        return len(pieces(json.dumps(sent, ensure_ascii=False, separators=(",", ":"))))

    def _said(self, role: str) -> str:
        texts = [m for m in self.body.get("messages", ()) if m.get("role") == role]
        return "\n".join(_text(message.get("content")) for message in texts)


def _text(content: object) -> str:
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    return str(content or "")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model says.

    Attributes:
        kind: What it is: `plan`, `value`, `answer`, `turn`.
        text: The text.
        calls: Tools that it calls, each with its arguments as JSON.
    """

    kind: str
    text: str = ""
    calls: Sequence[tuple[str, str]] = ()

    @property
    def length(self) -> int:
        """Its tokens. The signs that frame a call of a tool are not counted."""
        written = [self.text, *(name + args for name, args in self.calls)]
        return sum(len(pieces(text)) for text in written)


def compact(value: object) -> str:
    """Write JSON as models do where they may: without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
