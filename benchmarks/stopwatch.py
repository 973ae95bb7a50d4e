"""What one cell of `overhead` does in its own process: take the time, or the memory."""

import gc
import tracemalloc
from time import perf_counter, process_time

import anyio
import anyio.lowlevel

from benchmarks.peers import Once, Work, prepare
from benchmarks.shapes import Shape, graph

_WARM_UP = 200  # steps that are run before the clock is looked at


async def yields_once(_: object) -> None:
    """Do nothing, and let the event loop turn once: the least that real steps do."""
    await anyio.lowlevel.checkpoint()


async def never_yields(_: object) -> None:
    """Do nothing at all. One task alone can then run every step of the bare loop."""


def _step(name: str) -> Work:
    return yields_once if name == "yields once" else never_yields


def times(
    peer: str, shape: Shape, steps: int, step: str, repeats: int, budget: float
) -> dict[str, list[float]]:
    """Run a peer and the bare loop in turns and return what each run took.

    Args:
        peer: Module in `peers/`.
        shape: Shape of the graph.
        steps: How many steps it has.
        step: `"yields once"` or `"never yields"`.
        repeats: How often each of the two is run.
        budget: Seconds after which no further turn begins.

    Returns:
        Microseconds a step, of each run, as `"peer"` and `"bare"`; and those for which
        the process had a processor, as `"peer_cpu"` and `"bare_cpu"`.
    """
    return anyio.run(_times, peer, shape, steps, _step(step), repeats, budget)


async def _times(
    peer: str, shape: Shape, steps: int, step: Work, repeats: int, budget: float
) -> dict[str, list[float]]:
    names = {"bare": "bare", "peer": peer}
    for name in names.values():
        await prepare(name, graph(shape, _WARM_UP), step)()
    runs = {role: prepare(n, graph(shape, steps), step) for role, n in names.items()}
    taken: dict[str, list[float]] = {
        f"{role}{kind}": [] for role in names for kind in ("", "_cpu")
    }
    began = perf_counter()
    while len(taken["peer"]) < repeats and perf_counter() - began < budget:
        # Whoever comes second finds warm caches: so they come second in turns.
        turn = list(runs) if len(taken["peer"]) % 2 else list(reversed(runs))
        for role in turn:
            wall, cpu = await _seconds(runs[role])
            taken[role].append(wall * 1e6 / steps)
            taken[f"{role}_cpu"].append(cpu * 1e6 / steps)
    return taken


async def _seconds(once: Once) -> tuple[float, float]:
    gc.collect()
    began, cpu_began = perf_counter(), process_time()
    # Kept until the clock is stopped, as those do who look at what came out.
    result = await once()
    wall, cpu = perf_counter() - began, process_time() - cpu_began
    del result
    return wall, cpu


def memory(peer: str, shape: Shape, steps: int) -> dict[str, float]:
    """Return the peak of Python's memory during one run, in bytes a step.

    The plan exists before and is not counted; what the run returns is.
    """
    return anyio.run(_memory, prepare(peer, graph(shape, steps), yields_once), steps)


async def _memory(once: Once, steps: int) -> dict[str, float]:
    gc.collect()
    tracemalloc.start()
    result = await once()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return {"bytes": peak / steps}
