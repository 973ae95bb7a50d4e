"""Which of a question's requests one really waits for."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.provider.ledger import Call
from benchmarks.provider.pace import Pace

_GAP = 0.03  # seconds within which a request follows what it needed


@dataclass(frozen=True, slots=True)
class Waited:
    """A request on the path, with the tokens of it that had to come first.

    Attributes:
        call: The request.
        tokens: All of its tokens, or those after which the next request could begin.
    """

    call: Call
    tokens: int


def path(calls: Sequence[Call], pace: Pace) -> list[Waited]:
    """Return the chain of requests that took the time, first to last.

    It is followed back from the request that ended last: what a request waited for is
    the one that ended last before it began; or a plan that was being written then, if
    nothing had ended just before.

    Args:
        calls: All requests of one question.
        pace: The simulated times.
    """
    if not calls:
        return []
    last = max(calls, key=lambda call: call.ended)
    found = [Waited(last, last.tokens)]
    while (before := _before(found[0].call, calls, pace)) is not None:
        found.insert(0, before)
    return found


def _before(later: Call, calls: Sequence[Call], pace: Pace) -> Waited | None:
    ended = [call for call in calls if call.ended <= later.began]
    latest = max(ended, key=lambda call: call.ended, default=None)
    if latest is not None and later.began - latest.ended <= _GAP:
        return Waited(latest, latest.tokens)
    for call in calls:
        if call.kind == "plan" and call.began < later.began < call.ended:
            return Waited(call, _tokens_by(later.began - call.began, call.tokens, pace))
    return None if latest is None else Waited(latest, latest.tokens)


def _tokens_by(seconds: float, most: int, pace: Pace) -> int:
    """Return how many tokens of a reply are there after so many seconds."""
    written = (seconds / pace.scale - pace.first) / pace.token
    return max(1, min(most, int(written) + 1))
