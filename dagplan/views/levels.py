"""Which column each node of a picture stands in, and what a long link passes.

The first stage of a layered layout (Sugiyama, Tagawa and Toda, 1981): a node stands
one column after the last one that it depends on, and a link that spans several columns
gets a point to pass in each of those between.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Pair = tuple[int, int]
"""Indices of what is depended on and of what depends on it."""

_POINTS_PER_NODE = 3
_POINTS_ALWAYS = 2_000


@dataclass(frozen=True, slots=True)
class Levels:
    """A graph in columns; vertices are its nodes, then the points of long links.

    Attributes:
        nodes: How many vertices are nodes.
        columns: The vertices of each column, those of nodes first, as they came.
        before: By vertex, those in the column before that it is joined to.
        after: By vertex, those in the column after that it is joined to.
        paths: By link, the vertices that it passes, its ends included. A link that
            closes a cycle, or spans more columns than there is room to mind, has its
            ends only, and these are not joined.
    """

    nodes: int
    columns: tuple[tuple[int, ...], ...]
    before: tuple[tuple[int, ...], ...]
    after: tuple[tuple[int, ...], ...]
    paths: tuple[tuple[int, ...], ...]


def levels(count: int, links: Sequence[Pair]) -> Levels:
    """Put a graph, cyclic or not, in columns. The time is linear in what comes out.

    Links of one source that span several columns share their points: they run as one
    line and part where they must.
    """
    forward = _without_cycles(count, links)
    depth = _longest_paths(count, [links[i] for i in forward])
    columns: list[list[int]] = [[] for _ in range(max(depth, default=-1) + 1)]
    for node in range(count):
        columns[depth[node]].append(node)
    points = _points(depth, columns, links, forward)
    joined = set(forward)
    paths = [
        _path(pair, points.get(pair[0], ()), depth) if i in joined else pair
        for i, pair in enumerate(links)
    ]
    total = sum(map(len, columns))
    before: list[dict[int, None]] = [{} for _ in range(total)]
    after: list[dict[int, None]] = [{} for _ in range(total)]
    for i in forward:
        path = paths[i]
        if len(path) == depth[path[-1]] - depth[path[0]] + 1:
            for left, right in pairwise(path):
                before[right][left] = after[left][right] = None
    return Levels(count, _fixed(columns), _fixed(before), _fixed(after), _fixed(paths))


def _fixed(rows: Iterable[Iterable[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(map(tuple, rows))


def _without_cycles(count: int, links: Sequence[Pair]) -> list[int]:
    """Return the indices of links but those that lead back to where one came from."""
    outgoing: list[list[int]] = [[] for _ in range(count)]
    for i, (source, _) in enumerate(links):
        outgoing[source].append(i)
    kept: list[int] = []
    # 0 is new, 1 on the way here, 2 left behind.
    state = bytearray(count)
    for start in range(count):
        if state[start]:
            continue
        state[start] = 1
        stack = [(start, iter(outgoing[start]))]
        while stack:
            node, rest = stack[-1]
            for i in rest:
                target = links[i][1]
                if state[target] != 1:
                    kept.append(i)
                if not state[target]:
                    state[target] = 1
                    stack.append((target, iter(outgoing[target])))
                    break
            else:
                state[node] = 2
                stack.pop()
    return kept


def _longest_paths(count: int, links: Sequence[Pair]) -> list[int]:
    depth = [0] * count
    waits = [0] * count
    outgoing: list[list[int]] = [[] for _ in range(count)]
    for source, target in links:
        outgoing[source].append(target)
        waits[target] += 1
    ready = [node for node in range(count) if not waits[node]]
    for node in ready:
        for target in outgoing[node]:
            depth[target] = max(depth[target], depth[node] + 1)
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    return depth


def _points(
    depth: Sequence[int],
    columns: list[list[int]],
    links: Sequence[Pair],
    forward: Sequence[int],
) -> dict[int, range]:
    """Add points to the columns; those of each source follow one another."""
    reach: dict[int, int] = {}
    for i in forward:
        source, target = links[i]
        reach[source] = max(reach.get(source, 0), depth[target] - depth[source] - 1)
    count = len(depth)
    room = _POINTS_ALWAYS + _POINTS_PER_NODE * count
    points: dict[int, range] = {}
    # The shortest first: where room is short, most links still get their points.
    for source in sorted(reach, key=reach.__getitem__):
        if reach[source] > room:
            break
        room -= reach[source]
        points[source] = range(count, count + reach[source])
        count += reach[source]
        for column, point in enumerate(points[source], depth[source] + 1):
            columns[column].append(point)
    return points


def _path(pair: Pair, points: Sequence[int], depth: Sequence[int]) -> tuple[int, ...]:
    source, target = pair
    return (source, *points[: depth[target] - depth[source] - 1], target)
