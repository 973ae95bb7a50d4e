"""The element that holds an SVG picture."""

from collections.abc import Sequence
from typing import Final

from dagplan.views.layout import Point
from dagplan.views.sheet import ROOT, sheet
from dagplan.views.xml import element, number

_MARGIN: Final = 20.0


def framed(body: Sequence[str], size: Point, label: str, *, styled: bool) -> str:
    """Put a drawing into an element of its own, on a ground of its own.

    Args:
        body: The drawing, from 0 to `size`.
        size: Its width and its height.
        label: What it shows, in one sentence.
        styled: Whether to put the style sheet in; a page may have it already.
    """
    width, height = with_margins(size)
    return element(
        "svg",
        element("style", sheet()) if styled else "",
        element("rect", class_="page", width=width, height=height, rx=6.0),
        element("g", *body, transform=f"translate({_MARGIN:g} {_MARGIN:g})"),
        xmlns="http://www.w3.org/2000/svg",
        class_=ROOT,
        width=width,
        height=height,
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="group",
        aria_label=label,
    )


def with_margins(size: Point) -> Point:
    """Return how large the picture is of a drawing of that size."""
    return size[0] + 2 * _MARGIN, size[1] + 2 * _MARGIN
