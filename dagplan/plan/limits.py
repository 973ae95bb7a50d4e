"""How large a plan may be."""

from dataclasses import dataclass
from typing import Final

MOST_PROBLEMS: Final = 1_000
"""Most problems that one `PlanError` holds; nobody reads more."""


@dataclass(frozen=True, slots=True)
class PlanLimits:
    """Bounds that a plan from outside must keep, checked before any other work.

    Attributes:
        steps: Most steps a plan may have.
        edges: Most dependencies in all, counting each pair of steps once.
        bytes: Most bytes of UTF-8 that the document may take.
        depth: Deepest nesting of lists and objects anywhere in a step.
        values: Most values in all arguments together, since each is held against
            its tool's schema.
    """

    steps: int = 1_000
    edges: int = 20_000
    bytes: int = 2_000_000
    depth: int = 200
    values: int = 25_000
