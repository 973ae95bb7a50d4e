"""Where the lines of a text drawing go: one row per step, one lane per value.

A step's value leaves it downwards, in the step's own column, as far as the last step
that reads it; it enters a reader sideways, in the reader's row. So one lane serves
all readers, and what stands above a step never feeds it unless a line says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

Dependencies = Mapping[str, Mapping[str, bool]]
"""Ids that each step waits for, and whether each is required."""


@dataclass(frozen=True, slots=True)
class Tap:
    """A lane that is read in a row.

    Attributes:
        required: Whether the reader cannot do without it.
        ends: Whether this is its last reader.
    """

    required: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a drawing.

    Attributes:
        step: Id of the step.
        column: The column in which it stands.
        lanes: Columns of the lanes that come from above.
        taps: Those of them that this step reads.
        named: Ids of dependencies that have no lane.
    """

    step: str
    column: int
    lanes: tuple[int, ...]
    taps: Mapping[int, Tap]
    named: tuple[str, ...]


def reading_order(dependencies: Dependencies) -> list[str]:
    """Order steps so that each comes soon after what it depends on.

    That is a topological order, depth first from the steps that nobody waits for,
    deepest branch first, else as planned. Layer by layer, all lookups would come
    before the first step that uses one, and their lanes would fill the page.
    Where there is a cycle, some step comes before what it waits for.
    """
    read = {name for needs in dependencies.values() for name in needs}
    ends = [step for step in dependencies if step not in read]
    height: dict[str, int] = {}
    # The second round finds the steps that only a cycle leads to.
    for step in _postorder([*ends, *dependencies], dependencies):
        needs = dependencies[step]
        height[step] = 1 + max((height.get(name, 0) for name in needs), default=0)
    deepest_first = {
        step: sorted(needs, key=lambda name: -height.get(name, 0))
        for step, needs in dependencies.items()
    }
    return list(_postorder([*ends, *dependencies], deepest_first))


def _postorder(
    starts: Sequence[str], edges: Mapping[str, Mapping[str, bool] | list[str]]
) -> Iterator[str]:
    seen: set[str] = set()
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(edges[start]))]
        while stack:
            step, rest = stack[-1]
            for name in rest:
                if name in edges and name not in seen:
                    seen.add(name)
                    stack.append((name, iter(edges[name])))
                    break
            else:
                stack.pop()
                yield step


def lay_out(dependencies: Dependencies, columns: int) -> list[Row]:
    """Give each step a row and, while there is room, each value a lane.

    Args:
        dependencies: Dependencies of each step; unknown ids are named, not drawn.
        columns: Most lanes side by side; steps use one column more.
    """
    order = reading_order(dependencies)
    ends = _lane_ends(order, dependencies, columns)
    board = _Board(columns)
    return [board.place(step, dependencies[step], ends) for step in order]


def _lane_ends(
    order: Sequence[str], dependencies: Dependencies, columns: int
) -> dict[str, str]:
    """Choose the values that get a lane, and find the last reader of each."""
    last: dict[str, str] = {}
    placed: set[str] = set()
    for step in order:
        needs = dependencies[step]
        # More lines than fit into one row: this step names them all.
        if len(needs) <= columns:
            last.update((name, step) for name in needs if name in placed)
        placed.add(step)
    return _within(order, last, columns)


def _within(
    order: Sequence[str], last: Mapping[str, str], columns: int
) -> dict[str, str]:
    """Leave out lanes, the longest first, until at most `columns` are open at once."""
    row_of = {step: row for row, step in enumerate(order)}
    kept = dict(last)
    closing = [0] * (len(order) + 1)
    longest: list[tuple[int, int]] = []
    lanes = 0
    for row, step in enumerate(order):
        if step in last:
            end = row_of[last[step]]
            heappush(longest, (-end, row))
            closing[end] += 1
            lanes += 1
        if lanes > columns:
            end, start = heappop(longest)
            closing[-end] -= 1
            lanes -= 1
            del kept[order[start]]
        lanes -= closing[row]
    return kept


class _Board:
    """The lanes that are open, row by row."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.open: dict[str, int] = {}

    def place(
        self, step: str, needs: Mapping[str, bool], ends: Mapping[str, str]
    ) -> Row:
        lanes = tuple(self.open.values())
        drawn = {} if len(needs) > self.columns else needs
        taps = {
            self.open[name]: Tap(required, ends[name] == step)
            for name, required in drawn.items()
            if name in self.open
        }
        named = tuple(n for n in needs if n not in drawn or n not in self.open)
        column = self._column(lanes, taps, room=self.columns + (step not in ends))
        for name in needs:
            if ends.get(name) == step:
                del self.open[name]
        if step in ends:
            self.open[step] = column
        return Row(step, column, lanes, taps, named)

    def _column(self, lanes: Sequence[int], taps: Mapping[int, Tap], room: int) -> int:
        """Choose right of all lanes, else right of what is read, else any."""
        after = max(lanes, default=-1) + 1
        if after < room:
            return after
        free = [column for column in range(room) if column not in lanes]
        right = max(taps, default=-1)
        return next((column for column in free if column > right), free[0])
