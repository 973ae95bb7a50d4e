"""What is known of a run from its record: a fold of events, for whoever goes on with it.

Pure, as all folds are: the same events give the same history.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from dagplan.errors import SettingsError
from dagplan.events import (
    Event,
    Outcome,
    PlanApproved,
    PlanFinished,
    PlanParked,
    QuestionAnswered,
    QuestionAsked,
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
from dagplan.plan.references import short

_RUN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Past:
    """What became of a step, or of an item of a `for_each` step, so far.

    Attributes:
        step_id: The step, or `id[0]` for an item.
        status: Where it stood.
        value: What it returned, if it succeeded.
        error: Why it failed.
        attempts: How often it was started, hedges included.
        started: Seconds since the run began; None if it never started.
        ended: Likewise; None if it did not end.
        digest: The work that it began last.
        intent: Whether that work has side effects.
        items: For a `for_each` step that went over to its items, how many.
    """

    step_id: str
    status: StepStatus = "waiting"
    value: object = None
    error: str | None = None
    attempts: int = 0
    started: float | None = None
    ended: float | None = None
    digest: str | None = None
    intent: bool = False
    items: int | None = None

    def result(self) -> StepResult:
        """Return the same as the run would."""
        return StepResult(
            self.status,
            self.value,
            self.error,
            self.attempts,
            self.started,
            self.ended,
        )

    @property
    def is_in_doubt(self) -> bool:
        """Whether it had side effects to bring about and nobody saw it end."""
        return self.intent and self.status in ("running", "cancelled", "in_doubt")


@dataclass(slots=True)
class History:
    """What a run has come to.

    Attributes:
        question: What is to be answered; empty where a plan alone is run.
        note: As in `RunStarted`.
        utc: When the run began, in ISO 8601.
        at: Moment of the last event, in seconds since the run began.
        planned: Whether a whole plan was recorded.
        answer: The plan's answer template, if it has one.
        replans: How often the replanner has revised the plan.
        outcome: How the run ended; None where it was cut off.
        response: The answer that was given.
        steps: What became of each step and item by id.
        work: What became of each piece of work by its digest: an item may have stood in
            another place of its list when it was done.
        parked: Calls about which the user was asked and has not decided, by digest.
        decisions: What the user decided about calls, by digest.
        parked_plan: Digest of the plan about which the user was asked, if any.
        plan_decisions: What the user decided about plans, by digest.
        asked: What the planner asked the user, if anything.
        reply: What the user answered to that; None where that is open.
    """

    question: str = ""
    note: Mapping[str, object] = field(default_factory=dict)
    utc: str = ""
    at: float = 0.0
    planned: bool = False
    answer: str | None = None
    replans: int = 0
    outcome: Outcome | None = None
    response: str | None = None
    steps: dict[str, Past] = field(default_factory=dict)
    work: dict[str, Past] = field(default_factory=dict)
    parked: dict[str, StepParked] = field(default_factory=dict)
    decisions: dict[str, StepApproved] = field(default_factory=dict)
    parked_plan: str | None = None
    plan_decisions: dict[str, bool] = field(default_factory=dict)
    asked: QuestionAsked | None = None
    reply: str | None = None
    _plan: dict[str, Step] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event]) -> "History":
        """Fold the events of a run."""
        history = cls()
        for event in events:
            history.take(event)
        return history

    @property
    def plan(self) -> Plan:
        """The plan as it stands, revisions included."""
        return Plan(steps=[*self._plan.values()], answer=self.answer)

    @property
    def total(self) -> int:
        """How many steps the plan has."""
        return len(self._plan)

    @property
    def done(self) -> int:
        """How many steps of the plan have succeeded."""
        return sum(
            past.status == "succeeded" and step_id in self._plan
            for step_id, past in self.steps.items()
        )

    def in_doubt(self) -> list[Past]:
        """Return the steps and items of which nobody knows whether they were done."""
        return [past for past in self.steps.values() if past.is_in_doubt]

    def results(self) -> dict[str, StepResult]:
        """Return what became of each step, items after their `for_each` step."""
        found: dict[str, StepResult] = {}
        items: dict[str, list[Past]] = {}
        for step_id, past in self.steps.items():
            items.setdefault(step_id.partition("[")[0], []).append(past)
        for step_id in self._plan:
            found[step_id] = Past(step_id).result()
            found.update(
                (past.step_id, past.result()) for past in items.get(step_id, ())
            )
        return found

    def take(self, event: Event) -> None:
        """Take the next event."""
        self.at = event.at
        match event:
            case RunStarted():
                self.question, self.utc = event.question, event.utc
                self.note = event.note
            case RunResumed():
                self.outcome = None
            case RunFinished():
                self.outcome, self.response = event.outcome, event.answer
            case StepPlanned() | PlanFinished() | Revised():
                self._take_plan(event)
            case _:
                self._take_word(event)

    def _take_word(self, event: Event) -> None:
        """Take what the user is asked, or has said."""
        match event:
            case StepParked():
                self.parked[event.digest] = event
            case StepApproved():
                self.parked.pop(event.digest, None)
                self.decisions[event.digest] = event
            case PlanParked():
                self.parked_plan = event.digest
            case PlanApproved():
                self.parked_plan = None
                self.plan_decisions[event.digest] = event.approved
            case QuestionAsked():
                self.asked, self.reply = event, None
            case QuestionAnswered():
                self.reply = event.answer
            case _:
                self._take_step(event)

    def _take_plan(self, event: StepPlanned | PlanFinished | Revised) -> None:
        match event:
            case StepPlanned():
                self._plan[event.step_id] = event.step
            case PlanFinished():
                self.planned, self.answer = True, event.answer
            case Revised():
                self.replans += not event.by_user
                # The old wording was chosen for the old steps.
                self.answer = None
                for step_id in event.dropped:
                    self._plan.pop(step_id, None)
                for step in (*event.redefined, *event.added):
                    self._plan[step.id] = step
                gone = {*event.dropped, *(step.id for step in event.redefined)}
                for known in (self.steps, self.work):
                    for key, past in [*known.items()]:
                        if past.step_id.partition("[")[0] in gone:
                            del known[key]

    def _take_step(self, event: Event) -> None:
        match event:
            case StepStarted():
                self._begin(event)
            case StepHedged():
                self._set(event.step_id, attempts=event.attempt)
            case StepRetried():
                # It failed, and a policy says to try it again: nothing is in doubt.
                self._set(event.step_id, status="waiting", error=event.error)
            case StepSucceeded():
                self._set(
                    event.step_id,
                    status="succeeded",
                    value=event.value,
                    error=None,
                    ended=event.at,
                )
            case StepFailed():
                self._set(
                    event.step_id, status="failed", error=event.error, ended=event.at
                )
            case StepSkipped():
                self._set(event.step_id, status="skipped")
            case StepCancelled():
                self._set(event.step_id, status="cancelled", ended=event.at)
            case StepInDoubt():
                before = self.work.get(event.digest) or self.steps.get(event.step_id)
                self._put(
                    replace(
                        before or Past(event.step_id),
                        step_id=event.step_id,
                        status="in_doubt",
                        digest=event.digest,
                        intent=True,
                    )
                )
            case _:
                pass

    def _begin(self, event: StepStarted) -> None:
        step_id = event.step_id
        if event.items is not None:
            # Another list: its items are told of anew.
            for key in [*self.steps]:
                if key.startswith(f"{step_id}["):
                    del self.steps[key]
        before = self.steps.get(step_id)
        # Attempts at one piece of work are one stretch of it.
        again = before is not None and event.attempt > 1
        started = before.started if before is not None and again else None
        self._put(
            Past(
                step_id,
                "running",
                attempts=event.attempt,
                started=event.at if started is None else started,
                digest=event.digest,
                intent=event.intent,
                items=event.items,
            )
        )

    def _set(self, step_id: str, **changes: object) -> None:
        before = self.steps.get(step_id, Past(step_id))
        self._put(replace(before, **changes))  # type: ignore[arg-type]

    def _put(self, past: Past) -> None:
        self.steps[past.step_id] = past
        if past.digest is not None:
            self.work[past.digest] = past


def difference(before: Plan, after: Plan, at: float) -> Revised:
    """Return what the user has changed to make one plan of another."""
    known = {step.id: step for step in before.steps}
    wanted = {step.id for step in after.steps}
    return Revised(
        at=at,
        added=tuple(s for s in after.steps if s.id not in known),
        redefined=tuple(s for s in after.steps if s.id in known and known[s.id] != s),
        dropped=tuple(step_id for step_id in known if step_id not in wanted),
        by_user=True,
    )


def check_run_id(run_id: object) -> str:
    """Return a run id that can be part of a file's name.

    Raises:
        SettingsError: It is none.
    """
    if not isinstance(run_id, str) or not _RUN_ID.fullmatch(run_id):
        raise SettingsError(
            f"a run id has 1 to 64 letters, digits, '_' and '-', got {short(run_id)}"
        )
    return run_id
