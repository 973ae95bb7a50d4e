"""Whoever is compared must do the same work: each step once, after what it needs."""

import anyio.lowlevel
import pytest

from benchmarks.peers import PEERS, SLOTS, prepare
from benchmarks.shapes import SHAPES, graph
from dagplan import StepCall


def index_of(what: object) -> int:
    """Read which step it is: peers pass its index, dagplan its call."""
    if isinstance(what, StepCall):
        return int(what.id.removeprefix("s"))
    assert isinstance(what, int)
    return what


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "peer", ["bare", "dagplan_plan", *(p for p in PEERS if p != "dask_threads")]
)
async def test_a_peer_runs_each_step_once_after_those_it_needs(peer, shape):
    steps = graph(shape, 12 if shape == "chain" else 120)
    ended: list[int] = []
    running = most = 0

    async def step(what: object) -> None:
        nonlocal running, most
        index = index_of(what)
        assert set(steps[index]) <= set(ended)
        running += 1
        most = max(most, running)
        await anyio.lowlevel.checkpoint()
        running -= 1
        ended.append(index)

    once = prepare(peer, steps, step)
    await once()
    assert sorted(ended) == list(range(len(steps)))
    assert most == (1 if shape == "chain" else SLOTS)
    await once()
    assert len(ended) == 2 * len(steps)


async def test_dask_is_asked_for_every_last_step():
    pytest.importorskip("dask")

    async def never(_: object) -> None:
        raise AssertionError("dask has steps of its own")

    assert (
        await prepare("dask_threads", graph("layered", 300), never)() == (None,) * 100
    )
