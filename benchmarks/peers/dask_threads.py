"""dask's scheduler for threads.

Its steps are plain functions, so the coroutine function is not run: the step is an
empty function in one of 16 threads.
"""

from benchmarks.peers import SLOTS, Once, Work
from benchmarks.shapes import Graph


def prepare(steps: Graph, _: Work) -> Once:
    """Return a run of `dask.threaded.get` that asks for every last step."""
    from dask.threaded import get

    tasks = {
        f"s{index}": (_nothing, [f"s{dependency}" for dependency in needed])
        for index, needed in enumerate(steps)
    }
    needed_by_some = {index for needed in steps for index in needed}
    last = [f"s{i}" for i in range(len(steps)) if i not in needed_by_some]

    async def once() -> object:
        return get(tasks, last, num_workers=SLOTS)

    return once


def _nothing(_: object) -> None:
    return None
