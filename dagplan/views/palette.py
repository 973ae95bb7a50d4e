"""The colours of all pictures, on light and on dark ground.

Colour never stands alone: each status has a sign as well. Texts have a contrast of at
least 4.5 to 1 to what they stand on (WCAG 2.2, 1.4.3), lines and signs of 3 to 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from dagplan.events import StepStatus

Look = StepStatus | Literal["parked", "in_doubt", "missing"]
"""What a node looks like: the status of its step, or that the plan has no such step.

Steps that wait for an approval, and such of which nobody knows whether they were done,
have their looks ready.
"""


@dataclass(frozen=True, slots=True)
class Tone:
    """The colours of one look.

    Attributes:
        fill: What its text stands on.
        line: Borders, bars and signs.
        text: Text.
    """

    fill: str
    line: str
    text: str


@dataclass(frozen=True, slots=True)
class Ground:
    """The colours of what bears no status.

    Attributes:
        page: Behind everything.
        node: Behind a step whose status is not drawn.
        line: Borders and dependencies.
        text: Text.
        faint: Text that says less.
        critical: The critical path.
        rule: Lines that only divide.
    """

    page: str
    node: str
    line: str
    text: str
    faint: str
    critical: str
    rule: str


LIGHT: Final[Mapping[Look, Tone]] = {
    "waiting": Tone("#f4f5f7", "#6b7280", "#1f2933"),
    "ready": Tone("#e3f2fd", "#0b6fb8", "#0b3a5c"),
    "running": Tone("#fff4d6", "#9a6700", "#4d3300"),
    "succeeded": Tone("#e3f5e8", "#1a7f37", "#0f3d1c"),
    "failed": Tone("#fde7e7", "#c62828", "#5c1010"),
    "skipped": Tone("#f3e8fb", "#8047b8", "#3d1d5c"),
    "cancelled": Tone("#f9e6f2", "#a8327a", "#521339"),
    "parked": Tone("#e0f5f3", "#0f766e", "#0b3f3b"),
    "in_doubt": Tone("#ffe6ec", "#9f1239", "#5c0a24"),
    "missing": Tone("#ffffff", "#c62828", "#5c1010"),
}
DARK: Final[Mapping[Look, Tone]] = {
    "waiting": Tone("#21262d", "#8b949e", "#d5dae0"),
    "ready": Tone("#0f2a40", "#58a6ff", "#cfe6ff"),
    "running": Tone("#332a10", "#d9a520", "#ffe7a8"),
    "succeeded": Tone("#12301c", "#3fb950", "#c9f2d2"),
    "failed": Tone("#3b1518", "#ff6b63", "#ffd3d0"),
    "skipped": Tone("#2c1d3d", "#bc8cff", "#e8d9ff"),
    "cancelled": Tone("#38162c", "#f27ac2", "#ffd6ee"),
    "parked": Tone("#0f2e2c", "#2dd4bf", "#c9f7f0"),
    "in_doubt": Tone("#3b1320", "#fb7185", "#ffd5dc"),
    "missing": Tone("#14181d", "#ff6b63", "#ffd3d0"),
}
ON_LIGHT: Final = Ground(
    page="#ffffff",
    node="#f4f5f7",
    line="#6b7280",
    text="#1f2933",
    faint="#57606a",
    critical="#b45309",
    rule="#d8dde3",
)
ON_DARK: Final = Ground(
    page="#14181d",
    node="#21262d",
    line="#8b949e",
    text="#e6edf3",
    faint="#9ba5b0",
    critical="#f0883e",
    rule="#343b44",
)
