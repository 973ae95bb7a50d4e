"""How high each vertex stands: near its neighbours, so that links run straight."""

from collections.abc import Sequence
from statistics import median

from dagplan.views.levels import Levels

_SWEEPS = 4
_PULL_OF_A_POINT = 16.0
_KINK = 9.0


def heights(
    graph: Levels, order: Sequence[Sequence[int]], height: float, gap: float
) -> list[float]:
    """Find the middle of each vertex, downwards from 0.

    Sweeps through the columns, there and back, move each vertex to the median of its
    neighbours, as near as the distances and the order within its column allow: a least
    squares problem that pooling neighbours solves exactly in linear time (isotonic
    regression: Barlow and others, 1972). Points of long links pull hardest, which keeps
    these straight.

    Args:
        graph: The graph in columns.
        order: Its columns from top to bottom.
        height: How high a node is.
        gap: How far nodes of a column are apart, from edge to edge.
    """
    offsets = [_offsets(column, graph.nodes, height, gap) for column in order]
    middle = [0.0] * len(graph.before)
    for column, stacked in zip(order, offsets, strict=True):
        shift = stacked[-1] / 2 if stacked else 0.0
        for vertex, offset in zip(column, stacked, strict=True):
            middle[vertex] = offset - shift
    for sweep in range(2 * _SWEEPS + 1):
        forwards = sweep % 2 == 0
        near = graph.before if forwards else graph.after
        for index in range(len(order)) if forwards else reversed(range(len(order))):
            _settle(order[index], offsets[index], near, graph.nodes, middle)
    for column, stacked in zip(order, offsets, strict=True):
        _straighten(column, stacked, graph.before, middle)
    top = min(middle, default=0.0) - height / 2
    return [round(at - top, 1) for at in middle]


def _straighten(
    column: Sequence[int],
    offsets: Sequence[float],
    before: Sequence[Sequence[int]],
    middle: list[float],
) -> None:
    """Take out the kinks that are too small to mean anything, where there is room."""
    last = len(column) - 1
    for index, vertex in enumerate(column):
        around = (middle[other] for other in before[vertex])
        at = min(around, key=lambda y: abs(y - middle[vertex]), default=None)
        if at is None or abs(at - middle[vertex]) > _KINK:
            continue
        above, below = index and column[index - 1], column[min(index + 1, last)]
        too_high = index and at - middle[above] < offsets[index] - offsets[index - 1]
        too_low = (
            index < last and middle[below] - at < offsets[index + 1] - offsets[index]
        )
        if not too_high and not too_low:
            middle[vertex] = at


def _offsets(
    column: Sequence[int], nodes: int, height: float, gap: float
) -> list[float]:
    """Return how far below the first vertex each other one stands at least."""
    offsets: list[float] = []
    at = 0.0
    for index, vertex in enumerate(column):
        if index:
            boxes = (column[index - 1] < nodes) + (vertex < nodes)
            # Lines may stand closer to one another than boxes.
            at += boxes * height / 2 + (gap if boxes else gap * 0.75)
        offsets.append(at)
    return offsets


def _settle(
    column: Sequence[int],
    offsets: Sequence[float],
    near: Sequence[Sequence[int]],
    nodes: int,
    middle: list[float],
) -> None:
    """Move a column's vertices as near to their neighbours' medians as they can."""
    # Each pool is a run of vertices that touch: their pull, and its mean.
    pools: list[tuple[float, float, int]] = []
    for vertex, offset in zip(column, offsets, strict=True):
        around = near[vertex]
        wanted = median(middle[other] for other in around) if around else middle[vertex]
        pull = _PULL_OF_A_POINT if vertex >= nodes else 1.0 + len(around)
        mean, count = wanted - offset, 1
        while pools and pools[-1][1] > mean:
            pulled, other, many = pools.pop()
            mean = (mean * pull + other * pulled) / (pull + pulled)
            pull, count = pull + pulled, count + many
        pools.append((pull, mean, count))
    index = 0
    for _, mean, count in pools:
        for _ in range(count):
            middle[column[index]] = mean + offsets[index]
            index += 1
