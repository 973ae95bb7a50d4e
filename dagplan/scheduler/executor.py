"""The thin shell around the machine: performs commands, feeds back what happened."""

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Hashable,
    Iterable,
    Iterator,
    Sequence,
)
from contextlib import asynccontextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from math import inf
from random import Random
from typing import TypeVar
from uuid import uuid4

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup

from dagplan.events import (
    AnswerText,
    ModelCalled,
    Outcome,
    PlanFinished,
    Revised,
    RunFinished,
    RunStarted,
    StepPlanned,
    StepResult,
    Throttled,
)
from dagplan.plan.model import Plan
from dagplan.plan.revision import Revision
from dagplan.policy import Limits, Retry
from dagplan.protocols import Admit, Observer, StepRunner
from dagplan.scheduler.alarm import Alarm
from dagplan.scheduler.failure import one_line
from dagplan.scheduler.limits import Share, Throttle
from dagplan.scheduler.log import EventLog
from dagplan.scheduler.machine import Machine, Stimulus
from dagplan.scheduler.rules import Chance, Rules
from dagplan.scheduler.stimuli import Cancel, Command, Gone, Start, Stop, Tick
from dagplan.scheduler.workers import Workers
from dagplan.trouble import classify

T = TypeVar("T")
Planned = StepPlanned | PlanFinished | Revised

_held: ContextVar[tuple[Throttle, ...]] = ContextVar("dagplan_held", default=())
"""The throttles of which the step around holds a slot."""


