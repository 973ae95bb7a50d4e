"""The same graph of the same steps, run by dagplan and by others.

Each module has one function `prepare(steps, step)`. It builds, outside the time that is
measured, what its library wants to be given: a `Plan`, a dict of tasks, a compiled
graph. It returns a coroutine function that runs all of it once, at most 16 steps at a
time, and that is what is timed.

Objects:
    `Work`: one step, the same coroutine function for all of them.
    `bare`: what any of them has to do at least; what the others are measured by.
    `dagplan_plan`: `execute_plan` as users call it, its check of the plan included.
    `graphlib_asyncio`, `dask_threads`, `langgraph_send`, `langgraph_task`: the peers.

Libraries are imported inside `prepare`, so that a process loads only its own.
"""

from collections.abc import Awaitable, Callable, Coroutine
from importlib import import_module
from typing import Any

from benchmarks.shapes import Graph

SLOTS = 16
PEERS = ("graphlib_asyncio", "dask_threads", "langgraph_send", "langgraph_task")

Work = Callable[[object], Coroutine[Any, Any, None]]
Once = Callable[[], Awaitable[object]]


def prepare(name: str, steps: Graph, step: Work) -> Once:
    """Return what runs the graph once, by one of the modules in here."""
    once: Once = import_module(f"{__name__}.{name}").prepare(steps, step)
    return once
