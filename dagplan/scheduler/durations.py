"""How long the steps of a tool take, learned while a run goes on."""

from bisect import bisect_left, insort
from collections import deque
from math import ceil

ENOUGH = 10
"""Durations of which a quantile says something."""
_MOST = 256  # the latest ones, so that the cost of one more does not grow with the run


class Durations:
    """The latest durations of each tool, in seconds."""

    def __init__(self) -> None:
        self._latest: dict[str | None, deque[float]] = {}
        self._sorted: dict[str | None, list[float]] = {}

    def add(self, tool: str | None, seconds: float) -> bool:
        """Learn one; tells whether there have become enough just now."""
        latest = self._latest.setdefault(tool, deque())
        ordered = self._sorted.setdefault(tool, [])
        if len(latest) == _MOST:
            del ordered[bisect_left(ordered, latest.popleft())]
        latest.append(seconds)
        insort(ordered, seconds)
        return len(latest) == ENOUGH

    def quantile(self, tool: str | None, part: float) -> float | None:
        """Return the seconds within which so large a part of them ended.

        Args:
            tool: Name of the tool; None for agent steps.
            part: Above 0 and below 1.

        Returns:
            None while too few are known.
        """
        ordered = self._sorted.get(tool, ())
        if len(ordered) < ENOUGH:
            return None
        return ordered[min(len(ordered), ceil(part * len(ordered))) - 1]
