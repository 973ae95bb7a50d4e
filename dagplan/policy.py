"""Limits and budgets of a run, as frozen values."""

from dataclasses import dataclass
from typing import Literal

Mode = Literal["parallel", "sequential"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may happen at once.

    Attributes:
        concurrency: Slots: how many steps may run at once; None for no limit.
    """

    concurrency: int | None = 16

    def __post_init__(self) -> None:
        if self.concurrency is not None and self.concurrency < 1:
            raise ValueError(
                f"concurrency must be at least 1, got {self.concurrency}; "
                "use None for no limit"
            )


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a run may spend before it must answer from what it has.

    Attributes:
        replans: How often the plan may be revised.
    """

    replans: int = 3

    def __post_init__(self) -> None:
        if self.replans < 0:
            raise ValueError(
                f"replans must be at least 0, got {self.replans}; 0 never revises"
            )
