"""One step of an SVG picture: its box, its sign, its two lines of text."""

from math import ceil
from typing import Final

from dagplan.views.captions import caption, name_of
from dagplan.views.details import details
from dagplan.views.diagram import Node
from dagplan.views.layout import Box
from dagplan.views.measure import fit, text_width
from dagplan.views.palette import Look
from dagplan.views.signs import CRITICAL, FILLED, SIGNS
from dagplan.views.waterfall import duration
from dagplan.views.xml import element, lines, text

HEIGHT: Final = 44.0

_NARROWEST: Final = 96.0
_WIDEST: Final = 236.0
_INDENT: Final = 10.0
_SIGN: Final = 18.0
# Bold letters are wider than `measure` knows.
_BOLD: Final = 1.08
_ID: Final = 12.0
_SMALL: Final = 11.0
_COLUMNS: Final = 60
_STACK: Final = 3.0
_TIME: Final = 54.0


def look_of(node: Node) -> Look | None:
    """Return what a node looks like; None where only the plan is drawn."""
    return "missing" if node.step is None else node.status


def box_width(node: Node, *, timed: bool = False) -> float:
    """Return how wide a step's box has to be for its texts, within bounds.

    Args:
        node: The step.
        timed: As for `draw_box`.
    """
    aside = _aside_room(node, timed=timed)
    first = text_width(name_of(node), _ID * _BOLD) + _sign_room(node) + aside
    second = text_width(caption(node, _COLUMNS), _SMALL)
    wanted = max(first, second) + 2 * _INDENT
    return float(ceil(min(max(wanted, _NARROWEST), _WIDEST)))


def draw_box(node: Node, box: Box, *, timed: bool = False) -> str:
    """Draw a step at the origin, as large as the layout made it.

    Args:
        node: The step.
        box: Its place in the layout.
        timed: Whether to leave room for the time that it will take, for a picture in
            which a script writes it: nothing then has to move.
    """
    look = look_of(node)
    said = details(node)
    return element(
        "g",
        element("title", lines(said)),
        *_frames(node, box),
        _sign(look),
        # An element of its own cuts off what a font draws wider than was foreseen.
        element(
            "svg",
            *_texts(node, box, timed=timed),
            width=box.width - 2,
            height=box.height,
        ),
        class_=" ".join(("step", *([look] if look else []))),
        role="img",
        aria_label=said[:500],
        data_step=node.name,
    )


def draw_sign(look: Look) -> str:
    """Draw the sign of a status on a square of 16."""
    filled = " filled" if look in FILLED else ""
    return element("path", d=SIGNS[look], class_=f"sign{filled}")


def _frames(node: Node, box: Box) -> list[str]:
    """Draw the box, the two behind it where it stands for many, and what rings it."""
    shifts = (2 * _STACK, _STACK, 0.0) if node.each else (0.0,)
    frames = [
        element(
            "rect",
            class_="box",
            x=shift or None,
            y=shift or None,
            width=box.width,
            height=box.height,
            rx=6.0,
        )
        for shift in shifts
    ]
    if node.critical:
        ring = element(
            "rect",
            class_="ring",
            x=-3.0,
            y=-3.0,
            width=box.width + 6,
            height=box.height + 6,
            rx=9.0,
        )
        frames.append(ring)
    return frames


def _sign(look: Look | None) -> str:
    if look is None:
        return ""
    return element(
        "g", draw_sign(look), transform=f"translate({_INDENT:g} 7) scale(.8)"
    )


def _texts(node: Node, box: Box, *, timed: bool) -> list[str]:
    left = _INDENT + _sign_room(node)
    aside_room = _aside_room(node, timed=timed)
    room = box.width - left - _INDENT - aside_room
    name = fit(name_of(node), room, _ID * _BOLD)
    said = fit(caption(node, _COLUMNS), box.width - 2 * _INDENT, _SMALL)
    texts = [
        element("text", text(name), class_="id", x=left, y=18.0),
        element("text", text(said), class_="small", x=_INDENT, y=35.0),
    ]
    aside = _aside(node)
    if aside or timed:
        at = box.width - _INDENT
        texts.append(
            element("text", text(aside), class_="small end aside", x=at, y=18.0)
        )
    if node.critical:
        mark = element("path", d=CRITICAL, class_="mark")
        at = box.width - _INDENT - aside_room
        texts.append(element("g", mark, transform=f"translate({at:g} 8.5) scale(.65)"))
    return texts


def _sign_room(node: Node) -> float:
    return 0.0 if look_of(node) is None else _SIGN


def _aside(node: Node) -> str:
    """Return what stands at the right: how long it took, in how many attempts."""
    result = node.result
    if result is None:
        return ""
    parts = [f"↻{result.attempts}"] if result.attempts > 1 else []
    if result.started is not None and result.ended is not None:
        parts.append(duration(result.ended - result.started))
    return " ".join(parts)


def _aside_room(node: Node, *, timed: bool) -> float:
    aside = _aside(node)
    mark = 18.0 if node.critical else 0.0
    room = text_width(aside, _SMALL) + 8 if aside else 0.0
    return mark + (max(room, _TIME) if timed else room)
