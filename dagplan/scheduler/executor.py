"""The thin shell around the machine: performs commands, feeds events back."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup

from dagplan.errors import DagplanError
from dagplan.events import (
    AnswerText,
    Event,
    ModelCalled,
    Outcome,
    PlanFinished,
    Revised,
    RunFinished,
    RunStarted,
    StepCancelled,
    StepFailed,
    StepPlanned,
    StepResult,
    StepSucceeded,
)
from dagplan.plan.model import Plan
from dagplan.plan.revision import Revision
from dagplan.policy import Limits
from dagplan.protocols import Observer, StepCall, StepRunner
from dagplan.scheduler.log import EventLog
from dagplan.scheduler.machine import Cancel, Machine, Start, Stop, Tell

_LONGEST_ERROR = 2_000  # characters of a message that are kept


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What is fixed before a run begins.

    Attributes:
        limits: How much may happen at once.
        question: What is to be answered; empty where a plan alone is run.
        observer: Sees each event.
    """

    limits: Limits = Limits()
    question: str = ""
    observer: Observer | None = None


class Execution:
    """A run in progress.

    Made by `open_execution`. The plan may be given while steps of it already run,
    and may be revised; `idle` waits until nothing more can start.

    Attributes:
        log: What happened so far.
        machine: What decides.
        tasks: The task group of the run; leaving the run cancels it.
    """

    def __init__(
        self, run_step: StepRunner, settings: RunSettings, tasks: TaskGroup
    ) -> None:
        self.tasks = tasks
        self._run_step = run_step
        self._epoch = anyio.current_time()
        self._scopes: dict[str, anyio.CancelScope] = {}
        self._became_idle = anyio.Event()
        # Each attempt starts from the context in which the run began: a task inherits
        # that of whoever starts it, which mostly is another step as it ends.
        self._context = copy_context()
        self.log = EventLog(settings.observer)
        self.machine = Machine(settings.limits.concurrency, self.emit)
        self.log.append(
            RunStarted(
                at=0.0,
                utc=datetime.now(UTC).isoformat(timespec="seconds"),
                question=settings.question,
                slots=settings.limits.concurrency,
            )
        )

    def now(self) -> float:
        """Return the seconds since the run began."""
        return anyio.current_time() - self._epoch

    def plan(self, plan: Plan) -> None:
        """Begin a plan that `check_plan` accepted."""
        at = self.now()
        planned = [StepPlanned(at, step.id, step) for step in plan.steps]
        self._feed(*planned, PlanFinished(at, plan.answer))

    def revise(self, plan: Plan, revision: Revision) -> None:
        """Change the running plan by a revision that `revised` accepted.

        Args:
            plan: The plan before the revision.
            revision: The change.
        """
        known = {step.id for step in plan.steps}
        self._feed(
            Revised(
                at=self.now(),
                added=tuple(s for s in revision.steps if s.id not in known),
                redefined=tuple(s for s in revision.steps if s.id in known),
                dropped=tuple(revision.drop),
            )
        )

    async def idle(self) -> None:
        """Wait until the plan is complete and nothing runs or can start."""
        while not self.machine.idle:
            if self._became_idle.is_set():
                self._became_idle = anyio.Event()
            await self._became_idle.wait()

    def results(self) -> dict[str, StepResult]:
        """Return what became of each step so far."""
        return self.machine.results()

    def emit(self, event: ModelCalled) -> None:
        """Record a model call whose times are those of `anyio.current_time()`."""
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

    def finish(self, outcome: Outcome) -> None:
        """End the run; no event follows."""
        self.log.append(RunFinished(self.now(), outcome))
        self.log.close()

    def stop(self) -> None:
        """Cancel what runs and let nothing start any more."""
        if not self.log.closed:
            self._perform(self.machine.handle(Stop(self.now())))

    def _feed(self, *events: Event) -> None:
        for event in events:
            self.log.append(event)
        self._perform(self.machine.handle(*events))
        if self.machine.idle:
            self._became_idle.set()

    def _perform(self, commands: Sequence[Start | Cancel | Tell]) -> None:
        for command in commands:
            match command:
                case Tell(event):
                    self.log.append(event)
                case Start(call):
                    scope = self._scopes[call.id] = anyio.CancelScope()
                    self._context.copy().run(self._spawn, call, scope)
                case Cancel(step_id):
                    self._scopes[step_id].cancel()

    def _spawn(self, call: StepCall, scope: anyio.CancelScope) -> None:
        self.tasks.start_soon(self._attempt, call, scope)

    async def _attempt(self, call: StepCall, scope: anyio.CancelScope) -> None:
        """Run one attempt in a task of its own, and feed back how it ended.

        A task of its own, since context variables that one step sets would leak into
        the next step of a shared worker.
        """
        ended: StepSucceeded | StepFailed | None = None
        try:
            with scope:
                if not scope.cancel_called:
                    ended = await self._outcome(call, scope)
        finally:
            self._settle(ended or StepCancelled(self.now(), call.id))

    async def _outcome(
        self, call: StepCall, scope: anyio.CancelScope
    ) -> StepSucceeded | StepFailed:
        try:
            value = await self._run_step(call)
        except Exception as error:  # noqa: BLE001
            # Whatever a step raises is its failure and no one else's.
            return _failure(self.now(), call.id, error)
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001
            # The attempt is cancelled, the whole run is left, or a step let something
            # like a cancellation of its own or another library's panic escape.
            await self._raise_if_left(scope)
            return _failure(self.now(), call.id, error)
        return StepSucceeded(self.now(), call.id, value)

    async def _raise_if_left(self, scope: anyio.CancelScope) -> None:
        try:
            await anyio.lowlevel.checkpoint_if_cancelled()
        except BaseException:
            if not scope.cancel_called:
                # The slot that becomes free here must not let another step begin.
                self.stop()
            raise

    def _settle(self, ended: StepSucceeded | StepFailed | StepCancelled) -> None:
        del self._scopes[ended.step_id]
        self._feed(ended)


@asynccontextmanager
async def open_execution(
    run_step: StepRunner, settings: RunSettings
) -> AsyncIterator[Execution]:
    """Open a run; leaving the block cancels and awaits every step of it.

    An exception of the block leaves it as it is, in no exception group. A run that
    was not finished by then ends as cancelled.
    """
    raised: Exception | None = None
    execution: Execution | None = None
    try:
        async with anyio.create_task_group() as tasks:
            execution = Execution(run_step, settings, tasks)
            try:
                yield execution
            except Exception as error:  # noqa: BLE001 - raised again below
                raised = error
            finally:
                execution.stop()
                tasks.cancel_scope.cancel()
    finally:
        if execution is not None and not execution.log.closed:
            execution.finish("failed" if raised is not None else "cancelled")
    if raised is not None:
        raise raised


def _failure(at: float, step_id: str, error: BaseException) -> StepFailed:
    kind = type(error).__name__
    text = " ".join(_message(error)[:_LONGEST_ERROR].split())
    # Names of files and the like may hold bytes that are no text; models, journals and
    # terminals take text only.
    text = text.encode(errors="replace").decode()
    # dagplan's own errors are sentences; others often are a bare word or nothing.
    shown = text if isinstance(error, DagplanError) and text else f"{kind}: {text}"
    return StepFailed(at, step_id, shown.rstrip(": "), kind)


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as broken:  # noqa: BLE001 - its failure must not become the run's
        return f"its message cannot be read: {type(broken).__name__}"
