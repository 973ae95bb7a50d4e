"""What the provider writes down of each request."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One request, answered.

    Attributes:
        question: Id of the question that it belongs to.
        script: Which script answered; `search` for a search.
        kind: What was wanted: `plan`, `value`, `answer`, `turn`, `search` and so on.
        prompt: Tokens of the prompt.
        tokens: Tokens of the reply.
        began: When the request had come, in seconds of the provider's clock.
        ended: When the last of the reply had gone.
        late: Seconds by which the last of the reply went later than its simulated time.
        status: The HTTP status.
    """

    question: str
    script: str
    kind: str
    prompt: int
    tokens: int
    began: float
    ended: float
    late: float
    status: int = 200

    @classmethod
    def read(cls, written: Mapping[str, object]) -> "Call":
        """Read one that `dataclasses.asdict` wrote."""
        return cls(**written)  # type: ignore[arg-type]
