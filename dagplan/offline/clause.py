"""A part of a question that asks one thing."""

from collections.abc import Callable
from dataclasses import dataclass, field

from dagplan.offline.gazetteer import Gazetteer, Span
from dagplan.offline.text import Token

Fillings = list[tuple[object, int]]

_DEEPEST = 24  # "the capital of the largest neighbour of …": bounds the recursion


@dataclass(slots=True)
class Clause:
    """Tokens of one part of a question, with the names that they hold.

    Attributes:
        question: All of the question, as it was written.
        tokens: The tokens of this part.
        gazetteer: The names that are known.
    """

    question: str
    tokens: list[Token]
    gazetteer: Gazetteer
    _memory: dict[tuple[str, int], Fillings] = field(default_factory=dict)
    _depth: int = 0
    _spans: dict[int, Span | None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def text(self) -> str:
        """What was written here."""
        return self.written(0, len(self.tokens))

    @property
    def has_capitals(self) -> bool:
        """Whether its writer uses capitals for names."""
        return any(token.capital for token in self.tokens[1:])

    def word(self, at: int) -> str:
        """Return the key of a token; empty past the end."""
        return self.tokens[at].key if 0 <= at < len(self.tokens) else ""

    def words(self, start: int, end: int) -> tuple[str, ...]:
        """Return the keys of several tokens."""
        return tuple(token.key for token in self.tokens[start:end])

    def written(self, start: int, end: int) -> str:
        """Return what was written from one token up to another."""
        if start >= end:
            return ""
        return self.question[self.tokens[start].start : self.tokens[end - 1].end]

    def span(self, at: int) -> Span | None:
        """Return the longest known name that begins at a token."""
        if at not in self._spans:
            self._spans[at] = self.gazetteer.longest(self.tokens, at)
        return self._spans[at]

    def filled(
        self, name: str, slot: "Callable[[Clause, int], Fillings]", at: int
    ) -> Fillings:
        """Return the ways to fill a slot from a token on, each worked out once."""
        key = (name, at)
        if key in self._memory:
            return self._memory[key]
        if self._depth == _DEEPEST:
            return []
        # A slot that is asked for itself at the same place cannot be filled so.
        self._memory[key] = []
        self._depth += 1
        self._memory[key] = slot(self, at)
        self._depth -= 1
        return self._memory[key]

    def part(self, start: int, end: int) -> "Clause":
        """Return a part of this clause."""
        return Clause(self.question, self.tokens[start:end], self.gazetteer)
