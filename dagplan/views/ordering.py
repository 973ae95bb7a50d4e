"""In which order the vertices of each column stand, so that few links cross."""

from bisect import bisect_right, insort
from collections.abc import Sequence
from math import inf

from dagplan.views.levels import Levels

Columns = Sequence[Sequence[int]]

# Swapping neighbours looks at pairs of links, so only where there are not many.
_SWAPS_UP_TO = 1_500
_ROUNDS_OF_SWAPS = 8


def in_plan_order(graph: Levels) -> list[list[int]]:
    """Order each column by the plan; points of links by the step that they leave."""
    rank = list(range(graph.nodes)) + [0] * (len(graph.before) - graph.nodes)
    for column in graph.columns:
        for vertex in column:
            if vertex >= graph.nodes:
                rank[vertex] = rank[graph.before[vertex][0]]
    return [sorted(column, key=rank.__getitem__) for column in graph.columns]


def untangled(graph: Levels, sweeps: int = 10) -> list[list[int]]:
    """Order each column so that few links cross.

    Each sweep goes through the columns, there and back, and sorts each by where its
    vertices' neighbours stand on average (barycentres: Sugiyama, Tagawa and Toda,
    1981), once beginning at the left and once at the right. In a small graph
    neighbours then change places as long as that helps. The best that occurred is
    taken; where nothing crosses, the search ends.

    Args:
        graph: The graph in columns.
        sweeps: The most sweeps, from either side.
    """
    best = in_plan_order(graph)
    fewest = crossings(graph, best)
    for forwards in (True, False):
        if fewest:
            found = _search(graph, sweeps, forwards=forwards)
            if (crossed := crossings(graph, found, fewest)) < fewest:
                best, fewest = found, crossed
    return best


def _search(graph: Levels, sweeps: int, *, forwards: bool) -> list[list[int]]:
    order = in_plan_order(graph)
    best, fewest = [*order], crossings(graph, order)
    for sweep in range(2 * sweeps):
        _sweep(graph, order, forwards=forwards == (sweep % 2 == 0))
        found = crossings(graph, order, fewest)
        if found < fewest:
            best, fewest = [*order], found
        if not fewest:
            return best
    if sum(map(len, graph.before)) <= _SWAPS_UP_TO:
        _swap(graph, best)
    return best


def crossings(graph: Levels, order: Columns, most: float = inf) -> int:
    """Count the pairs of links that cross between neighbouring columns.

    Args:
        graph: The graph in columns.
        order: Its columns from top to bottom.
        most: Where there are more, counting ends: any larger number is returned.
    """
    place = _places(graph, order)
    total = 0
    for column in order:
        ends: list[int] = []
        for vertex in column:
            after = graph.after[vertex]
            if len(after) == 1:
                targets = [place[after[0]]]
            else:
                targets = sorted([place[target] for target in after])
            for target in targets:
                total += len(ends) - bisect_right(ends, target)
            for target in targets:
                insort(ends, target)
        if total > most:
            break
    return total


def _places(graph: Levels, order: Columns) -> list[int]:
    place = [0] * len(graph.before)
    for column in order:
        for index, vertex in enumerate(column):
            place[vertex] = index
    return place


def _sweep(graph: Levels, order: list[list[int]], *, forwards: bool) -> None:
    place = _places(graph, order)
    near = graph.before if forwards else graph.after
    count = len(order)
    for index in range(1, count) if forwards else range(count - 2, -1, -1):
        column = order[index]
        beside = len(order[index - 1 if forwards else index + 1])
        # Where nothing pulls, a vertex stays at the height at which it stands.
        scale = beside / len(column)
        centre: dict[int, float] = {}
        for vertex in column:
            around = near[vertex]
            if len(around) == 1:  # as of all points of long links
                centre[vertex] = place[around[0]]
            elif around:
                centre[vertex] = sum([place[one] for one in around]) / len(around)
            else:
                centre[vertex] = place[vertex] * scale
        order[index] = sorted(column, key=centre.__getitem__)
        for at, vertex in enumerate(order[index]):
            place[vertex] = at


def _swap(graph: Levels, order: list[list[int]]) -> None:
    """Let neighbours change places wherever that leaves fewer crossings."""
    place = _places(graph, order)
    for _ in range(_ROUNDS_OF_SWAPS):
        improved = False
        for column in order:
            for index in range(len(column) - 1):
                upper, lower = column[index], column[index + 1]
                if _gain(graph, place, upper, lower) > 0:
                    column[index], column[index + 1] = lower, upper
                    place[upper], place[lower] = index + 1, index
                    improved = True
        if not improved:
            break


def _gain(graph: Levels, place: Sequence[int], upper: int, lower: int) -> int:
    """Return how many crossings fewer there are once two neighbours change places."""
    gain = 0
    for near in (graph.before, graph.after):
        for one in near[upper]:
            for other in near[lower]:
                gain += (place[one] > place[other]) - (place[one] < place[other])
    return gain
