"""`execute_plan` and `stream_plan`: run a plan, and what is left when it is over."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property

from dagplan.events import Event, Outcome, RunFinished, StepResult
from dagplan.plan.check import check_plan
from dagplan.plan.model import Plan
from dagplan.policy import Limits
from dagplan.protocols import Observer, StepRunner
from dagplan.report import RunReport, report
from dagplan.scheduler.executor import Execution, RunSettings, open_execution
from dagplan.scheduler.log import EventLog


@dataclass(frozen=True)
class Run:
    """A run that is over.

    Attributes:
        plan: The plan as it was run, revisions included.
        results: What became of each step by id; the items of a `for_each` step follow
            it as `id[0]`, `id[1]`, ….
        events: Everything that happened, in order.
    """

    plan: Plan
    results: Mapping[str, StepResult]
    events: Sequence[Event]

    @property
    def outcome(self) -> Outcome:
        """How the run ended."""
        last = self.events[-1]
        return last.outcome if isinstance(last, RunFinished) else "cancelled"

    @cached_property
    def report(self) -> RunReport:
        """What the run cost, and what parallelism bought."""
        return report(self.events)


class EventStream:
    """The events of a run as they happen.

    Attributes:
        run: The run, once it is over; None before.
    """

    def __init__(self, log: EventLog) -> None:
        self.run: Run | None = None
        self._log = log
        self._next = 0

    def __aiter__(self) -> "EventStream":
        return self

    async def __anext__(self) -> Event:
        event = await self._log.at(self._next)
        if event is None:
            raise StopAsyncIteration
        self._next += 1
        return event


async def execute_plan(
    plan: Plan,
    run_step: StepRunner,
    *,
    limits: Limits = Limits(),
    on_event: Observer | None = None,
) -> Run:
    """Run a plan: each step starts when its last dependency is done and a slot is free.

    Runs on asyncio and on trio. A step that raises fails itself and those that require
    it, nothing else. Cancelling this call cancels and awaits every step.

    Args:
        plan: The plan; its structure is checked first, at any size.
        run_step: Runs one attempt at a step and returns its value.
        limits: How much may happen at once.
        on_event: Sees each event; what it raises is logged once and stops nothing.

    Returns:
        The run: results, events, report.

    Raises:
        PlanError: The plan has duplicate ids, unknown dependencies, a cycle, ….
    """
    check_plan(plan)
    settings = RunSettings(limits=limits, observer=on_event)
    async with open_execution(run_step, settings) as execution:
        await _drive(execution, plan)
    return _run(execution, plan)


@asynccontextmanager
async def stream_plan(
    plan: Plan,
    run_step: StepRunner,
    *,
    limits: Limits = Limits(),
    on_event: Observer | None = None,
) -> AsyncIterator[EventStream]:
    """Run a plan and read its events as they happen.

    ```python
    async with stream_plan(plan, run_step) as events:
        async for event in events:
            print(event)
    print(events.run.results)
    ```

    Leaving the block early cancels and awaits every step. The arguments and errors are
    those of `execute_plan`.
    """
    check_plan(plan)
    settings = RunSettings(limits=limits, observer=on_event)
    try:
        async with open_execution(run_step, settings) as execution:
            stream = EventStream(execution.log)
            execution.tasks.start_soon(_drive, execution, plan, stream)
            yield stream
    finally:
        # Whoever left early still gets what was done.
        stream.run = _run(execution, plan)


async def _drive(
    execution: Execution, plan: Plan, stream: EventStream | None = None
) -> None:
    execution.plan(plan)
    await execution.idle()
    if stream is not None:
        stream.run = _run(execution, plan)
    execution.finish(_outcome(plan, execution.results()))


def _run(execution: Execution, plan: Plan) -> Run:
    return Run(plan, execution.results(), execution.log.events)


def _outcome(plan: Plan, results: Mapping[str, StepResult]) -> Outcome:
    """Tell whether a plan reached its ends: the steps on which no other depends."""
    needed = {name for step in plan.steps for name in step.dependencies()}
    ends = (step.id for step in plan.steps if step.id not in needed)
    good = all(results[step_id].status == "succeeded" for step_id in ends)
    return "answered" if good else "failed"
