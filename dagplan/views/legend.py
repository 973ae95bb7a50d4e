"""What the signs of an SVG picture mean, in shapes and in words."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, get_args

from dagplan.events import StepStatus
from dagplan.views.boxes import draw_sign, look_of
from dagplan.views.diagram import Diagram
from dagplan.views.measure import text_width
from dagplan.views.palette import Look
from dagplan.views.signs import CRITICAL
from dagplan.views.xml import element, number, text

Entry = tuple[str, str]
"""The markup of a sign on a square of 16, and what it means."""

_ROW: Final = 20.0
_LOOKS: Final[tuple[Look, ...]] = (*get_args(StepStatus), "missing")


def entries(drawn: Diagram, *, counted: bool = True) -> list[Entry]:
    """Explain what occurs in a picture of a plan.

    Args:
        drawn: The picture.
        counted: Whether to say how many steps stand where.
    """
    counts = _counts(drawn) if counted else []
    found = [
        (element("g", draw_sign(look), class_=look), f"{count:,} {_named(look)}")
        for look, count in counts
    ]
    if any(node.critical for node in drawn.nodes):
        found.append((element("path", d=CRITICAL, class_="mark"), "critical path"))
    if any(not link.required for link in drawn.links):
        dashes = element("path", d="M-6 8H16", class_="link optional")
        found.append((dashes, "optional"))
    if any(node.each for node in drawn.nodes):
        found.append((_stack(), "once per item"))
    return found


def spoken(drawn: Diagram) -> str:
    """Say in one sentence what a picture of a plan shows."""
    steps = sum(node.step is not None for node in drawn.nodes)
    counts = ", ".join(f"{count:,} {_named(look)}" for look, count in _counts(drawn))
    return f"Plan of {steps:,} steps{f': {counts}' if counts else ''}"


def draw_legend(
    explained: Sequence[Entry], top: float, width: float
) -> tuple[list[str], float]:
    """Draw entries side by side, in as many rows as they need.

    Returns:
        The markup, and where it ends.
    """
    if not explained:
        return [], top
    drawn: list[str] = []
    x, y = 0.0, top
    for sign, said in explained:
        room = 22 + text_width(said, 11) + 18
        if x and x + room > width:
            x, y = 0.0, y + _ROW
        at = f"translate({number(x + 6)} {number(y)})"
        label = element("text", text(said), class_="small faint", x=20.0, y=10.0)
        small = element("g", sign, transform="scale(.75)")
        drawn.append(element("g", small, label, transform=at))
        x += room
    return drawn, y + _ROW


def _counts(drawn: Diagram) -> list[tuple[Look, int]]:
    counts = Counter(look_of(node) for node in drawn.nodes)
    return [(look, counts[look]) for look in _LOOKS if counts[look]]


def _named(look: Look) -> str:
    return "not in the plan" if look == "missing" else look


def _stack() -> str:
    rects = (
        element("rect", class_="box", x=at, y=at, width=11.0, height=8.0, rx=2.0)
        for at in (5.0, 3.0, 1.0)
    )
    return element("g", *rects)
