"""The steps that could start if there were room for them."""

from collections.abc import Callable, Iterable
from heapq import heappop, heappush

from dagplan.scheduler.node import Node

# Late or not, how often refused, longest remaining path, place in the plan, place in the
# list; then what tells a stale entry from the one that counts. Those that were refused
# often come last, so that no step pays with all its attempts for finding out whether a
# provider answers again. The id and not the node: Python's garbage collector need not
# go through tuples of numbers and texts.
_Entry = tuple[bool, int, float, int, int, int, str]


class _Lane:
    """Entries of one tool, the most urgent first.

    What comes in bulk, as a wide plan does, is sorted once and taken from its end: a
    heap of so many would have to be walked for each.

    Attributes:
        bulk: What came together, the most urgent last.
        heap: What came one by one.
    """

    __slots__ = ("bulk", "heap")

    def __init__(self) -> None:
        self.bulk: list[_Entry] = []
        self.heap: list[_Entry] = []

    def __len__(self) -> int:
        return len(self.bulk) + len(self.heap)

    @property
    def top(self) -> _Entry:
        bulk, heap = self.bulk, self.heap
        return bulk[-1] if bulk and not (heap and heap[0] < bulk[-1]) else heap[0]

    def pop(self) -> _Entry:
        bulk, heap = self.bulk, self.heap
        if not bulk or (heap and heap[0] < bulk[-1]):
            return heappop(heap)
        return bulk.pop()


class ReadyQueue:
    """Ready steps, the most urgent first, in a lane for each tool.

    A tool that has no room holds up its own lane only. Entries of steps that have gone
    elsewhere meanwhile stay in their heap until they get to the top.

    Attributes:
        count: How many steps are in it.
    """

    def __init__(self) -> None:
        self.count = 0
        self._lanes: dict[str | None, _Lane] = {}
        self._nodes: dict[str, Node] = {}
        self._stale = 0

    def push(self, node: Node) -> None:
        """Take a step in."""
        self.count += 1
        self._nodes[node.id] = node
        lane = self._lanes.get(node.tool)
        if lane is None:
            lane = self._lanes[node.tool] = _Lane()
        heappush(lane.heap, _entry(node))

    def extend(self, nodes: Iterable[Node]) -> None:
        """Take many in at once."""
        for node in nodes:
            self.count += 1
            self._nodes[node.id] = node
            lane = self._lanes.get(node.tool)
            if lane is None:
                lane = self._lanes[node.tool] = _Lane()
            lane.bulk.append(_entry(node))
        for lane in self._lanes.values():
            lane.bulk.sort(reverse=True)

    def remove(self, node: Node) -> None:
        """Take a step out that is in it."""
        self.count -= 1
        del self._nodes[node.id]
        node.ticket += 1
        self._stale += 1

    def pop(self, may_start: Callable[[str | None], bool]) -> Node | None:
        """Take out the most urgent step of those that may start.

        Args:
            may_start: Tells whether a step of a tool may; asked about each tool once,
                and not again after it said yes.
        """
        if self._stale:
            self._drop_stale()
        lanes: Iterable[tuple[str | None, _Lane]] = self._lanes.items()
        if len(self._lanes) > 1:
            lanes = sorted([item for item in lanes if item[1]], key=_urgency)
        for tool, lane in lanes:
            if (lane.bulk or lane.heap) and may_start(tool):
                self.count -= 1
                node = self._nodes.pop(lane.pop()[-1])
                node.ticket += 1
                return node
        return None

    def take_all(self) -> list[Node]:
        """Take out all, in no order."""
        nodes = [*self._nodes.values()]
        self._nodes.clear()
        self._lanes.clear()
        self.count = self._stale = 0
        return nodes

    def _drop_stale(self) -> None:
        """Take stale entries off the tops of the lanes."""
        for lane in self._lanes.values():
            while lane:
                ticket, step_id = lane.top[-2:]
                node = self._nodes.get(step_id)
                if node is not None and node.ticket == ticket:
                    break
                lane.pop()
                self._stale -= 1


def _urgency(item: tuple[str | None, _Lane]) -> _Entry:
    return item[1].top


def _entry(node: Node) -> _Entry:
    return (
        node.late,
        node.refusals,
        -node.rank,
        node.place,
        node.index,
        node.ticket,
        node.id,
    )
