"""How long everything takes that is simulated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

Fault = Literal["none", "fails once", "fails", "hangs once"]
"""What becomes of one search of each question."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Simulated times; what is drawn is drawn by what it is for, not by when it comes.

    So every rival meets the same times for the same search of the same question.

    Attributes:
        first: Seconds to the first token of a reply.
        token: Seconds for each further token.
        search: Least and most seconds that a search takes.
        scale: Shortens all times alike.
        bundle: Tokens in one event of a stream.
        prompt: Seconds for each token of the prompt, on top of `first`.
        jitter: Share by which `first` varies, up and down.
        tail: Share of the searches that take `tail_factor` times as long, at their
            first attempt.
        tail_factor: How many times as long.
        limited: Share of the requests that are answered by 429 at their first attempt.
        fault: What becomes of the last search of each question.
        sizes: Tokens that a search gives, drawn from these; empty for one passage only.
        seed: Of all that is drawn.
    """

    first: float = 0.35
    token: float = 0.015
    search: tuple[float, float] = (0.3, 1.2)
    scale: float = 1.0
    bundle: int = 1
    prompt: float = 0.0
    jitter: float = 0.0
    tail: float = 0.0
    tail_factor: float = 8.0
    limited: float = 0.0
    fault: Fault = "none"
    sizes: Sequence[int] = ()
    seed: int = 1

    @classmethod
    def read(cls, written: Mapping[str, object]) -> "Pace":
        """Read one that `dataclasses.asdict` wrote, JSON between."""
        given = dict(written)
        for name in ("search", "sizes"):
            if isinstance(value := given.get(name), list):
                given[name] = tuple(value)
        return cls(**given)  # type: ignore[arg-type]

    def token_at(self, index: int, prompt: int = 0, key: str = "") -> float:
        """Return when a token of a reply is there, in seconds after the request.

        Args:
            index: Which token, from 0.
            prompt: Tokens of the prompt.
            key: What the reply is for.
        """
        first = self.first * (1 + self.jitter * self._chance("first", key, -1.0, 1.0))
        return self.scale * (first + self.prompt * prompt + index * self.token)

    def search_takes(self, query: str, attempt: int = 0) -> float:
        """Return the seconds that an attempt at a search takes."""
        seconds = self._chance("search", query, *self.search)
        slow = attempt == 0 and self._chance("tail", query, 0.0, 1.0) < self.tail
        return self.scale * seconds * (self.tail_factor if slow else 1.0)

    def is_limited(self, key: str, attempt: int) -> bool:
        """Tell whether a request is answered by 429."""
        return attempt == 0 and self._chance("limit", key, 0.0, 1.0) < self.limited

    def fault_of(self, attempt: int) -> Fault:
        """Return what becomes of an attempt at the last search of a question."""
        return self.fault if attempt == 0 or self.fault == "fails" else "none"

    def size_of(self, query: str) -> int:
        """Return how many tokens a search gives; 0 for one passage only."""
        if not self.sizes:
            return 0
        return Random(f"{self.seed} size {query}").choice(self.sizes)

    def _chance(self, what: str, key: str, low: float, high: float) -> float:
        return Random(f"{self.seed} {what} {key}").uniform(low, high)
