"""Plays a case: all of its runs, in one event loop whose clock jumps."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import Any

import anyio
import trio
from trio.testing import MockClock

from dagplan import execute_plan, stream_plan
from dagplan.errors import PlanError
from dagplan.events import ModelCalled, RunStarted, StepResult
from dagplan.plan import Plan, Revision, Step
from dagplan.plan.revision import revised
from dagplan.policy import Limits
from dagplan.protocols import StepCall
from dagplan.scheduler import Execution, Throttle, open_execution
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.settings import RunSettings
from tests.simulate.case import Case, Change, Flow
from tests.simulate.world import Story, Told, World

_LONGEST = 1e7
"""Seconds of the world's clock after which a run counts as hanging."""


class LeftError(Exception):
    """What a reader raises to leave a stream."""


def play(case: Case) -> Story:
    """Run a case and return what happened.

    The order in which trio resumes tasks is random and follows from the case's seed.
    """
    world = World(case)
    clock = MockClock(autojump_threshold=0)
    # A clock that starts at odd places, since differences of moments are not exact.
    clock.jump(Random(case.seed).choice((0.0, 0.0, 1000 / 7, 1e6 / 3)))
    with _seeded(case.seed):
        anyio.run(_all, world, backend="trio", backend_options={"clock": clock})
    return world.story


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Let the order in which trio resumes tasks follow from a seed."""
    core: Any = trio._core._run
    before = core._ALLOW_DETERMINISTIC_SCHEDULING, core._r
    core._ALLOW_DETERMINISTIC_SCHEDULING, core._r = True, Random(seed)
    try:
        yield
    finally:
        core._ALLOW_DETERMINISTIC_SCHEDULING, core._r = before


async def _all(world: World) -> None:
    case = world.story.case
    alone = len(case.flows) == 1 and not case.throttle
    limits = case.limits() if alone else Throttle(case.limits())
    with anyio.move_on_after(_LONGEST) as guard:
        async with anyio.create_task_group() as tasks:
            for index in range(len(case.flows)):
                tasks.start_soon(_Player(world, index, limits).play)
    if guard.cancelled_caught:
        for told in world.story.runs:
            told.raised = told.raised or "a run never ended"


class _Player:
    """Plays one run."""

    def __init__(self, world: World, index: int, limits: Limits | Throttle) -> None:
        self.world = world
        self.index = index
        self.limits = limits
        self.told: Told = world.story.runs[index]
        self.flow: Flow = self.told.flow

    async def play(self) -> None:
        """Wait for the beginning, run, and note how it was left."""
        ways: dict[str, Callable[[], Awaitable[None]]] = {
            "execute": self._execute,
            "scope": self._scope,
            "stream": self._stream,
            "break": self._stream,
            "error": self._stream,
            "revise": self._revise,
        }
        if self.flow.begins:
            await anyio.sleep(self.flow.begins)
        self.told.epoch = anyio.current_time()
        try:
            await ways[self.flow.mode]()
        except LeftError:
            pass
        except Exception as error:  # noqa: BLE001 - told as a violation
            self.told.raised = f"{type(error).__name__}: {error}"
        self.told.left = anyio.current_time()
        self.told.alive = self.world.alive(self.index)

    def _arguments(self) -> dict[str, object]:
        flow = self.flow
        versions = flow.versions()

        def estimate(step: Step) -> float:
            version = step.args["v"]
            assert isinstance(version, int)
            return versions[step.id, version].weight

        return {
            "limits": self.limits,
            "retry": flow.retry,
            "timeout": flow.timeout,
            "hedge": flow.hedge,
            "estimate": estimate if flow.weighed else None,
            "until": None if flow.until is None else list(flow.until),
            "chance": Random(flow.seed).random,
        }

    async def _run_step(self, call: StepCall) -> object:
        return await self.world.run(self.index, call)

    async def _execute(self) -> None:
        hear = partial(self.world.hear, self.index)
        run = await execute_plan(
            self.flow.plan(),
            self._run_step,
            on_event=hear,
            **self._arguments(),  # type: ignore[arg-type]
        )
        self._keep(list(run.events), dict(run.results))

    async def _scope(self) -> None:
        cut = self.told.epoch + self.flow.leave
        self.told.cut = cut
        with anyio.CancelScope(deadline=cut):
            await self._execute()

    async def _stream(self) -> None:
        hear = partial(self.world.hear, self.index)
        leaves = self.flow.mode in ("break", "error")
        stream = None
        read: list[object] = []
        try:
            async with stream_plan(
                self.flow.plan(),
                self._run_step,
                on_event=hear,
                **self._arguments(),  # type: ignore[arg-type]
            ) as stream:
                async for event in stream:
                    read.append(event)
                    if leaves and len(read) >= self.flow.reads:
                        self._leave()
                        break
        finally:
            if stream is not None and stream.run is not None:
                self._keep(list(stream.run.events), dict(stream.run.results))
        if not leaves and read != self.told.events:
            self.told.raised = "the stream and the observer saw different events"

    def _leave(self) -> None:
        self.told.cut = anyio.current_time()
        if self.flow.mode == "error":
            raise LeftError

    async def _revise(self) -> None:
        plan = self.flow.plan()
        arguments = self._arguments() | {"budget": self.flow.budget()}
        settings = RunSettings(
            limits=self.limits,
            observer=partial(self.world.hear, self.index),
            rules=Rules(**{k: v for k, v in arguments.items() if k != "limits"}),  # type: ignore[arg-type]
        )
        async with open_execution(self._run_step, settings) as execution:
            execution.tasks.start_soon(self._spend, execution)
            if self.flow.pause:
                await self._offer(execution, plan)
            execution.plan(plan)
            for change in self.flow.changes:
                await anyio.sleep_until(self.told.epoch + change.at)
                plan = _changed(execution, plan, change)
            # Some callers leave while attempts that count no more are on their way out.
            await (execution.over() if self.flow.seed % 2 else execution.idle())
            await execution.finish("answered")
        self._keep(list(execution.log.events), execution.results())

    async def _spend(self, execution: Execution) -> None:
        """Call a model that takes all that the run may spend."""
        if self.flow.spends is not None:
            await anyio.sleep_until(self.told.epoch + self.flow.spends)
            now = anyio.current_time()
            execution.emit(ModelCalled(now, "step", None, "m", None, now, now))

    async def _offer(self, execution: Execution, plan: Plan) -> None:
        """Offer steps as a planner does that writes them one by one."""
        dice = Random(self.flow.seed)
        for step in plan.steps:
            await anyio.sleep(dice.choice((0.0, dice.uniform(0.0, self.flow.pause))))
            execution.offer(step)
        await anyio.sleep(self.flow.pause)

    def _keep(self, events: list[object], results: dict[str, StepResult]) -> None:
        self.told.results = results
        if events != self.told.events or not isinstance(events[0], RunStarted):
            self.told.raised = "the run and the observer have different events"


def _changed(execution: Execution, plan: Plan, change: Change) -> Plan:
    """Revise the plan as far as that is legal, as the agent does."""
    results = execution.results()
    doomed = _with_dependents(plan, change.drop)
    if any(results[step_id].status == "succeeded" for step_id in doomed):
        doomed = []
    steps = [
        task.step()
        for task in change.tasks
        if task.id not in doomed
        and (
            task.id not in results
            or results[task.id].status in ("waiting", "failed", "skipped")
        )
    ]
    revision = Revision(steps=steps, drop=doomed)
    settled = {k: r.value for k, r in results.items() if r.status == "succeeded"}
    try:
        after = revised(plan, revision, settled)
    except PlanError:
        return plan
    if after.steps != plan.steps:
        execution.revise(plan, revision)
    return after


def _with_dependents(plan: Plan, step_ids: tuple[str, ...]) -> list[str]:
    """Return ids of a plan and of all that depend on them, in plan order."""
    gone = {step.id for step in plan.steps} & {*step_ids}
    grown = True
    while grown:
        more = {s.id for s in plan.steps if not gone.isdisjoint(s.dependencies())}
        grown = not more <= gone
        gone |= more
    return [step.id for step in plan.steps if step.id in gone]
