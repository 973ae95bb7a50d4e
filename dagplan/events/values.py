"""What events and results are made of."""

from dataclasses import dataclass
from typing import Literal

StepStatus = Literal[
    "waiting",
    "ready",
    "running",
    "parked",
    "succeeded",
    "failed",
    "skipped",
    "cancelled",
    "in_doubt",
]
Outcome = Literal["answered", "failed", "cancelled", "paused"]
Role = Literal["planner", "replanner", "reader", "step"]
Bound = Literal["max_model_calls", "max_tokens", "max_cost", "deadline"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one model call or of several, as the provider counted them.

    Attributes:
        input: Tokens read, cached ones included.
        output: Tokens written.
        cached: How many of those read came from the provider's cache.
    """

    input: int = 0
    output: int = 0
    cached: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(
            self.input + other.input,
            self.output + other.output,
            self.cached + other.cached,
        )

    @property
    def total(self) -> int:
        """All that were read and written."""
        return self.input + self.output


@dataclass(frozen=True, slots=True)
class StepResult:
    """What became of a step.

    Attributes:
        status: Where it stands; final once the run has ended.
        value: What it returned; None unless it succeeded.
        error: One line that says why it failed or was skipped, or which items a
            `partial` step left out; else None.
        attempts: How often it was started, hedges included.
        started: Seconds since the run began, None if it never started.
        ended: Seconds since the run began, None if it never started.
    """

    status: StepStatus
    value: object = None
    error: str | None = None
    attempts: int = 0
    started: float | None = None
    ended: float | None = None
