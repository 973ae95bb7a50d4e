"""What a run cost, and what running steps at the same time bought: a fold of events.

No figure is estimated: each is the difference of two moments that the run recorded.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import assert_never

from dagplan.events import (
    AnswerText,
    Event,
    ModelCalled,
    PlanFinished,
    Revised,
    RunFinished,
    RunStarted,
    StepCancelled,
    StepFailed,
    StepPlanned,
    StepSkipped,
    StepStarted,
    StepSucceeded,
    Tokens,
)
from dagplan.plan.graph import critical_path


@dataclass(frozen=True, slots=True)
class RunReport:
    """Figures of one run; times in seconds.

    Attributes:
        wall: From the start of the run to its end.
        first_step: From the start of the run to the start of its first step; None if
            none started.
        serial_sum: What the same calls took one after another: planning, every step
            that ran, answering.
        critical_path: Planning, the longest chain of steps that needed one another,
            answering: no schedule of these steps is shorter.
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
    idle_since: float = 0.0
    running: dict[str, float] = field(default_factory=dict)
    busy: dict[str, float] = field(default_factory=dict)
    dependencies: dict[str, list[str]] = field(default_factory=dict)
    parents: set[str] = field(default_factory=set)
    ended: dict[str, str] = field(default_factory=dict)
    earlier: int = 0
    calls: dict[str, int] = field(default_factory=dict)
    tokens: Tokens = field(default_factory=Tokens)

    def take(self, event: Event) -> None:  # noqa: C901, PLR0912 - one arm per event
        self.at = event.at
        match event:
            case RunStarted():
                self.slots = event.slots
            case StepPlanned():
                self.dependencies[event.step_id] = [*event.step.dependencies()]
            case PlanFinished():
                self._waited_for_a_plan()
            case Revised():
                self._waited_for_a_plan()
                for step_id in (*event.dropped, *(s.id for s in event.redefined)):
                    self._forget(step_id)
                for step in (*event.added, *event.redefined):
                    self.dependencies[step.id] = [*step.dependencies()]
            case StepStarted(items=None):
                if self.first_step is None:
                    self.first_step = event.at
                self.running[event.step_id] = event.at
            case StepStarted():
                self.parents.add(event.step_id)
            case StepSucceeded():
                self._end(event.step_id, "succeeded")
            case StepFailed():
                self._end(event.step_id, "failed")
            case StepCancelled():
                self._end(event.step_id, "cancelled")
            case ModelCalled():
                self.calls[event.role] = self.calls.get(event.role, 0) + 1
                self.tokens += event.tokens or Tokens()
            case StepSkipped():
                self.ended[event.step_id] = "skipped"
            case AnswerText() | RunFinished():
                pass
            case _:
                assert_never(event)

    def _waited_for_a_plan(self) -> None:
        if not self.running:
            self.planning += self.at - self.idle_since
            self.idle_since = self.at

    def _end(self, step_id: str, status: str) -> None:
        self.ended[step_id] = status
        started = self.running.pop(step_id, None)
        if started is not None:
            self.busy[step_id] = self.busy.get(step_id, 0.0) + self.at - started
            if not self.running:
                self.idle_since = self.at

    def _forget(self, step_id: str) -> None:
        """Keep what an earlier definition of a step took, under a name of its own."""
        self.earlier += 1
        own = [name for name in self.ended if name.partition("[")[0] == step_id]
        for name in own:
            del self.ended[name]
        if (before := self.dependencies.pop(step_id, None)) is not None:
            self.dependencies[f"{step_id}#{self.earlier}"] = before
        for name in [n for n in self.busy if n.partition("[")[0] == step_id]:
            renamed = f"{step_id}#{self.earlier}{name.removeprefix(step_id)}"
            self.busy[renamed] = self.busy.pop(name)
        self.parents.discard(step_id)

    def longest_chain(self) -> float:
        """Return the length of the longest chain of steps, items within their step."""
        seconds = dict(self.busy)
        for step_id, took in self.busy.items():
            parent, _, index = step_id.partition("[")
            if index:
                # Items run side by side: a step takes as long as its longest item.
                seconds[parent] = max(seconds.get(parent, 0.0), took)
        known = {
            step_id: [name for name in names if name in self.dependencies]
            for step_id, names in self.dependencies.items()
        }
        return critical_path(known, lambda step_id: seconds.get(step_id, 0.0))[1]


def report(events: Sequence[Event]) -> RunReport:
    """Fold the events of a run, finished or not, into its report."""
    fold = _Fold()
    for event in events:
        fold.take(event)
    for step_id, started in fold.running.items():
        fold.busy[step_id] = fold.busy.get(step_id, 0.0) + fold.at - started
    work = sum(fold.busy.values())
    answering = 0.0 if fold.running else fold.at - fold.idle_since
    around = fold.planning + answering
    path = around + fold.longest_chain()
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
        model_calls=dict(sorted(fold.calls.items())),
        tokens=fold.tokens,
    )
