"""What a run was about, and its plan before and after each revision."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dagplan.events import (
    AnswerText,
    BudgetReached,
    Event,
    PlanFinished,
    Revised,
    RunFinished,
    RunResumed,
    RunStarted,
    StepApproved,
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
    StepSucceeded,
)
from dagplan.plan.model import Plan, Step

_WAITING = StepResult("waiting")
_LOST = frozenset({"failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A plan at one moment of its run.

    Attributes:
        plan: The plan.
        results: What had become of its steps.
    """

    plan: Plan
    results: dict[str, StepResult]


@dataclass(frozen=True, slots=True)
class Change:
    """One revision of a plan.

    Attributes:
        revised: What was changed, and when.
        before: The plan just before.
        after: The plan just after.
    """

    revised: Revised
    before: Snapshot
    after: Snapshot


@dataclass(frozen=True, slots=True)
class Story:
    """What a run was about.

    Attributes:
        question: What was asked; empty where a plan alone was run.
        utc: When it began, in ISO 8601; empty if that is not known.
        answer: What was answered so far.
        outcome: How it ended; empty while it goes on.
        changes: The revisions of its plan.
        now: The plan as it stands, and what has become of its steps.
        reached: The bounds of its budget that were reached.
    """

    question: str
    utc: str
    answer: str
    outcome: str
    changes: tuple[Change, ...]
    now: Snapshot
    reached: tuple[BudgetReached, ...] = ()


def story(events: Iterable[Event]) -> Story:
    """Fold the events of a run, or the first of them while it still goes on."""
    fold = _Fold()
    for event in events:
        fold.see(event)
    return fold.done()


@dataclass
class _Fold:
    question: str = ""
    utc: str = ""
    answer: str = ""
    outcome: str = ""
    template: str | None = None
    steps: dict[str, Step] = field(default_factory=dict)
    results: dict[str, StepResult] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    reached: list[BudgetReached] = field(default_factory=list)

    def see(self, event: Event) -> None:
        match event:
            case RunStarted():
                self.question, self.utc = event.question, event.utc
            case StepPlanned():
                self.steps[event.step_id] = event.step
            case PlanFinished():
                self.template = event.answer
            case Revised():
                self._revise(event)
            case AnswerText():
                self.answer += event.text
            case BudgetReached():
                self.reached.append(event)
            case RunFinished():
                self.outcome = event.outcome
                # A record has the answer here alone.
                self.answer = event.answer or self.answer
            case RunResumed():
                self._resume()
            case StepParked() | StepInDoubt() | StepApproved() | StepSkipped():
                self._hold(event)
            case _:
                self._step(event)

    def done(self) -> Story:
        return Story(
            self.question,
            self.utc,
            self.answer,
            self.outcome,
            tuple(self.changes),
            self._snapshot(),
            tuple(self.reached),
        )

    def _hold(
        self, event: StepParked | StepInDoubt | StepApproved | StepSkipped
    ) -> None:
        match event:
            case StepParked():
                self._set(event.step_id, "parked")
            case StepInDoubt():
                self._set(event.step_id, "in_doubt")
            case StepApproved():
                self._set(event.step_id, "waiting")
            case StepSkipped():
                reason = f"needs {event.because[:64]!r}, which has no value"
                self._set(event.step_id, "skipped", error=reason)

    def _resume(self) -> None:
        """Let what has not succeeded wait again."""
        self.outcome = self.answer = ""
        done = {key for key, one in self.results.items() if one.status == "succeeded"}
        self.results = {
            key: result
            for key, result in self.results.items()
            if key in done or key.partition("[")[0] in done
        }

    def _step(self, event: Event) -> None:
        match event:
            case StepStarted():
                started = StepResult(
                    "running", attempts=event.attempt, started=event.at
                )
                self.results[event.step_id] = started
            case StepHedged():
                self._set(event.step_id, "running", attempts=event.attempt)
            case StepRetried():
                self._set(event.step_id, "waiting", error=event.error)
            case StepSucceeded():
                self._set(event.step_id, "succeeded", value=event.value, ended=event.at)
            case StepFailed():
                self._set(event.step_id, "failed", error=event.error, ended=event.at)
            case StepCancelled():
                self._set(event.step_id, "cancelled", ended=event.at)
            case _:
                pass

    def _set(
        self,
        step_id: str,
        status: StepStatus,
        *,
        value: object = None,
        error: str | None = None,
        attempts: int | None = None,
        ended: float | None = None,
    ) -> None:
        before = self.results.get(step_id, _WAITING)
        self.results[step_id] = replace(
            before,
            status=status,
            value=value,
            error=error,
            attempts=before.attempts if attempts is None else attempts,
            ended=ended,
        )

    def _revise(self, event: Revised) -> None:
        before = self._snapshot()
        gone = {*event.dropped, *(step.id for step in event.redefined)}
        self.results = {
            key: result
            for key, result in self.results.items()
            if key.partition("[")[0] not in gone
        }
        for step_id in event.dropped:
            self.steps.pop(step_id, None)
        for step in (*event.redefined, *event.added):
            self.steps[step.id] = step
        self._wait_again()
        # What looked like an answer went on to revise the plan.
        self.answer, self.template = "", None
        self.changes.append(Change(event, before, self._snapshot()))

    def _wait_again(self) -> None:
        """Let skipped steps wait again, but those that still cannot run.

        The run has no second word for a step that was skipped and still is.
        """
        statuses = {key: result.status for key, result in self.results.items()}
        skipped = {key for key, status in statuses.items() if status == "skipped"}
        lost = {key for key, status in statuses.items() if status in _LOST}
        needs = {
            key: [name for name, must in self.steps[key].dependencies().items() if must]
            for key in skipped
            if key in self.steps
        }
        while still := {
            key for key in needs.keys() - lost if not lost.isdisjoint(needs[key])
        }:
            lost |= still
        for key in skipped - lost:
            del self.results[key]

    def _snapshot(self) -> Snapshot:
        plan = Plan(steps=[*self.steps.values()], answer=self.template)
        return Snapshot(plan, dict(self.results))
