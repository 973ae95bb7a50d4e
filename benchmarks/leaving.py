"""Runs that are left at a random moment, in each of the ways there are."""

import asyncio  # noqa: TID251 - its tasks are what must not stay
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, Literal

import anyio
import anyio.lowlevel
from anyio.abc import TaskStatus

from benchmarks.mockclock import run_simulated
from benchmarks.restless import Restless, plan, settings
from dagplan import Plan, execute_plan, stream_plan
from dagplan.events import Event

Backend = Literal["asyncio", "trio"]
_MOST_TURNS = 30
_MOST_EVENTS = 60


@dataclass(frozen=True, slots=True)
class Count:
    """What became of some rounds.

    Attributes:
        way: How the runs were left.
        backend: The event loop.
        rounds: How many runs were left.
        begun: How many attempts at steps had begun in them.
        running: How many of those ran at the moment of leaving.
        tasks: Tasks of the event loop that were alive afterwards: none should be.
        steps: Attempts that had not ended afterwards: none should be.
        errors: Rounds in which leaving raised what it should not.
        error: The first of those errors.
    """

    way: str
    backend: str
    rounds: int
    begun: int
    running: int
    tasks: int
    steps: int
    errors: int = 0
    error: str | None = None

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.way,
            self.backend,
            self.rounds + other.rounds,
            self.begun + other.begun,
            self.running + other.running,
            self.tasks + other.tasks,
            self.steps + other.steps,
            self.errors + other.errors,
            self.error or other.error,
        )


class Round:
    """One run that is to be left.

    Attributes:
        chance: What everything random is drawn from.
        plan: The plan.
        steps: Runs its steps.
        running: How many steps ran when the run was left.
    """

    def __init__(self, seed: str) -> None:
        self.chance = Random(seed)
        self.plan: Plan = plan(self.chance)
        self.steps = Restless(seed)
        self.running = 0
        # Any: these are keyword arguments of several types.
        self._settings: Any = settings(self.chance)

    async def execute(self) -> None:
        """Run the plan, which ends only by being left."""
        await execute_plan(self.plan, self.steps, **self._settings)

    def stream(self) -> Any:
        """Open the plan as a stream."""
        return stream_plan(self.plan, self.steps, **self._settings)

    async def events(self) -> AsyncIterator[Event]:
        """Yield the events, as a generator of a user's would."""
        async with self.stream() as events:
            async for event in events:
                yield event

    async def moment(self) -> None:
        """Wait for the moment of leaving."""
        for _ in range(self.chance.randint(0, _MOST_TURNS)):
            await anyio.lowlevel.checkpoint()
        if self.chance.random() < 0.5:
            await anyio.sleep(self.chance.uniform(0, 0.003))
        self.leave()

    def leave(self) -> None:
        """Note what runs at the moment of leaving."""
        self.running = self.steps.running


async def by_native_cancel(one: Round) -> None:
    """Cancel the asyncio task in which the plan runs."""
    task = asyncio.create_task(one.execute())
    await one.moment()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def by_scope(one: Round) -> None:
    """Cancel an anyio scope around the run."""

    async def run(*, task_status: TaskStatus[anyio.CancelScope]) -> None:
        with anyio.CancelScope() as scope:
            task_status.started(scope)
            await one.execute()

    async with anyio.create_task_group() as tasks:
        scope: anyio.CancelScope = await tasks.start(run)
        await one.moment()
        scope.cancel()


async def by_aclose(one: Round) -> None:
    """Close a generator that yields the events of a stream."""
    enough = one.chance.randint(1, _MOST_EVENTS)
    async with aclosing(one.events()) as events:  # type: ignore[type-var]
        seen = count(1)
        async for _ in events:
            if next(seen) == enough:
                break
        one.leave()


async def by_break(one: Round) -> None:
    """Break out of the loop over a stream."""
    enough = one.chance.randint(0, _MOST_EVENTS)
    async with one.stream() as events:
        seen = count()
        async for _ in events:
            if next(seen) == enough:
                break
        one.leave()


Leave = Callable[[Round], Awaitable[None]]
WAYS: tuple[tuple[str, Backend, Leave], ...] = (
    ("native cancel", "asyncio", by_native_cancel),
    ("scope", "asyncio", by_scope),
    ("aclose", "asyncio", by_aclose),
    ("break", "asyncio", by_break),
    ("scope", "trio", by_scope),
    ("aclose", "trio", by_aclose),
    ("break", "trio", by_break),
)


def leave_in_every_way(rounds: int, seed: int) -> list[Count]:
    """Leave so many runs, a like number in each way; trio's time is simulated."""
    counts = []
    for place, (way, backend, leave) in enumerate(WAYS):
        share = len(range(place, rounds, len(WAYS)))
        run = anyio.run if backend == "asyncio" else run_simulated
        counts.append(run(_leave_often, way, backend, leave, share, seed))
    return counts


async def _leave_often(
    way: str, backend: Backend, leave: Leave, rounds: int, seed: int
) -> Count:
    total = Count(way, backend, 0, 0, 0, 0, 0)
    for number in range(rounds):
        one = Round(f"{seed} {way} {number}")
        before = tasks_alive(backend)
        error: str | None = None
        try:
            await leave(one)
        except (Exception, BaseExceptionGroup) as raised:  # noqa: BLE001 - counted
            error = repr(raised)
        total += Count(
            way,
            backend,
            1,
            one.steps.begun,
            one.running,
            tasks_alive(backend) - before,
            one.steps.running,
            int(error is not None),
            error,
        )
    return total


def tasks_alive(backend: Backend) -> int:
    """Return how many tasks the event loop has that have not ended."""
    if backend == "asyncio":
        return len(asyncio.all_tasks())
    import trio

    return trio.lowlevel.current_statistics().tasks_living
