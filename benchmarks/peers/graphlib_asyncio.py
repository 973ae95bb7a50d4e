"""The standard library: `TopologicalSorter` says what is ready, asyncio runs it."""

import asyncio  # noqa: TID251 - the peer is asyncio itself
from graphlib import TopologicalSorter

from benchmarks.peers import SLOTS, Once, Work
from benchmarks.shapes import Graph


def prepare(steps: Graph, step: Work) -> Once:
    """Return a run with a task for each step, 16 at a time."""

    async def work(index: int) -> int:
        await step(index)
        return index

    async def once() -> None:
        sorter = TopologicalSorter(dict(enumerate(steps)))
        sorter.prepare()
        ready: list[int] = []
        running: set[asyncio.Task[int]] = set()
        while sorter.is_active():
            ready.extend(sorter.get_ready())
            while ready and len(running) < SLOTS:
                running.add(asyncio.create_task(work(ready.pop())))
            done, running = await asyncio.wait(
                running, return_when=asyncio.FIRST_COMPLETED
            )
            sorter.done(*[task.result() for task in done])

    return once
