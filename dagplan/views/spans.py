"""When each part of a run ran: a fold over its events, for every timeline."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from dagplan.events import (
    AnswerText,
    Event,
    ModelCalled,
    PlanFinished,
    QuestionAnswered,
    QuestionAsked,
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
    StepRetried,
    StepSkipped,
    StepStarted,
    StepStatus,
    StepSucceeded,
)
from dagplan.plan.model import Step

# No id of a step holds a space, so these name nothing else.
_PLANNER = "the planner"
_ANSWER = "the answer"


@dataclass(slots=True)
class Span:
    """A part of a run: a step, an item of one, or planning, replanning, answering.

    Attributes:
        label: Its name; `[0]` for an item.
        kind: `"step"`, `"item"` of a `for_each` step, or what a `"model"` does
            around the steps: plan, replan, answer.
        needs: Keys of the spans that it waited for.
        status: Where it stands after the last event.
        pieces: Seconds from and to, one pair per attempt; empty if it never ran. A
            hedge runs beside the attempt that it joins and has no pair of its own.
        waits: Seconds from and to, one pair for each wait to be tried again.
        hedges: Seconds at which a hedge began.
        attempts: How often it was started, hedges included.
        critical: Whether it lies on the path that the run's time is due to.
        items: Spans of the items of a `for_each` step.
    """

    label: str
    kind: Literal["step", "item", "model"] = "step"
    needs: tuple[str, ...] = ()
    status: StepStatus = "waiting"
    pieces: list[tuple[float, float]] = field(default_factory=list)
    waits: list[tuple[float, float]] = field(default_factory=list)
    hedges: list[float] = field(default_factory=list)
    attempts: int = 0
    critical: bool = False
    items: list["Span"] = field(default_factory=list)

    @property
    def started(self) -> float:
        """Seconds since the run began; infinite if it never ran."""
        return self.pieces[0][0] if self.pieces else float("inf")

    @property
    def ended(self) -> float:
        """Seconds since the run began; minus infinite if it never ran."""
        return self.pieces[-1][1] if self.pieces else float("-inf")


@dataclass(frozen=True, slots=True)
class Timeline:
    """All spans of a run.

    Attributes:
        spans: In the order in which they began; those that never did come last.
        total: Seconds from the beginning of the run to its last event.
    """

    spans: tuple[Span, ...]
    total: float


def timeline(events: Iterable[Event]) -> Timeline:
    """Fold the events of a run, or the first of them while it still goes on."""
    fold = _Fold()
    for event in events:
        fold.now = max(fold.now, event.at)
        fold.see(event)
    return fold.done()


class _Fold:
    """What the events so far have told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.spans: dict[str, Span] = {}
        self.items: dict[str, Span] = {}
        self.running: dict[str, float] = {}
        self.retrying: dict[str, float] = {}
        # What settled last, and when the replanner was first asked since then.
        self.last: str | None = None
        self.asked: float | None = None
        self.origin = _PLANNER
        self.revisions = 0

    def see(self, event: Event) -> None:
        match event:
            case StepStarted():
                self._start(event)
            case StepRetried():
                self._retry(event)
            case StepHedged():
                self._hedge(event)
            case StepSucceeded():
                self._settle(event.step_id, "succeeded")
            case StepFailed():
                self._settle(event.step_id, "failed")
            case StepCancelled():
                self._settle(event.step_id, "cancelled")
            case StepSkipped():
                self._settle(event.step_id, "skipped")
            case StepParked():
                self._span(event.step_id).status = "parked"
            case StepInDoubt():
                self._span(event.step_id).status = "in_doubt"
            case _:
                self._see_planner(event)

    def _see_planner(self, event: Event) -> None:
        """Take what is about planning, or go on to the rest."""
        match event:
            case RunStarted(question=question) if question:
                self._begin(_PLANNER, "planner")
            case StepPlanned():
                self._plan(event.step)
            case PlanFinished() if _PLANNER in self.spans:
                self._settle(_PLANNER, "succeeded")
            case QuestionAsked() if _PLANNER in self.spans:
                self._settle(_PLANNER, "parked")
            case QuestionAnswered():
                self._plan_again()
            case _:
                self._see_frame(event)

    def _see_frame(self, event: Event) -> None:
        """Take what is neither about a step that runs nor about the planner."""
        match event:
            case Revised():
                self._revise(event)
            case ModelCalled(role="replanner") if self.asked is None:
                self.asked = event.started
            case AnswerText() if _ANSWER not in self.spans:
                self._begin(_ANSWER, "answer")
            case RunResumed():
                self._resume()
            case RunFinished():
                self._finish(event)
            case _:
                pass

    def _resume(self) -> None:
        """Forget what ran when the run was cut off; a planner begins once more."""
        for key in [*self.running, *self.retrying]:
            self._settle(key, "waiting")
        self._plan_again()

    def _plan_again(self) -> None:
        """Let the planner go on where the user has answered it, or it was cut off."""
        planner = self.spans.get(_PLANNER)
        if planner is not None and planner.status != "succeeded":
            planner.status = "running"
            self.running[_PLANNER] = self.now

    def _plan(self, step: Step) -> None:
        span = self.spans.setdefault(step.id, Span(step.id))
        span.needs = (*step.dependencies(), self.origin)
        span.status = "waiting"

    def _start(self, event: StepStarted) -> None:
        span = self._span(event.step_id)
        self._close(event.step_id)
        self.running[event.step_id] = event.at
        span.status = "running"
        span.attempts = max(span.attempts, event.attempt)

    def _retry(self, event: StepRetried) -> None:
        self._close(event.step_id)
        self.retrying[event.step_id] = event.at
        self._span(event.step_id).status = "waiting"

    def _hedge(self, event: StepHedged) -> None:
        span = self._span(event.step_id)
        span.hedges.append(event.at)
        span.attempts = max(span.attempts, event.attempt)

    def _settle(self, key: str, status: StepStatus) -> None:
        self._span(key).status = status
        if self._close(key) and key in self.spans:
            self.last, self.asked = key, None

    def _close(self, key: str) -> bool:
        """End the attempt or the wait that goes on; tell whether it was an attempt."""
        if (since := self.retrying.pop(key, None)) is not None:
            self._span(key).waits.append((since, self.now))
        start = self.running.pop(key, None)
        if start is None:
            return False
        self._span(key).pieces.append((start, self.now))
        return True

    def _span(self, key: str) -> Span:
        """Return the span of a step, or of an item, which its step then has."""
        parent, bracket, _ = key.partition("[")
        if not bracket:
            return self.spans.setdefault(key, Span(key))
        if key not in self.items:
            self.items[key] = Span(key[len(parent) :], "item")
            self._span(parent).items.append(self.items[key])
        return self.items[key]

    def _revise(self, event: Revised) -> None:
        self.revisions += 1
        self.origin = f"replan {self.revisions}"
        if (answer := self.spans.pop(_ANSWER, None)) is not None:
            # What looked like an answer went on to revise the plan.
            self.asked = self.running.pop(_ANSWER)
            self.last = answer.needs[0] if answer.needs else None
        self._begin(self.origin, self.origin)
        self._settle(self.origin, "succeeded")
        for step in (*event.added, *event.redefined):
            self._plan(step)
        self._drop(event)

    def _drop(self, event: Revised) -> None:
        for key in [*self.running, *self.retrying]:
            # No event of its own tells that a step that ran was cancelled.
            if key.partition("[")[0] in event.dropped:
                self._span(key).status = "cancelled"
                self._close(key)
        for step_id in event.dropped:
            if step_id in self.spans and not self.spans[step_id].pieces:
                del self.spans[step_id]

    def _finish(self, event: RunFinished) -> None:
        if event.outcome == "answered":
            self._answered()
            left: StepStatus = "succeeded"
        else:
            left = "failed" if event.outcome == "failed" else "cancelled"
        for key in [*self.running]:
            self._settle(key, left if self._span(key).kind == "model" else "cancelled")

    def _answered(self) -> None:
        # Where a plan alone was run there was no question, so nothing answered.
        asked = _PLANNER in self.spans and _ANSWER not in self.spans
        if asked and self._asked_at() < self.now:
            self._begin(_ANSWER, "answer")

    def _begin(self, key: str, label: str) -> None:
        """Begin what a model does once something has settled."""
        needs = () if self.last is None else (self.last,)
        self.spans[key] = Span(label, "model", needs, "running", attempts=1)
        self.running[key] = self._asked_at()

    def _asked_at(self) -> float:
        """Return when the replanner was asked: at latest when the last step ended."""
        if self.asked is not None:
            return self.asked
        # Nothing ended before the run began, whatever odd ids a plan unchecked has.
        return 0.0 if self.last is None else max(self.spans[self.last].ended, 0.0)

    def done(self) -> Timeline:
        for key in [*self.running, *self.retrying]:
            self._close(key)
        for span in _critical(self.spans):
            span.critical = True
        ordered = sorted(self.spans.values(), key=lambda span: span.started)
        for span in ordered:
            span.items.sort(key=lambda item: item.started)
        return Timeline(tuple(ordered), self.now)


def _critical(spans: dict[str, Span]) -> Iterator[Span]:
    """Walk back from what ended last, each time to what it waited for longest."""
    left = {key: span for key, span in spans.items() if span.pieces}
    key = max(left, key=lambda k: (left[k].ended, left[k].started), default=None)
    while key is not None:
        span = left.pop(key)
        yield span
        if span.items:
            yield max(span.items, key=lambda item: item.ended)
        waited = [name for name in span.needs if name in left]
        # A plan that streams in ends after its first steps have started: its end is
        # then not what they waited for, its beginning is.
        ahead = [name for name in waited if left[name].ended <= span.started]
        key = max(ahead or waited, key=lambda name: left[name].ended, default=None)
