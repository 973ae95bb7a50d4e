"""What a run cost, and what running steps at the same time bought: a fold of events.

No figure is estimated: each is the difference of two moments that the run recorded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import assert_never

from dagplan.events import (
    AnswerText,
    BudgetReached,
    Event,
    ModelCalled,
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
    StepRetried,
    StepSkipped,
    StepStarted,
    StepStuck,
    StepSucceeded,
    Throttled,
    Tokens,
)
from dagplan.usage import Usage


@dataclass(frozen=True, slots=True)
class RunReport:
    """Figures of one run; times in seconds.

    Attributes:
        wall: From the start of the run to its end.
        first_step: From the start of the run to the start of its first step; None if
            none started.
        serial_sum: What the same calls took one after another: planning, every step
            that ran, attempts that failed included, answering. A hedge is not in it:
            one call at a time, nobody asks twice; nor are waits between attempts, in
            which another step can run.
        critical_path: Planning, the longest chain of steps that needed one another,
            answering: no schedule of these steps is shorter. The waits that a step's
            retries asked for are part of it.
        lower_bound: The larger of `critical_path` and planning + work ÷ slots +
            answering (Graham 1966): what a perfect scheduler would need.
        speedup: `serial_sum` ÷ `wall`.
        efficiency: `lower_bound` ÷ `wall`; 1 is perfect.
        planning: Time in which the plan was written or revised and no step ran.
        answering: From the end of the last step to the end of the run.
        steps: How many steps ended how, by status; items of `for_each` steps count
            each, the step itself does not.
        model_calls: How many calls were made, by role.
        tokens: Tokens of all calls whose provider counted them.
        price: US dollars of all calls whose price is known; None where that is none of
            them, 0 where no model was called.
        unpriced: How many calls have no known price: where not 0, `price` is not all.
        by_role: Calls, tokens and price by what the calls were for.
        by_step: The same by the step that they were made for, items with their step.
        retries: How often an attempt failed and its step was tried again.
        hedges: How often a second attempt joined one that took long.
        throttled: Seconds that providers asked to wait, added up; waits that overlap
            count each.
    """

    wall: float
    first_step: float | None
    serial_sum: float
    critical_path: float
    lower_bound: float
    speedup: float
    efficiency: float
    planning: float
    answering: float
    steps: dict[str, int]
    model_calls: dict[str, int]
    tokens: Tokens
    price: float | None = 0.0
    unpriced: int = 0
    by_role: dict[str, Usage] = field(default_factory=dict)
    by_step: dict[str, Usage] = field(default_factory=dict)
    retries: int = 0
    hedges: int = 0
    throttled: float = 0.0

    @property
    def usage(self) -> Usage:
        """All calls of models together."""
        calls = sum(self.model_calls.values())
        return Usage(calls, self.tokens, self.price, self.unpriced)

    def as_dict(self) -> dict[str, object]:
        """Return the report as plain JSON."""
        return asdict(self)


@dataclass
class _Fold:
    """What the report needs of the events so far."""

    at: float = 0.0
    slots: int | None = None
    first_step: float | None = None
    planning: float = 0.0
    thinking: float = 0.0  # of the user, while nothing ran
    idle_since: float = 0.0
    # Whether the whole plan is known; steps may start before.
    planned: bool = False
    running: dict[str, float] = field(default_factory=dict)
    retrying: dict[str, StepRetried] = field(default_factory=dict)
    work: float = 0.0
    # Per step: what it took so far, waits included; the longest chain of steps up to
    # its start; and the longest chain up to its end. Chains are measured as they
    # happen: once a step has started, no revision changes what it waited for.
    took: dict[str, float] = field(default_factory=dict)
    before: dict[str, float] = field(default_factory=dict)
    # Seconds in which something ran before a step was known: it could not start then.
    known: dict[str, float] = field(default_factory=dict)
    reached: dict[str, float] = field(default_factory=dict)
    longest: float = 0.0
    dependencies: dict[str, list[str]] = field(default_factory=dict)
    parents: set[str] = field(default_factory=set)
    ended: dict[str, str] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    by_role: dict[str, Usage] = field(default_factory=dict)
    by_step: dict[str, Usage] = field(default_factory=dict)
    retries: int = 0
    hedges: int = 0
    throttled: float = 0.0

    def take(self, event: Event) -> None:
        """Take the next event."""
        self.at = event.at
        match event:
            case StepStarted() | StepRetried() | StepHedged() | StepStuck():
                self._attempt(event)
            case StepSucceeded() | StepFailed() | StepCancelled() | StepSkipped():
                self._end(event)
            case (
                PlanParked()
                | PlanApproved()
                | StepParked()
                | StepApproved()
                | StepInDoubt()
            ):
                # The user's time is not the run's: it shows in `wall` only.
                pass
            case RunResumed():
                self._resume()
            case _:
                self._frame(event)

    def _frame(
        self,
        event: RunStarted
        | StepPlanned
        | PlanFinished
        | QuestionAsked
        | QuestionAnswered
        | Revised
        | ModelCalled
        | Throttled
        | BudgetReached
        | AnswerText
        | RunFinished,
    ) -> None:
        match event:
            case RunStarted():
                self.slots = event.slots
            case StepPlanned():
                self.dependencies[event.step_id] = [*event.step.dependencies()]
                self.known[event.step_id] = self._busy()
            case PlanFinished():
                self._waited_for_a_plan()
                self.planned = True
            case QuestionAsked():
                self._waited_for_a_plan()
            case QuestionAnswered():
                self._waited_for_the_user()
            case Revised():
                self._revise(event)
            case ModelCalled():
                self._count(event)
            case Throttled():
                self.throttled += event.wait
            case AnswerText() | BudgetReached() | RunFinished():
                pass
            case _:
                assert_never(event)

    def _count(self, call: ModelCalled) -> None:
        self.usage = self.usage.plus(call)
        role = self.by_role.get(call.role, Usage())
        self.by_role[call.role] = role.plus(call)
        if call.step_id is not None:
            step_id = call.step_id.partition("[")[0]
            step = self.by_step.get(step_id, Usage())
            self.by_step[step_id] = step.plus(call)

    def _attempt(
        self, event: StepStarted | StepRetried | StepHedged | StepStuck
    ) -> None:
        match event:
            case StepStarted(items=None):
                if self.first_step is None:
                    self.first_step = event.at
                self._stop(event.step_id)
                if not self.planned:
                    self._waited_for_a_plan()
                self._begin(event.step_id)
                self.running[event.step_id] = event.at
            case StepStarted():
                self._begin(event.step_id)
                self.parents.add(event.step_id)
            case StepRetried():
                self.retries += 1
                self._stop(event.step_id)
                self.retrying[event.step_id] = event
            case StepHedged():
                # It shares the time of the attempt that it joins, and adds none.
                self.hedges += 1
            case StepStuck():
                # Its outcome no longer counts, so neither does its time.
                pass
            case _:
                assert_never(event)

    def _end(
        self, event: StepSucceeded | StepFailed | StepCancelled | StepSkipped
    ) -> None:
        step_id = event.step_id
        self._stop(step_id)
        if step_id in self.before:
            chain = self.before[step_id] + self.took.get(step_id, 0.0)
        else:
            chain = self._chain_up_to(step_id)
        match event:
            case StepSucceeded():
                self.ended[step_id] = "succeeded"
            case StepFailed():
                self.ended[step_id] = "failed"
            case StepCancelled():
                self.ended[step_id] = "cancelled"
            case StepSkipped():
                self.ended[step_id] = "skipped"
                # It did not wait for the others.
                chain = self.reached.get(event.because, 0.0)
            case _:
                assert_never(event)
        self.reached[step_id] = chain

    def _begin(self, step_id: str) -> None:
        if step_id not in self.before:
            self.before[step_id] = self._chain_up_to(step_id)

    def _chain_up_to(self, step_id: str) -> float:
        """Return the longest chain up to where a step can start."""
        parent, item, _ = step_id.partition("[")
        if item:
            return self.before.get(parent, 0.0)
        reached = [self.known.get(step_id, 0.0)]
        reached += [
            self.reached.get(name, 0.0) for name in self.dependencies.get(step_id, ())
        ]
        return max(reached)

    def _stop(self, step_id: str) -> None:
        """Count what a step has been doing up to now, be it work or a wait."""
        if (started := self.running.pop(step_id, None)) is not None:
            seconds = self.at - started
            self.work += seconds
        elif (retried := self.retrying.pop(step_id, None)) is not None:
            # What it waited beyond that, it waited for a slot.
            seconds = min(self.at - retried.at, retried.wait)
        else:
            return
        self.idle_since = self.at
        took = self.took[step_id] = self.took.get(step_id, 0.0) + seconds
        self.longest = max(self.longest, self.before.get(step_id, 0.0) + took)
        parent, item, _ = step_id.partition("[")
        if item:
            # Items run side by side: a step takes as long as its longest item.
            self.took[parent] = max(self.took.get(parent, 0.0), took)

    def _busy(self) -> float:
        """Return the seconds so far in which the run did not wait for a plan alone."""
        until = self.at if self.running or self.retrying else self.idle_since
        return until - self.planning - self.thinking

    def _waited_for_a_plan(self) -> None:
        if not self.running and not self.retrying:
            self.planning += self.at - self.idle_since
            self.idle_since = self.at

    def _waited_for_the_user(self) -> None:
        """Leave out the time in which the planner's question was not answered."""
        if not self.running and not self.retrying:
            self.thinking += self.at - self.idle_since
            self.idle_since = self.at

    def _revise(self, event: Revised) -> None:
        self._waited_for_a_plan()
        for step_id in (*event.dropped, *(s.id for s in event.redefined)):
            self._forget(step_id)
        for step in (*event.added, *event.redefined):
            self.dependencies[step.id] = [*step.dependencies()]

    def _resume(self) -> None:
        """Count what was done when the run was cut off; begin anew what was not."""
        self.close()
        for step_id, status in [*self.ended.items()]:
            if status != "succeeded":
                del self.ended[step_id]
        for known in (self.took, self.before, self.reached):
            for step_id in [*known]:
                parent = step_id.partition("[")[0]
                if self.ended.get(step_id, self.ended.get(parent)) != "succeeded":
                    del known[step_id]

    def _forget(self, step_id: str) -> None:
        """Drop what an earlier definition of a step has come to; its time counts."""
        for name in (*_of(step_id, self.running), *_of(step_id, self.retrying)):
            self._stop(name)
        for known in (self.took, self.before, self.reached, self.ended):
            for name in _of(step_id, known):
                del known[name]
        self.dependencies.pop(step_id, None)
        self.parents.discard(step_id)

    def close(self) -> None:
        """Count what goes on still, where the run has not ended."""
        for step_id in [*self.running, *self.retrying]:
            self._stop(step_id)


