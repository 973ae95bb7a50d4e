"""What is to be done at which moment."""

from collections.abc import Callable
from heapq import heappop, heappush
from math import inf


class Timer:
    """One thing to do at one moment, unless it is called off before.

    Attributes:
        at: Seconds since the run began.
        do: What to do.
        off: Whether it has been called off.
    """

    __slots__ = ("at", "do", "off")

    def __init__(self, at: float, do: Callable[[], None]) -> None:
        self.at = at
        self.do = do
        self.off = False


class Timers:
    """All timers of a run, the earliest first.

    A timer that is called off stays in the heap until it gets to the top: most attempts
    end before their timeout, and looking for theirs would cost more than keeping it.

    Attributes:
        heap: When, in which order they came, and what; empty where there is none.
    """

    def __init__(self) -> None:
        self.heap: list[tuple[float, int, Timer]] = []
        self._added = 0

    def add(self, at: float, do: Callable[[], None]) -> Timer:
        """Have something done at a moment; of several in the order in which they came.

        Args:
            at: Seconds since the run began.
            do: What to do.
        """
        timer = Timer(at, do)
        self._added += 1
        heappush(self.heap, (at, self._added, timer))
        return timer

    @property
    def next(self) -> float:
        """The moment of the earliest timer, infinity without one."""
        heap = self.heap
        while heap:
            if not heap[0][2].off:
                return heap[0][0]
            heappop(heap)
        return inf

    def run(self, now: float) -> None:
        """Do all that is due, what becomes due by it included."""
        while self.next <= now:
            timer = heappop(self.heap)[2]
            timer.off = True
            timer.do()
