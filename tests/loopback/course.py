"""A scripted reply taken apart: what to send, and what happens on the way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import assert_never

from .replies import (
    Base,
    CutStream,
    Early,
    Found,
    Gate,
    Gated,
    Hang,
    Json,
    Refusal,
    Reply,
    Sliced,
    Status,
    Text,
    ToolCalls,
    Truncated,
)
from .wire import CUT, Action, sliced


@dataclass(frozen=True, slots=True)
class Course:
    """A reply without its wrappers.

    Attributes:
        base: What was wrapped.
        stopped: What stops it before its end; None: nothing does.
        kept: Characters of content that are kept then; None keeps all.
        cut: Chunks of content before the connection drops; None: it does not.
        gates: Gates with the chunks of content that go out before each.
        characters: Characters of content in a chunk.
        octets: Bytes in a write; None: a write for each event.
    """

    base: Base
    stopped: Early | None = None
    kept: int | None = None
    cut: int | None = None
    gates: tuple[tuple[int, Gate], ...] = ()
    characters: int = 12
    octets: int | None = None

    def whole(self, body: bytes) -> list[Action]:
        """The actions that send a body in one piece, unless it is cut or sliced."""
        gates = [gate for _, gate in self.gates]
        if self.cut is not None:
            return [*gates, *sliced([body[: len(body) // 2]], self.octets), CUT]
        return [*gates, *sliced([body], self.octets)]

    def streamed(
        self, opening: bytes, content: Sequence[bytes], closing: Sequence[bytes]
    ) -> list[Action]:
        """The actions that send events one by one.

        Raises:
            ValueError: a gate or the cut lies behind the last chunk of content.
        """
        marks = [after for after, _ in self.gates]
        marks += [] if self.cut is None else [self.cut]
        if max(marks, default=0) > len(content):
            raise ValueError(
                f"the reply has {len(content)} chunks of content, so after_chunks="
                f"{max(marks)} is never reached; use Sliced for smaller chunks"
            )
        parts: list[Action] = list(self._gates_at(0))
        parts.append(opening)
        for sent, event in enumerate(content):
            if sent == self.cut:
                break
            parts += [event, *self._gates_at(sent + 1)]
        parts += closing if self.cut is None else [CUT]
        return list(sliced(parts, self.octets))

    def _gates_at(self, sent: int) -> list[Gate]:
        return [gate for after, gate in self.gates if after == sent]


def unfold(reply: Reply) -> Course:
    """Take the wrappers off `reply`; of two of a kind the outer one counts.

    Gates add up: a stream can wait at several, in the order of their chunks.

    Raises:
        ValueError: the outer of two gates lies behind the inner one.
    """
    match reply:
        case Text() | Json() | ToolCalls() | Refusal() | Found() | Status() | Hang():
            return Course(reply)
        case Truncated(of, after, finish):
            return replace(unfold(of), stopped=finish, kept=after)
        case CutStream(of, after):
            return replace(unfold(of), cut=after)
        case Gated(gate, of, after):
            inner = unfold(of)
            return _ordered(replace(inner, gates=((after, gate), *inner.gates)))
        case Sliced(of, characters, octets):
            return replace(unfold(of), characters=characters, octets=octets)
        case _:
            assert_never(reply)


def _ordered(course: Course) -> Course:
    for (first, _), (second, _) in pairwise(course.gates):
        if first > second:
            raise ValueError(
                f"gates must be nested in the order in which they are reached, got "
                f"{first} around {second}; swap them"
            )
    return course