def some_chance() -> Chance:
    """Return a source of random numbers that nobody can repeat."""
    return Random().random  # noqa: S311 - jitter is no secret


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What is fixed before a run begins.

    Attributes:
        limits: How much may happen at once; a `Throttle` is shared with other runs.
        question: What is to be answered; empty where a plan alone is run.
        observer: Sees each event.
        rules: By which policies the run decides.
    """

    limits: Limits | Throttle = Limits()
    question: str = ""
    observer: Observer | None = None
    rules: Rules = field(default_factory=lambda: Rules(some_chance()))


class Execution:
    """A run in progress.

    Made by `open_execution`. The plan may be given while steps of it already run,
    and may be revised; `idle` waits until nothing more can start.

    Attributes:
        log: What happened so far.
        machine: What decides.
        tasks: The task group of the run; leaving the run cancels it.
        alarm: Wakes the machine.
    """

    def __init__(
        self, run_step: StepRunner, settings: RunSettings, tasks: TaskGroup
    ) -> None:
        self.tasks = tasks
        name = f"{settings.rules.name}-{uuid4().hex[:12]}"
        self._rules = replace(settings.rules, name=name)
        loop = anyio.lowlevel.current_token()
        # asyncio's loop tells the time itself, and eight times as fast.
        self._clock: Callable[[], float] = getattr(
            loop.native_token, "time", anyio.current_time
        )
        self._epoch = self._clock()
        self._became_idle = anyio.Event()
        limits = settings.limits
        self._throttle = limits if isinstance(limits, Throttle) else Throttle(limits)
        self.alarm = Alarm(self._tick)
        self._share = Share(
            self._throttle,
            lambda: self.alarm.set(-inf),
            epoch=self._epoch,
            inner=self._throttle in _held.get(),
        )
        if self._throttle in _held.get() and self._rules.slots is None:
            most = self._throttle.limits.concurrency
            self._rules = replace(self._rules, slots=most)
        self._throttle.bind(loop, self._epoch)
        self._admits: dict[str | None, Admit] = {}
        self.log = EventLog(settings.observer)
        context = copy_context()
        context.run(_held.set, (*_held.get(), self._throttle))
        self._workers = Workers(
            run_step, tasks, context, self.now, self._feed, self.stop
        )
        self.machine = Machine(self._rules, self._share, self.emit, self._admit_of)
        self.log.append(
            RunStarted(
                at=0.0,
                utc=datetime.now(UTC).isoformat(timespec="seconds"),
                question=settings.question,
                slots=self._slots(),
            )
        )

    def now(self) -> float:
        """Return the seconds since the run began."""
        return self._clock() - self._epoch

    def plan(self, plan: Plan) -> None:
        """Begin a plan that `check_plan` accepted."""
        at = self.now()
        planned = (StepPlanned(at, step.id, step) for step in plan.steps)
        self._feed(self._recorded(chain(planned, [PlanFinished(at, plan.answer)])))

    def revise(self, plan: Plan, revision: Revision) -> None:
        """Change the running plan by a revision that `revised` accepted.

        Args:
            plan: The plan before the revision.
            revision: The change.
        """
        known = {step.id for step in plan.steps}
        revised = Revised(
            at=self.now(),
            added=tuple(s for s in revision.steps if s.id not in known),
            redefined=tuple(s for s in revision.steps if s.id in known),
            dropped=tuple(revision.drop),
        )
        self._feed(self._recorded([revised]))

    async def idle(self) -> None:
        """Wait until the plan is complete and nothing runs, waits to or can start.

        Attempts whose outcome no longer counts may still be on their way out.
        """
        while not self.machine.idle:
            await self._something_ended()

    async def over(self) -> None:
        """Wait until it is idle and every attempt has really ended."""
        while not self.machine.over:
            await self._something_ended()

    async def _something_ended(self) -> None:
        if self._became_idle.is_set():
            self._became_idle = anyio.Event()
        await self._became_idle.wait()

    def results(self) -> dict[str, StepResult]:
        """Return what became of each step so far."""
        return self.machine.results()

    def emit(self, event: ModelCalled) -> None:
        """Record a model call whose times are those of `anyio.current_time()`."""
        if event.tokens is not None:
            self._share.spend(event.tokens.input + event.tokens.output, self.now())
        self.log.append(
            replace(
                event,
                at=self.now(),
                started=event.started - self._epoch,
                ended=event.ended - self._epoch,
            )
        )

    def say(self, text: str) -> None:
        """Record the next piece of the answer."""
        self.log.append(AnswerText(self.now(), text))

    async def admit(self, user: Hashable) -> None:
        """Wait until one request may go out that is no attempt's first.

        Args:
            user: Who sends it: the tool of a step, or a role.
        """
        if self._throttle.only_slots:
            return
        told = anyio.Event()

        def wake() -> None:
            told.set()

        share = Share(self._throttle, wake, epoch=self._epoch)
        try:
            while share.take_request(user, self.now()) is None:
                with anyio.move_on_after(share.held_until - self.now()):
                    await told.wait()
                told = anyio.Event()
        finally:
            share.close()

    async def insist(
        self,
        role: str,
        work: Callable[[], Awaitable[T]],
        may_repeat: Callable[[], bool] = lambda: True,
    ) -> T:
        """Do work that is no step, such as planning, by the retry policy of the plan.

        Args:
            role: Who works, for the limits of its provider.
            work: What to do; begins afresh each time.
            may_repeat: Tells whether it still can.

        Raises:
            Exception: The last error of the work.
        """
        retry, tries = self._rules.retry, 0
        while True:
            began = self.now()
            tries += 1
            try:
                return await work()
            except Exception as error:
                after = self._slow_down(role, error, began)
                again = tries < retry.attempts and may_repeat()
                if not (again and _covers(retry, error)):
                    raise
            await anyio.sleep(max(retry.wait(tries, self._rules.chance()), after))

    def _slow_down(self, role: str, error: Exception, began: float) -> float:
        """Pause a provider that asks for it; returns the seconds that it asks for."""
        trouble = classify(error)
        if trouble.resource is not None:
            at, chance = self.now(), self._rules.chance()
            wait = self._share.refused(
                role, trouble.resource, trouble.after, began, at, chance
            )
            self.log.append(Throttled(at, None, trouble.resource, wait))
        return trouble.after or 0.0

    def finish(self, outcome: Outcome) -> None:
        """End the run; no event follows."""
        self.log.append(RunFinished(self.now(), outcome))
        self.log.close()

    def stop(self) -> None:
        """Cancel what runs and let nothing start any more."""
        if not self.log.closed:
            self._feed((Stop(self.now()),))

    def close(self) -> None:
        """Give back what the run has of the limits; nothing runs any more."""
        self.alarm.end()
        self._share.close()
        self._throttle.release()

    def _slots(self) -> int | None:
        bounds = (self._rules.slots, self._throttle.limits.concurrency)
        return min((b for b in bounds if b is not None), default=None)

    def _admit_of(self, tool: str | None) -> Admit:
        admit = self._admits.get(tool)
        if admit is None:
            admit = self._admits[tool] = partial(self.admit, tool)
        return admit

    def _recorded(self, events: Iterable[Planned]) -> Iterator[Planned]:
        """Record each event just before the machine takes it.

        One by one, so that the events of a large plan do not all live at once.
        """
        for event in events:
            self.log.append(event)
            yield event

    def _tick(self) -> float:
        self._feed((Tick(self.now()),))
        return self.machine.wake_at + self._epoch

    def _feed(self, stimuli: Iterable[Stimulus]) -> None:
        machine = self.machine
        self._perform(machine.take(stimuli))
        wake_at = machine.wake_at
        if wake_at != inf:
            self.alarm.set(wake_at + self._epoch)
        if machine.idle:
            self._became_idle.set()

    def _perform(self, commands: Sequence[Command]) -> None:
        add, record = self._workers.add, self.log.append
        cancelled = []
        for command in commands:
            if isinstance(command, Start):
                add(command)
            elif isinstance(command, Cancel):
                cancelled.append(command.attempt)
            else:
                record(command)
        if cancelled:
            unbegun = self._workers.cancel(cancelled)
            gone = [Gone(self.now(), attempt) for attempt in unbegun]
            if gone:
                self._perform(self.machine.take(gone))
        self._workers.staff()


def _covers(retry: Retry, error: Exception) -> bool:
    try:
        return retry.covers(error)
    except Exception as broken:  # noqa: BLE001 - told with the error that counts
        error.add_note(f"Retry.errors failed on it: {one_line(broken)}")
        return False


@asynccontextmanager
async def open_execution(
    run_step: StepRunner, settings: RunSettings
) -> AsyncIterator[Execution]:
    """Open a run; leaving the block cancels and awaits every step of it.

    An exception of the block leaves it as it is, in no exception group. A run that
    was not finished by then ends as cancelled.
    """
    raised: BaseException | None = None
    execution: Execution | None = None
    try:
        async with anyio.create_task_group() as around:
            try:
                async with anyio.create_task_group() as tasks:
                    try:
                        execution = Execution(run_step, settings, tasks)
                        around.start_soon(execution.alarm.run)
                        yield execution
                    except anyio.get_cancelled_exc_class():
                        raise
                    except BaseException as error:  # noqa: BLE001 - raised again below
                        raised = error
                    finally:
                        if execution is not None:
                            execution.stop()
                        tasks.cancel_scope.cancel()
            finally:
                if execution is not None:
                    execution.close()
    finally:
        if execution is not None and not execution.log.closed:
            execution.finish("failed" if isinstance(raised, Exception) else "cancelled")
    if raised is not None:
        raise raised
