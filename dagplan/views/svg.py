"""The plan as an SVG picture."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dagplan.events import StepResult
from dagplan.plan.model import Plan
from dagplan.views.boxes import HEIGHT, box_width, draw_box
from dagplan.views.details import clipped
from dagplan.views.diagram import Diagram, Link, diagram
from dagplan.views.frame import framed
from dagplan.views.layout import Box, Layout, Point, lay_out
from dagplan.views.legend import Entry, draw_legend, entries, spoken
from dagplan.views.measure import fit
from dagplan.views.xml import element, lines, number, text

_NARROWEST: Final = 420.0
_TIP: Final = 7.0


def to_svg(plan: Plan, results: Mapping[str, StepResult] | None = None) -> str:
    """Draw a plan as one SVG element, from left to right.

    A step stands one column after the last one that it needs, so what stands in the
    first column can begin at once. Optional dependencies are dashed, `for_each` steps
    are stacks, statuses are told by sign and colour. Where the results have times, the
    critical path is drawn thick: what ended last, what that waited for longest, and so
    on back. A pointer over a step shows all of it. Any plan can be drawn, also one that
    `Plan.check` refuses: a dependency that closes a cycle is red, one that no step has
    is a dashed box. Colours follow `prefers-color-scheme`.

    Args:
        plan: The plan.
        results: Where its steps stand, those of `for_each` items included; steps that
            are missing are waiting. None draws the plan alone.
    """
    return picture(diagram(plan, results), plan.answer)


@dataclass(frozen=True, slots=True)
class Picture:
    """A plan as it was drawn, in pieces: a page can change those that are not the same.

    Attributes:
        size: Its width and its height, without the margins of `framed`.
        label: What it shows, in one sentence.
        lines: Markup of the links, below everything else.
        boxes: By generated name of a step: where its box stands, as a `transform`, and
            its markup, which is the same wherever it stands.
        rest: Markup of what stands below the plan: its answer, the legend.
    """

    size: Point
    label: str
    lines: str
    boxes: Mapping[str, tuple[str, str]]
    rest: str

    def markup(self, *, styled: bool) -> str:
        """Return it whole.

        Args:
            styled: Whether to put the style sheet in; a page may have it already.
        """
        boxes = (
            element("g", markup, transform=place, class_="place")
            for place, markup in self.boxes.values()
        )
        layers = (
            element("g", self.lines, class_="lines"),
            element("g", *boxes, class_="boxes"),
            element("g", self.rest, class_="rest"),
        )
        return framed(layers, self.size, self.label, styled=styled)


def picture(
    drawn: Diagram, answer: str | None, *, styled: bool = True, timed: bool = False
) -> str:
    """Draw nodes and links that were read already.

    Args:
        drawn: What to draw.
        answer: Template of the answer; None leaves it out.
        styled: Whether to put the style sheet in; a page may have it already.
        timed: Whether to leave room for times that a script will write.
    """
    return pieces(drawn, answer, timed=timed).markup(styled=styled)


def pieces(drawn: Diagram, answer: str | None, *, timed: bool = False) -> Picture:
    """Draw nodes and links piece by piece.

    Args:
        drawn: What to draw.
        answer: Template of the answer; None leaves it out.
        timed: Whether a script will change it: there is room for times then, and no
            count of what stands where.
    """
    widths = [box_width(node, timed=timed) for node in drawn.nodes]
    links = [(link.source, link.target) for link in drawn.links]
    placed = lay_out(widths, links, height=HEIGHT)
    width = max(placed.width, _NARROWEST)
    legend = entries(drawn, counted=not timed)
    rest, bottom = _below(drawn, answer, legend, (width, placed.height))
    boxes = {
        node.name: (f"translate({box.x:g} {box.y:g})", draw_box(node, box, timed=timed))
        for node, box in zip(drawn.nodes, placed.boxes, strict=True)
    }
    lines = "".join((*_links(drawn.links, placed), *_tips(drawn, placed)))
    return Picture((width, bottom), spoken(drawn), lines, boxes, rest)


def _below(
    drawn: Diagram, answer: str | None, explained: Sequence[Entry], size: Point
) -> tuple[str, float]:
    """Write what stands below the boxes; return where it ends as well."""
    width, height = size
    written: list[str] = []
    at = height + 22 if drawn.nodes else 0.0
    if not drawn.nodes:
        written.append(_faint("(no steps)", at + 12, width))
        at += 22
    if answer is not None:
        written.append(_faint(f"answer: {answer}", at + 10, width, whole=answer))
        at += 24
    legend, at = draw_legend(explained, at, width)
    return "".join((*written, *legend)), at


def _faint(said: str, y: float, width: float, whole: str = "") -> str:
    short = text(fit(said[:1000].replace("\n", " "), width, 12))
    title = element("title", lines(clipped(whole))) if whole else ""
    written = element("text", short, class_="faint", y=y)
    return element("g", title, written) if title else written


def _links(links: Sequence[Link], placed: Layout) -> Iterator[str]:
    # The critical path comes last, on top of all that it crosses.
    for index in sorted(range(len(links)), key=lambda i: links[i].critical):
        link, route = links[index], placed.routes[index]
        looks = ["link"]
        looks += ["critical"] if link.critical else []
        looks += [] if link.required else ["optional"]
        looks += ["back"] if _leads_back(link, placed.boxes) else []
        yield element(
            "path",
            d=_curve(route),
            class_=" ".join(looks),
            data_from=f"n{link.source}",
            data_to=f"n{link.target}",
            aria_hidden=True,
        )


def _leads_back(link: Link, boxes: Sequence[Box]) -> bool:
    return boxes[link.target].x <= boxes[link.source].x


def _curve(route: Sequence[Point]) -> str:
    """Write a path: level through columns, with a bend in each gap between them."""
    (x, y), *rest = route
    written = [f"M{number(x)} {number(y)}"]
    for bends, (next_x, next_y) in enumerate(rest):
        if next_y == y:
            written.append(f"H{number(next_x)}")
        elif bends % 2:
            half = number((x + next_x) / 2)
            written.append(
                f"C{half} {number(y)} {half} {number(next_y)} "
                f"{number(next_x)} {number(next_y)}"
            )
        x, y = next_x, next_y
    return "".join(written)


def _tips(drawn: Diagram, placed: Layout) -> Iterator[str]:
    """Draw the heads of arrows: one for all that enter a box, since they meet there."""
    entered: dict[int, bool] = {}
    for link in drawn.links:
        entered[link.target] = entered.get(link.target, False) or link.critical
    for target, critical in entered.items():
        box = placed.boxes[target]
        x, y = box.x, box.middle
        yield element(
            "path",
            d=f"M{number(x - _TIP)} {number(y - 4)}L{number(x)} {number(y)}"
            f"L{number(x - _TIP)} {number(y + 4)}Z",
            class_="tip critical" if critical else "tip",
            aria_hidden=True,
        )
