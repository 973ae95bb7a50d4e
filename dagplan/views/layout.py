"""Where the boxes and lines of a picture go: a layered layout, from left to right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dagplan.views.levels import Levels, Pair, levels
from dagplan.views.ordering import crossings, in_plan_order, untangled
from dagplan.views.placing import heights

Point = tuple[float, float]

_NARROWEST_GAP = 44.0
_WIDEST_GAP = 128.0


@dataclass(frozen=True, slots=True)
class Box:
    """Where a node stands.

    Attributes:
        x: Its left edge.
        y: Its upper edge.
        width: How wide it is.
        height: How high it is.
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Half way between its upper and its lower edge."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture before it is drawn; lengths in any unit, downwards from the upper left.

    Attributes:
        boxes: By node, where it stands.
        routes: By link, the points that it passes: level from the first to the second,
            then a bend to the third, level to the fourth, and so on, up to the left
            edge of the box that it enters.
        width: What all of it takes.
        height: What all of it takes.
        crossings: How many pairs of links cross.
    """

    boxes: tuple[Box, ...]
    routes: tuple[tuple[Point, ...], ...]
    width: float
    height: float
    crossings: int


def lay_out(
    widths: Sequence[float],
    links: Sequence[Pair],
    *,
    height: float = 44.0,
    gap: float = 18.0,
    plan_order: bool = False,
) -> Layout:
    """Place the nodes of a graph, cyclic or not, and route its links.

    Args:
        widths: By node, how wide it is.
        links: Indices of what is depended on and of what depends on it.
        height: How high every node is.
        gap: How far nodes of a column are apart.
        plan_order: Whether to leave nodes in their order, for comparison.
    """
    graph = levels(len(widths), links)
    order = in_plan_order(graph) if plan_order else untangled(graph)
    middle = heights(graph, order, height, gap)
    grid = _Grid.of(graph, order, middle, widths)
    boxes = tuple(
        Box(grid.left(node), round(middle[node] - height / 2, 1), width, height)
        for node, width in enumerate(widths)
    )
    return Layout(
        boxes,
        tuple(grid.route(path, boxes) for path in graph.paths),
        max((box.x + box.width for box in boxes), default=0.0),
        max(middle, default=-height / 2) + height / 2,
        crossings(graph, order),
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """The columns of a layout: of each vertex which, of each where."""

    column: Mapping[int, int]
    middle: Sequence[float]
    lefts: Sequence[float]
    rights: Sequence[float]

    @classmethod
    def of(
        cls,
        graph: Levels,
        order: Sequence[Sequence[int]],
        middle: Sequence[float],
        widths: Sequence[float],
    ) -> "_Grid":
        lefts, rights = [], []
        at = 0.0
        for column in order:
            lefts.append(at)
            at += max((widths[v] for v in column if v < graph.nodes), default=0.0)
            rights.append(at)
            climbs = (
                abs(middle[v] - middle[after])
                for v in column
                for after in graph.after[v]
            )
            # Steep lines need more room to be told apart.
            room = _NARROWEST_GAP + max(climbs, default=0.0) / 6
            at += round(min(room, _WIDEST_GAP))
        column_of = {v: index for index, column in enumerate(order) for v in column}
        return cls(column_of, middle, lefts, rights)

    def left(self, vertex: int) -> float:
        return self.lefts[self.column[vertex]]

    def right(self, vertex: int) -> float:
        return self.rights[self.column[vertex]]

    def route(self, path: Sequence[int], boxes: Sequence[Box]) -> tuple[Point, ...]:
        source, target = boxes[path[0]], boxes[path[-1]]
        points = [(source.x + source.width, source.middle)]
        for point in path[1:-1]:
            points.append((self.left(point), self.middle[point]))
            points.append((self.right(point), self.middle[point]))
        # Bends stand between columns, where no box can be: a narrow box is left level.
        points.insert(1, (self.right(path[0]), source.middle))
        return (*points, (target.x, target.middle))
