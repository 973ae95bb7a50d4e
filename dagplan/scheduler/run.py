"""`execute_plan` and `stream_plan`: run a plan, and what is left when it is over."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property

import anyio.lowlevel

from dagplan.errors import JournalError, PlanError, Problem
from dagplan.events import Event, Outcome, RunFinished, StepResult
from dagplan.plan.check import check_plan
from dagplan.plan.model import Plan
from dagplan.plan.references import short
from dagplan.policy import Hedge, Limits, Retry, Timeout
from dagplan.protocols import Journal, Observer, StepRunner
from dagplan.report import RunReport, report
from dagplan.scheduler.executor import Execution
from dagplan.scheduler.limits import Throttle
from dagplan.scheduler.log import EventLog
from dagplan.scheduler.rules import Chance, Estimate, Rules
from dagplan.scheduler.session import open_execution, open_record
from dagplan.scheduler.settings import RunSettings, some_chance


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


async def execute_plan(  # noqa: PLR0913 - the policies of a run
    plan: Plan,
    run_step: StepRunner,
    *,
    limits: Limits | Throttle = Limits(),
    retry: Retry = Retry(attempts=1),
    timeout: Timeout = Timeout(),  # noqa: ASYNC109 - a policy
    hedge: Hedge | None = None,
    estimate: Estimate | None = None,
    until: Collection[str] | None = None,
    side_effects: Collection[str] = (),
    journal: Journal | None = None,
    run_id: str | None = None,
    on_event: Observer | None = None,
    chance: Chance | None = None,
) -> Run:
    """Run a plan: each step starts when its last dependency is done and a slot is free.

    Runs on asyncio and on trio. A step that raises fails itself and those that require
    it, nothing else. Cancelling this call cancels and awaits every step. When slots
    are short, the step with the longest remaining path goes first.

    Args:
        plan: The plan; its structure is checked first, at any size.
        run_step: Runs one attempt at a step and returns its value.
        limits: How much may happen at once and in a minute; a `Throttle` is shared by
            all runs that are given it.
        retry: How often, and after which waits, a step is tried again; never unless
            told.
        timeout: How long an attempt and a step may take.
        hedge: When a second attempt joins one that takes long; None never.
        estimate: Tells how many seconds a step will take, at least 0, to find the
            longest path; None counts steps.
        until: Ids of steps: the run ends when they have ended, and what else still runs
            is cancelled. None: all steps.
        side_effects: Names of tools whose calls change something outside: their steps
            are not tried again or hedged unless a policy names them.
        journal: Where each result is recorded before anyone sees it or a dependent
            starts. Results are then what they would be when read from JSON.
        run_id: Names the run in the journal; a run that is in it already is resumed:
            what succeeded is taken over for exactly the same work, everything else
            runs. None: a new id. Steps with side effects that had begun are in doubt
            (`dagplan.journal.settle`), and the outcome then is `"paused"`.
        on_event: Sees each event; what it raises is logged once and stops nothing.
            Where a run is resumed, it sees the earlier ones first.
        chance: Returns random numbers from 0 to 1, for jitter;
            `random.Random(seed).random` makes a run repeatable. None: any numbers.

    Returns:
        The run: results, events, report.

    Raises:
        PlanError: The plan has duplicate ids, unknown dependencies, a cycle, …; or
            `until` names no step of it.
        ValueError: `estimate` returned no length of time.
        RunBusy: Somebody else runs the run of that id.
        JournalError: The journal cannot be read or written.
    """
    until = None if until is None else [*until]
    _check(plan, until)
    rules = Rules(
        chance or some_chance(),
        retry,
        timeout,
        hedge,
        estimate,
        until,
        side_effects=frozenset(side_effects),
    )
    async with open_record(journal, run_id) as record:
        before = () if record is None else record.events
        settings = RunSettings(limits, "", on_event, rules, record, before)
        async with open_execution(run_step, settings) as execution:
            execution.plan(plan)
            return await _drive(execution, plan, until)
    # A task group swallows the cancellation of a task that nobody it knows has asked for.
    raise RuntimeError("the run was cancelled by something that one of its steps left")


@asynccontextmanager
async def stream_plan(  # noqa: PLR0913 - the policies of a run
    plan: Plan,
    run_step: StepRunner,
    *,
    limits: Limits | Throttle = Limits(),
    retry: Retry = Retry(attempts=1),
    timeout: Timeout = Timeout(),  # noqa: ASYNC109 - a policy
    hedge: Hedge | None = None,
    estimate: Estimate | None = None,
    until: Collection[str] | None = None,
    side_effects: Collection[str] = (),
    journal: Journal | None = None,
    run_id: str | None = None,
    on_event: Observer | None = None,
    chance: Chance | None = None,
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
    until = None if until is None else [*until]
    _check(plan, until)
    rules = Rules(
        chance or some_chance(),
        retry,
        timeout,
        hedge,
        estimate,
        until,
        side_effects=frozenset(side_effects),
    )
    execution: Execution | None = None
    stream: EventStream | None = None
    try:
        async with open_record(journal, run_id) as record:
            before = () if record is None else record.events
            settings = RunSettings(limits, "", on_event, rules, record, before)
            async with open_execution(run_step, settings) as execution:
                stream = EventStream(execution.log)
                execution.plan(plan)
                execution.tasks.start_soon(_drive_along, execution, plan, until, stream)
                yield stream
    finally:
        # Whoever left early still gets what was done.
        if execution is not None and stream is not None:
            stream.run = _run(execution, plan)


def _check(plan: Plan, until: Collection[str] | None) -> None:
    check_plan(plan)
    known = {step.id for step in plan.steps} if until is not None else set()
    unknown = [
        Problem(None, "unknown-goal", short(step_id), "name steps of the plan in until")
        for step_id in until or ()
        if step_id not in known
    ]
    if unknown:
        raise PlanError(unknown)


async def _drive_along(
    execution: Execution,
    plan: Plan,
    until: Collection[str] | None,
    stream: EventStream,
) -> None:
    """Drive a run whose events are read meanwhile."""
    try:
        await _drive(execution, plan, until, stream)
    except JournalError:
        # Raised to the reader, in no group, once what runs has ended.
        execution.tasks.cancel_scope.cancel()


async def _drive(
    execution: Execution,
    plan: Plan,
    until: Collection[str] | None,
    stream: EventStream | None = None,
) -> Run:
    # A run that is left at once has not come to its end.
    await anyio.lowlevel.checkpoint()
    await execution.over()
    results = execution.results()
    run = Run(plan, results, execution.log.events)
    if stream is not None:
        stream.run = run
    ends = execution.machine.ends() if until is None else until
    await execution.finish(_outcome(results, ends))
    return run


def _run(execution: Execution, plan: Plan) -> Run:
    return Run(plan, execution.results(), execution.log.events)


def _outcome(results: Mapping[str, StepResult], ends: Collection[str]) -> Outcome:
    """Tell whether a run reached its ends, or waits for the user."""
    if any(result.status in ("parked", "in_doubt") for result in results.values()):
        return "paused"
    good = all(results[step_id].status == "succeeded" for step_id in ends)
    return "answered" if good else "failed"
