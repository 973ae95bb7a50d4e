"""The steps that could start if there were room for them."""

from collections.abc import Callable, Iterable, Iterator
from heapq import heapify, heappop, heappush

from dagplan.scheduler.node import Node

# Late or not, longest remaining path, place in the plan, place in the list; then what
# tells a stale entry from the one that counts.
_Entry = tuple[bool, float, int, int, int, Node]


class ReadyQueue:
    """Ready steps, the most urgent first, in a lane for each tool.

    A tool that has no room holds up its own lane only. Entries of steps that have gone
    elsewhere meanwhile stay in their heap until they get to the top.
    """

    def __init__(self) -> None:
        self._lanes: dict[str | None, list[_Entry]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def push(self, node: Node) -> None:
        """Take a step in."""
        self._count += 1
        heappush(self._lane(node), _entry(node))

    def extend(self, nodes: Iterable[Node]) -> None:
        """Take many in at once."""
        for node in nodes:
            self._count += 1
            self._lane(node).append(_entry(node))
        for lane in self._lanes.values():
            heapify(lane)

    def remove(self, node: Node) -> None:
        """Take a step out that is in it."""
        self._count -= 1
        node.ticket += 1

    def pop(self, held: Callable[[str | None], bool]) -> Node | None:
        """Take out the most urgent step of those that may start.

        Args:
            held: Tells whether the steps of a tool have to wait.
        """
        if not self._count:
            return None
        for tool in self._by_urgency():
            if not held(tool):
                self._count -= 1
                node = heappop(self._lanes[tool])[-1]
                node.ticket += 1
                return node
        return None

    def take_all(self) -> list[Node]:
        """Take out all, in no order."""
        nodes = [
            entry[-1]
            for lane in self._lanes.values()
            for entry in lane
            if entry[-2] == entry[-1].ticket
        ]
        self._lanes.clear()
        self._count = 0
        return nodes

    def _lane(self, node: Node) -> list[_Entry]:
        tool = node.step.tool
        lane = self._lanes.get(tool)
        if lane is None:
            lane = self._lanes[tool] = []
        return lane

    def _by_urgency(self) -> Iterable[str | None]:
        lanes = self._lanes
        for lane in lanes.values():
            while lane and lane[0][-2] != lane[0][-1].ticket:
                heappop(lane)
        if len(lanes) == 1:
            return lanes
        return self._sorted()

    def _sorted(self) -> Iterator[str | None]:
        heads = sorted(
            (lane[0], tool or "") for tool, lane in self._lanes.items() if lane
        )
        for head, _ in heads:
            yield head[-1].step.tool


def _entry(node: Node) -> _Entry:
    order, index = node.order
    return (node.late, -node.rank, order, index, node.ticket, node)
