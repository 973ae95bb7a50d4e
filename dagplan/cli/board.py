"""Where a run stands: a fold over its events, for everything that shows one."""

from collections.abc import Callable
from dataclasses import replace

from dagplan.events import (
    BudgetReached,
    Event,
    PlanFinished,
    Revised,
    RunFinished,
    RunResumed,
    RunStarted,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepInDoubt,
    StepParked,
    StepPlanned,
    StepResult,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepStatus,
    StepStuck,
    StepSucceeded,
    Throttled,
)
from dagplan.plan.graph import topological
from dagplan.plan.model import Plan, Step

_WAITING = StepResult("waiting")
_LOST = frozenset({"failed", "skipped", "cancelled"})


class Board:
    """The plan of a run, and what became of its steps so far.

    Args:
        clock: Seconds on the clock of the run, from any beginning.
        cpu: Seconds that this process has computed, from any beginning.

    Attributes:
        results: By id, items of `for_each` steps included; a step that is missing
            waits.
        retrying: By id of a step that will be tried again: when, at the earliest, in
            seconds of the run.
        throttled: By provider that asked to slow down: until when, in seconds of the
            run.
        stuck: Ids of the steps of which an attempt did not end when it was cancelled,
            in the order in which that was seen.
        reached: What happened to the run's budget, in words.
        slots: How many steps may run at once; None for no limit.
        revisions: How often the plan was changed.
        planned: Whether the plan is complete.
        over: Whether the run is.
    """

    def __init__(
        self, clock: Callable[[], float], cpu: Callable[[], float] = lambda: 0.0
    ) -> None:
        self.results: dict[str, StepResult] = {}
        self.retrying: dict[str, float] = {}
        self.throttled: dict[str, float] = {}
        self.stuck: list[str] = []
        self.reached: list[str] = []
        self.slots: int | None = None
        self.revisions = 0
        self.planned = False
        self.over = False
        self._clock = clock
        self._cpu = cpu
        # When the first step began, and when the latest ended.
        self._computed: tuple[float, float] | None = None
        self._epoch: float | None = None
        self._steps: dict[str, Step] = {}
        self._answer: str | None = None
        self._lists: set[str] = set()

    @property
    def plan(self) -> Plan:
        """The plan as it stands."""
        return Plan(steps=[*self._steps.values()], answer=self._answer)

    @property
    def elapsed(self) -> float:
        """Seconds since the run began; 0 before."""
        return 0.0 if self._epoch is None else self._clock() - self._epoch

    @property
    def total(self) -> int:
        """How many steps the plan has."""
        return len(self._steps)

    @property
    def done(self) -> int:
        """How many steps of the plan succeeded."""
        return sum(
            result.status == "succeeded" and step_id in self._steps
            for step_id, result in self.results.items()
        )

    @property
    def computing(self) -> float:
        """Seconds that this process computed while steps ran."""
        begun, ended = self._computed or (0.0, 0.0)
        return ended - begun

    def running(self) -> dict[str, float]:
        """Return what runs, and since when in seconds of the run.

        Items stand for the `for_each` step that they belong to.
        """
        return {
            step_id: result.started or 0.0
            for step_id, result in self.results.items()
            if result.status == "running" and step_id not in self._lists
        }

    def take(self, event: Event) -> None:
        """Take the next event."""
        match event:
            case RunStarted():
                self._epoch = self._clock() - event.at
                self.slots = event.slots
            case StepPlanned():
                self._steps[event.step_id] = event.step
            case PlanFinished():
                self.planned = True
                self._answer = event.answer
            case Revised():
                self._revise(event)
            case RunResumed():
                self._resume(event)
            case RunFinished():
                self.over = True
            case BudgetReached():
                self.reached.append(event.said)
            case Throttled():
                until = max(
                    self.throttled.get(event.resource, 0), event.at + event.wait
                )
                self.throttled[event.resource] = until
            case StepStarted() | StepRetried() | StepHedged() | StepStuck():
                self._attempt(event)
            case _:
                self._settle(event)

    def _attempt(
        self, event: StepStarted | StepRetried | StepHedged | StepStuck
    ) -> None:
        step_id = event.step_id
        before = self.results.get(step_id, _WAITING)
        match event:
            case StepStarted():
                if self._computed is None:
                    self._computed = (self._cpu(), self._cpu())
                if event.items is not None:
                    self._lists.add(step_id)
                self.retrying.pop(step_id, None)
                self.results[step_id] = StepResult(
                    "running", attempts=event.attempt, started=event.at
                )
            case StepRetried():
                self.retrying[step_id] = event.at + event.wait
                self.results[step_id] = replace(
                    before, status="waiting", error=event.error
                )
            case StepHedged():
                self.results[step_id] = replace(before, attempts=event.attempt)
            case StepStuck():
                if step_id not in self.stuck:
                    self.stuck.append(step_id)

    def _settle(self, event: Event) -> None:
        match event:
            case StepSucceeded():
                self._end(event.step_id, "succeeded", event.at, value=event.value)
            case StepFailed():
                self._end(event.step_id, "failed", event.at, error=event.error)
            case StepSkipped():
                reason = f"needs {event.because!r}, which has no value"
                self.results[event.step_id] = StepResult("skipped", error=reason)
            case StepCancelled():
                self._end(event.step_id, "cancelled", event.at)
            case StepParked():
                self.results[event.step_id] = StepResult("parked")
            case StepInDoubt():
                before = self.results.get(event.step_id, _WAITING)
                self.results[event.step_id] = replace(before, status="in_doubt")
            case _:
                pass

    def _end(
        self,
        step_id: str,
        status: StepStatus,
        at: float,
        *,
        value: object = None,
        error: str | None = None,
    ) -> None:
        if self._computed is not None:
            self._computed = (self._computed[0], self._cpu())
        self.retrying.pop(step_id, None)
        before = self.results.get(step_id, _WAITING)
        self.results[step_id] = replace(
            before, status=status, value=value, error=error, ended=at
        )

    def _resume(self, event: RunResumed) -> None:
        """Let what has not succeeded wait again."""
        self._epoch = self._clock() - event.at
        self.over = False
        self.retrying.clear()
        self.throttled.clear()
        self.stuck.clear()
        for key, result in [*self.results.items()]:
            if result.status != "succeeded" and self._of(key) != "succeeded":
                del self.results[key]

    def _of(self, key: str) -> StepStatus:
        """Return where the step of an item stands, or a step itself."""
        return self.results.get(key.partition("[")[0], _WAITING).status

    def _revise(self, event: Revised) -> None:
        self.revisions += 1
        for step_id in (*event.dropped, *(step.id for step in event.redefined)):
            self._forget(step_id)
        for step_id in event.dropped:
            self._steps.pop(step_id, None)
        changed = (*event.redefined, *event.added)
        self._steps.update((step.id, step) for step in changed)
        # The old wording was chosen for the old steps.
        self._answer = None
        self._skip_anew()

    def _skip_anew(self) -> None:
        """Let skipped steps wait again, but those that still cannot run.

        The run has no second word for a step that was skipped and still is.
        """
        skipped = {
            step_id: result
            for step_id, result in self.results.items()
            if result.status == "skipped"
        }
        for step_id in skipped:
            del self.results[step_id]
        needs = {name: step.dependencies() for name, step in self._steps.items()}
        for step_id in topological(needs):
            if step_id in skipped and any(
                required and self._is_lost(name)
                for name, required in needs[step_id].items()
            ):
                self.results[step_id] = skipped[step_id]

    def _is_lost(self, step_id: str) -> bool:
        return self.results.get(step_id, _WAITING).status in _LOST

    def _forget(self, step_id: str) -> None:
        self._lists.discard(step_id)
        for key in [*self.results]:
            if key == step_id or key.startswith(f"{step_id}["):
                del self.results[key]
                self.retrying.pop(key, None)
