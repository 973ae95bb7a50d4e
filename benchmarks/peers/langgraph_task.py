"""LangGraph's functional interface: an `@entrypoint` whose steps are `@task`s."""

import asyncio  # noqa: TID251 - LangGraph runs on asyncio only
from typing import Any

from benchmarks.peers import SLOTS, Once, Work
from benchmarks.shapes import Graph


def prepare(steps: Graph, step: Work) -> Once:
    """Return a run in which each step is called once those it needs are done."""
    from langgraph.func import entrypoint, task

    @task
    async def work(index: int) -> int:
        await step(index)
        return index

    @entrypoint()
    async def whole(_: int) -> int:
        running: list[asyncio.Task[int]] = []

        async def after(index: int) -> int:
            if steps[index]:
                await asyncio.gather(*[running[needed] for needed in steps[index]])
            return await work(index)

        running.extend(asyncio.create_task(after(i)) for i in range(len(steps)))
        return len(await asyncio.gather(*running))

    # The entrypoint itself takes one.
    settings: Any = {"max_concurrency": SLOTS + 1}

    async def once() -> object:
        count = await whole.ainvoke(0, settings)
        assert count == len(steps)
        return count

    return once
