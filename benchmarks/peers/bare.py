"""The least that running a graph takes: 16 tasks, one heap, in-degrees, nothing else.

No events, no results, no failures, no limits, no cancellation of a single step.
"""

from heapq import heappop, heappush

import anyio

from benchmarks.peers import SLOTS, Once, Work
from benchmarks.shapes import Graph


def prepare(steps: Graph, step: Work) -> Once:
    """Return a run of the loop; counting the in-degrees is part of it."""

    async def once() -> None:
        loop = _Loop(steps, step)
        async with anyio.create_task_group() as tasks:
            for _ in range(SLOTS):
                tasks.start_soon(loop.work)

    return once


class _Loop:
    def __init__(self, steps: Graph, step: Work) -> None:
        self.step = step
        self.left = len(steps)
        self.missing = [len(needed) for needed in steps]
        self.dependents: list[list[int]] = [[] for _ in steps]
        for index, needed in enumerate(steps):
            for dependency in needed:
                self.dependents[dependency].append(index)
        # In order of their index, which is a heap already.
        self.ready = [index for index, count in enumerate(self.missing) if not count]
        self.idle: list[anyio.Event] = []

    async def work(self) -> None:
        ready, missing, step = self.ready, self.missing, self.step
        while self.left:
            if not ready:
                await self.wait()
                continue
            index = heappop(ready)
            await step(index)
            self.left -= 1
            for dependent in self.dependents[index]:
                missing[dependent] -= 1
                if not missing[dependent]:
                    heappush(ready, dependent)
            if self.idle:
                self.wake()

    async def wait(self) -> None:
        event = anyio.Event()
        self.idle.append(event)
        await event.wait()

    def wake(self) -> None:
        # Whoever calls this takes one of the ready steps itself.
        wanted = len(self.ready) - 1 if self.left else len(self.idle)
        while wanted > 0 and self.idle:
            self.idle.pop().set()
            wanted -= 1