def report(events: Sequence[Event]) -> RunReport:
    """Fold the events of a run, finished or not, into its report."""
    fold = _Fold()
    for event in events:
        fold.take(event)
    goes_on = bool(fold.running or fold.retrying)
    fold.close()
    work = fold.work
    answering = 0.0 if goes_on else fold.at - fold.idle_since
    around = fold.planning + answering
    path = around + fold.longest
    spread = around + (work / fold.slots if fold.slots else 0.0)
    bound = max(path, spread)
    statuses = [s for step, s in fold.ended.items() if step not in fold.parents]
    return RunReport(
        wall=fold.at,
        first_step=fold.first_step,
        serial_sum=around + work,
        critical_path=path,
        lower_bound=bound,
        speedup=(around + work) / fold.at if fold.at else 1.0,
        efficiency=bound / fold.at if fold.at else 1.0,
        planning=fold.planning,
        answering=answering,
        steps={status: statuses.count(status) for status in sorted(set(statuses))},
        model_calls={role: used.calls for role, used in sorted(fold.by_role.items())},
        tokens=fold.usage.tokens,
        price=fold.usage.price,
        unpriced=fold.usage.unpriced,
        by_role=dict(sorted(fold.by_role.items())),
        by_step=fold.by_step,
        retries=fold.retries,
        hedges=fold.hedges,
        throttled=fold.throttled,
    )


def _of(step_id: str, names: Iterable[str]) -> list[str]:
    """Return the names that are a step's or its items'."""
    return [name for name in names if name.partition("[")[0] == step_id]
