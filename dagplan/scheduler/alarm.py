"""Wakes the machine at the moments it asks for."""

from collections.abc import Callable
from math import inf

import anyio


class Alarm:
    """Calls a function at a moment that may be moved forward at any time.

    Args:
        ring: Called when the moment has come; returns the next one, on the clock of
            `anyio.current_time()`; infinity for none.
    """

    def __init__(self, ring: Callable[[], float]) -> None:
        self._ring = ring
        self._at = inf
        self._sleep = anyio.CancelScope()
        self._life = anyio.CancelScope(shield=True)

    def set(self, at: float) -> None:
        """Ring at a moment, if it is not to ring before anyway.

        A later moment is not set: the alarm then rings for nothing once, which costs
        less than moving it whenever an attempt ends before its timeout.
        """
        if at < self._at:
            self._at = self._sleep.deadline = at

    async def run(self) -> None:
        """Keep time until `end`; cancellation from outside does not reach it.

        While a run is being left there still are attempts to be watched.
        """
        with self._life:
            while True:
                with anyio.CancelScope(deadline=self._at) as self._sleep:
                    await anyio.sleep_forever()
                self._at = inf
                self.set(self._ring())

    def end(self) -> None:
        """Stop keeping time."""
        self._life.cancel()
