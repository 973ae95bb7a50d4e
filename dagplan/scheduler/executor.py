"""The thin shell around the machine: performs commands, feeds back what happened."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar, copy_context
from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from uuid import uuid4

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup

from dagplan.events import (
    AnswerText,
    BudgetReached,
    Outcome,
    PlanApproved,
    PlanParked,
    QuestionAnswered,
    QuestionAsked,
    Revised,
    RunFinished,
    RunResumed,
    RunStarted,
    StepApproved,
    StepPlanned,
    StepResult,
)
from dagplan.history import History
from dagplan.plan.model import Plan, Step
from dagplan.plan.revision import Revision
from dagplan.protocols import Emit, StepRunner
from dagplan.scheduler.alarm import Alarm
from dagplan.scheduler.budget import BudgetWatch
from dagplan.scheduler.limits import Share, Throttle
from dagplan.scheduler.log import EventLog
from dagplan.scheduler.machine import Machine, Stimulus
from dagplan.scheduler.memory import Memory
from dagplan.scheduler.node import Node
from dagplan.scheduler.outbox import Decision, Outbox, recordable
from dagplan.scheduler.requests import Requests
from dagplan.scheduler.settings import RunSettings
from dagplan.scheduler.spending import Spending
from dagplan.scheduler.stimuli import Cancel, Gone, Start, Stop, Tick
from dagplan.scheduler.workers import Workers
from dagplan.scheduler.written import Planned, WrittenPlan, change_of

_held: ContextVar[tuple[Throttle, ...]] = ContextVar("dagplan_held", default=())
"""The throttles of which the step around holds a slot."""


class Execution:
    """A run in progress.

    Made by `open_execution`. The plan may be given while steps of it already run,
    and may be revised; `idle` waits until nothing more can start.

    Attributes:
        log: What happened so far.
        history: What the run had come to when it was resumed; None for a new one.
        requests: Requests that are no step's first.
        budget: Watches what it spends.
        outbox: What was decided and nobody has seen; None where nothing is recorded.
        machine: What decides.
        tasks: The task group of the run; leaving the run cancels it.
        alarm: Wakes the machine.
    """

    def __init__(
        self, run_step: StepRunner, settings: RunSettings, tasks: TaskGroup
    ) -> None:
        self.tasks = tasks
        before = settings.before
        self.history = History.of(before) if before else None
        self._written = WrittenPlan(self.history)
        # To a run that is not recorded nobody comes back: any name will do.
        record, name = settings.record, f"{settings.rules.name}-{uuid4().hex[:12]}"
        self._rules = replace(
            settings.rules,
            name=name if record is None else record.run_id,
            recorded=record is not None,
        )
        loop = anyio.lowlevel.current_token()
        # asyncio's loop tells the time itself, and eight times as fast.
        self._clock: Callable[[], float] = getattr(
            loop.native_token, "time", anyio.current_time
        )
        self._epoch = self._clock() - (self.history.at if self.history else 0.0)
        self._became_idle = anyio.Event()
        self._decided = anyio.Event()
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
        self._throttle.bind(loop, self._clock())
        self.log = EventLog(settings.observer, before)
        self.outbox = (
            Outbox(settings.record, self._perform, self._record_failed)
            if settings.record is not None
            else None
        )
        context = copy_context()
        context.run(_held.set, (*_held.get(), self._throttle))
        self._workers = Workers(
            run_step if self.outbox is None else recordable(run_step),
            tasks,
            context,
            self.now,
            self._feed,
            self.stop,
        )
        spending = Spending(self._rules.budget, before)
        self.budget = BudgetWatch(
            spending,
            self._share,
            self._epoch,
            self.now,
            self._put,
            self._leave_off,
        )
        self.requests = Requests(
            self._share, self.now, self._rules, self._put, spending
        )
        self.machine = Machine(
            self._rules,
            self._share,
            self.budget.emit,
            self.requests.admit_of,
            Memory(self.history),
        )
        utc = datetime.now(UTC).isoformat(timespec="seconds")
        self._put(
            RunStarted(0.0, utc, settings.question, self._slots(), settings.note)
            if self.history is None
            else RunResumed(self.history.at, utc)
        )
        # One that is resumed may have spent all before.
        self.budget.check()

    def now(self) -> float:
        """Return the seconds since the run began."""
        return self._clock() - self._epoch

    def offer(self, step: Step) -> None:
        """Begin a step that is valid while the rest is still being planned.

        Steps with side effects, and such as the user is asked about, wait for `plan`.
        """
        planned = StepPlanned(self.now(), step.id, step)
        if self._written.begin(step):
            self._put(planned)
        self._feed((planned,))

    def propose(self, plan: Plan) -> None:
        """Record and show a plan that `check_plan` accepted, without beginning it."""
        self._put(*self._written.proposed(plan, self.now()))

    def plan(self, plan: Plan) -> None:
        """Begin a plan that `check_plan` accepted, offered steps included."""
        planned = self._written.rest(plan, self.now())
        if self._written.whole or self.outbox is not None:
            self.propose(plan)
        else:
            self._written.complete(plan)
            planned = self._told(planned)
        self._feed(planned)

    def _told(self, events: Iterable[Planned]) -> Iterator[Planned]:
        """Tell of each event just before the machine takes it.

        One by one, so that the events of a large plan do not all live at once.
        """
        for event in events:
            self.log.append(event)
            yield event

    def propose_change(self, plan: Plan, revision: Revision) -> Revised:
        """Record and show a revision that `revised` accepted, without beginning it.

        Args:
            plan: The plan before the revision.
            revision: The change.
        """
        revised = change_of(plan, revision, self.now())
        self._put(revised)
        return revised

    def change(self, revised: Revised) -> None:
        """Change the running plan as was proposed."""
        self._feed((replace(revised, at=self.now()),))

    def revise(self, plan: Plan, revision: Revision) -> None:
        """Change the running plan by a revision that `revised` accepted."""
        self.change(self.propose_change(plan, revision))

    def tell(
        self, event: PlanParked | PlanApproved | QuestionAsked | QuestionAnswered
    ) -> None:
        """Record and show what the user is asked, or has said."""
        self._put(event)

    def approve(self, decision: StepApproved) -> None:
        """Take what the user decided about a parked step."""
        self._put(decision)
        self._feed((decision,))
        self._has_decided()

    def _has_decided(self) -> None:
        self._decided.set()
        self._decided = anyio.Event()

    async def decided(self) -> None:
        """Wait until the user has decided about a step, or need not any more."""
        await self._decided.wait()

    @property
    def name(self) -> str:
        """By which its idempotency keys are told from others; of a record, its id."""
        return self._rules.name

    @property
    def held(self) -> list[Node]:
        """Steps that are parked or in doubt: only the user can say how they go on."""
        return self.machine.held

    async def idle(self, unless: Callable[[], bool] = lambda: False) -> None:
        """Wait until the plan is complete and nothing runs, waits to or can start.

        Attempts whose outcome no longer counts may still be on their way out.

        Args:
            unless: Tells that something else is to be seen to; asked after each `wake`.

        Raises:
            JournalError: What happened cannot be recorded; nothing starts any more.
        """
        while not (self.is_idle or unless()):
            await self._something_ended()
        self._raise_failure()

    @property
    def is_idle(self) -> bool:
        """Whether `idle` has nothing to wait for."""
        return self.machine.idle and self._all_seen()

    def wake(self) -> None:
        """Have whoever waits look again."""
        self._became_idle.set()

    async def over(self) -> None:
        """Wait until it is idle and every attempt has really ended.

        Raises:
            JournalError: As by `idle`.
        """
        while not (self.machine.over and self._all_seen()):
            await self._something_ended()
        self._raise_failure()

    def _all_seen(self) -> bool:
        return self.outbox is None or self.outbox.empty

    @property
    def failure(self) -> Exception | None:
        """Why nothing more can be recorded; None while it can, or need not be."""
        return None if self.outbox is None else self.outbox.failure

    def _raise_failure(self) -> None:
        if self.failure is not None:
            raise self.failure

    async def _something_ended(self) -> None:
        if self._became_idle.is_set():
            self._became_idle = anyio.Event()
        await self._became_idle.wait()

    def results(self) -> dict[str, StepResult]:
        """Return what became of each step so far."""
        return self.machine.results()

    @property
    def emit(self) -> Emit:
        """Tells the run of a model call."""
        return self.budget.emit

    def _leave_off(self, reached: BudgetReached) -> None:
        self._put(reached)
        self._feed((reached,))
        self._has_decided()

    def say(self, text: str) -> None:
        """Record the next piece of the answer."""
        self._put(AnswerText(self.now(), text))

    async def finish(self, outcome: Outcome, answer: str | None = None) -> None:
        """End the run, and return once that is recorded; no event follows.

        Raises:
            JournalError: It cannot be recorded.
        """
        self.budget.end()
        finished = RunFinished(self.now(), outcome, answer)
        if self.outbox is None:
            self.log.append(finished)
        elif self.outbox.failure is None:
            self._put(finished)
            await self.outbox.emptied()
        if self.failure is not None:
            # Whoever looks on learns that it is over, whatever the disk holds of it.
            self.log.append(RunFinished(self.now(), "failed"))
        self.log.close()
        self._raise_failure()

    def stop(self) -> None:
        """Cancel what runs and let nothing start any more."""
        if not self.log.closed:
            self._feed((Stop(self.now()),))

    def close(self) -> None:
        """Give back what the run has of the limits; nothing runs any more."""
        self.alarm.end()
        if self.outbox is not None:
            self.outbox.end()
        self._share.close()
        self._throttle.release()

    def _slots(self) -> int | None:
        bounds = (self._rules.slots, self._throttle.limits.concurrency)
        return min((b for b in bounds if b is not None), default=None)

    def _put(self, *decisions: Decision) -> None:
        """Have decisions performed: at once, or once they are recorded."""
        if self.outbox is None:
            self._perform(decisions)
        else:
            self.outbox.put(decisions)

    def _tick(self) -> float:
        self._feed((Tick(self.now()),))
        return self.machine.wake_at + self._epoch

    def _feed(self, stimuli: Iterable[Stimulus]) -> None:
        machine, outbox = self.machine, self.outbox
        commands = machine.take(stimuli)
        if outbox is None:
            self._perform(commands)
        else:
            outbox.put(commands)
        wake_at = machine.wake_at
        if wake_at != inf:
            self.alarm.set(wake_at + self._epoch)
        if machine.idle:
            self._became_idle.set()

    def _record_failed(self, unbegun: Sequence[int]) -> None:
        """End what runs: nothing that it finds could be kept."""
        at = self.now()
        self._feed((Stop(at),))
        self._feed([Gone(at, attempt) for attempt in unbegun])

    def _perform(self, decisions: Sequence[Decision]) -> None:
        add, tell = self._workers.add, self.log.append
        cancelled = []
        for decision in decisions:
            if type(decision) is Start:
                add(decision)
            elif type(decision) is Cancel:
                cancelled.append(decision.attempt)
            else:
                tell(decision)
        if cancelled:
            unbegun = self._workers.cancel(cancelled)
            gone = [Gone(self.now(), attempt) for attempt in unbegun]
            if gone:
                self._feed(gone)
        self._workers.staff()
        if self.outbox is not None and self.machine.idle:
            self._became_idle.set()
