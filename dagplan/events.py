"""What can happen in a run, as frozen values.

One list of events tells all of a run: the live view, the report, the timeline, resuming
and the tests are folds over it. `at` is in seconds since the run began, times in which
nobody ran it left out; events of a step carry its `step_id`, which is `id[0]`, `id[1]`,
… for the items of a `for_each` step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dagplan.frozen import setters
from dagplan.plan.model import Step

StepStatus = Literal[
    "waiting",
    "ready",
    "running",
    "parked",
    "succeeded",
    "failed",
    "skipped",
    "cancelled",
    "in_doubt",
]
Outcome = Literal["answered", "failed", "cancelled", "paused"]
Role = Literal["planner", "replanner", "reader", "step"]
Bound = Literal["max_model_calls", "max_tokens", "max_cost", "deadline"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one model call or of several, as the provider counted them.

    Attributes:
        input: Tokens read, cached ones included.
        output: Tokens written.
        cached: How many of those read came from the provider's cache.
    """

    input: int = 0
    output: int = 0
    cached: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(
            self.input + other.input,
            self.output + other.output,
            self.cached + other.cached,
        )

    @property
    def total(self) -> int:
        """All that were read and written."""
        return self.input + self.output


@dataclass(frozen=True, slots=True)
class StepResult:
    """What became of a step.

    Attributes:
        status: Where it stands; final once the run has ended.
        value: What it returned; None unless it succeeded.
        error: One line that says why it failed or was skipped, or which items a
            `partial` step left out; else None.
        attempts: How often it was started, hedges included.
        started: Seconds since the run began, None if it never started.
        ended: Seconds since the run began, None if it never started.
    """

    status: StepStatus
    value: object = None
    error: str | None = None
    attempts: int = 0
    started: float | None = None
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run begins.

    Attributes:
        at: Always 0.
        utc: Wall-clock time in ISO 8601, UTC.
        question: What is to be answered; empty where a plan alone is run.
        slots: How many steps may run at once; None for no limit.
        note: What whoever began the run wants to know when it goes on; plain JSON.
    """

    at: float
    utc: str
    question: str
    slots: int | None
    note: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunResumed:
    """A run that was cut off, paused or over goes on.

    Steps that have not succeeded wait again; what ran when it was cut off is gone.

    Attributes:
        at: Moment of the last event before; the time between is nobody's.
        utc: Wall-clock time in ISO 8601, UTC.
    """

    at: float
    utc: str


@dataclass(frozen=True, slots=True)
class StepPlanned:
    """A step became part of the plan."""

    at: float
    step_id: str
    step: Step

    def __init__(self, at: float, step_id: str, step: Step) -> None:
        set_at, set_step_id, set_step = _PLANNED
        set_at(self, at)
        set_step_id(self, step_id)
        set_step(self, step)


_PLANNED = setters(StepPlanned)


@dataclass(frozen=True, slots=True)
class PlanFinished:
    """The plan is complete: no more steps come but by revision.

    Attributes:
        at: Seconds since the run began.
        answer: The plan's answer template, if it has one.
    """

    at: float
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step took a slot and runs; a `for_each` step went over to its items.

    Attributes:
        at: Seconds since the run began.
        step_id: The step, or the item of a `for_each` step.
        attempt: 1 for the first attempt.
        items: For a `for_each` step, the number of its items; else None.
        digest: Names the very work that is begun, in a run that is recorded; else
            None. Its result is good for this work and no other.
        intent: Whether the step has side effects: if nothing is known of its end, it
            may or may not have been done.
    """

    at: float
    step_id: str
    attempt: int = 1
    items: int | None = None
    digest: str | None = None
    intent: bool = False

    def __init__(
        self,
        at: float,
        step_id: str,
        attempt: int = 1,
        items: int | None = None,
        digest: str | None = None,
        intent: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        set_at, set_step_id, set_attempt, set_items, set_digest, set_intent = _STARTED
        set_at(self, at)
        set_step_id(self, step_id)
        set_attempt(self, attempt)
        set_items(self, items)
        set_digest(self, digest)
        set_intent(self, intent)


_STARTED = setters(StepStarted)


@dataclass(frozen=True, slots=True)
class StepSucceeded:
    """A step returned a value.

    Attributes:
        at: Seconds since the run began.
        step_id: The step.
        value: What it returned.
        attempt: Which attempt returned it; a hedged step has several.
    """

    at: float
    step_id: str
    value: object
    attempt: int = 1

    def __init__(
        self, at: float, step_id: str, value: object, attempt: int = 1
    ) -> None:
        set_at, set_step_id, set_value, set_attempt = _SUCCEEDED
        set_at(self, at)
        set_step_id(self, step_id)
        set_value(self, value)
        set_attempt(self, attempt)


_SUCCEEDED = setters(StepSucceeded)


@dataclass(frozen=True, slots=True)
class StepRetried:
    """An attempt failed and the step will be tried again; it waits without a slot.

    Attributes:
        at: Seconds since the run began.
        step_id: The step.
        attempt: The attempt that failed.
        error: One line: what went wrong.
        kind: Class name of the error, for grouping.
        wait: Seconds until the next attempt may start.
    """

    at: float
    step_id: str
    attempt: int
    error: str
    kind: str
    wait: float


@dataclass(frozen=True, slots=True)
class StepHedged:
    """A second attempt joins one that takes long; it takes a slot and runs.

    Attributes:
        at: Seconds since the run began.
        step_id: The step.
        attempt: The attempt that starts.
    """

    at: float
    step_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class StepStuck:
    """A cancelled attempt does not end: it swallows its cancellation or blocks a thread.

    A blocked thread is left to itself, a coroutine is waited for.

    Attributes:
        at: Seconds since the run began.
        step_id: The step.
        attempt: The attempt.
    """

    at: float
    step_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Throttled:
    """A provider asked to slow down: no call to it starts for some time.

    Attributes:
        at: Seconds since the run began.
        step_id: The step that was refused; None for the planner and replanner.
        resource: The provider, e.g. `"api.openai.com"`.
        wait: Seconds until calls start again, few at first.
    """

    at: float
    step_id: str | None
    resource: str
    wait: float


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A step raised, or could not start.

    Attributes:
        at: Seconds since the run began.
        step_id: The step.
        error: One line: what went wrong.
        kind: Class name of the error, for grouping.
    """

    at: float
    step_id: str
    error: str
    kind: str


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """A step cannot run, since a dependency that it requires has no value.

    Attributes:
        at: Seconds since the run began.
        step_id: The step.
        because: Id of that dependency.
    """

    at: float
    step_id: str
    because: str


@dataclass(frozen=True, slots=True)
class StepCancelled:
    """A step was ended before it was done."""

    at: float
    step_id: str


@dataclass(frozen=True, slots=True)
class StepParked:
    """A step that could start waits for the user to approve of its call.

    Attributes:
        at: Seconds since the run began.
        step_id: The step.
        digest: Names the very call; another one is asked for anew.
        tool: The tool that it would call; None for an agent step.
        task: Its task with the references put in.
        args: Its arguments with the references put in.
    """

    at: float
    step_id: str
    digest: str
    tool: str | None
    task: str
    args: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StepApproved:
    """The user has decided about a parked step.

    Attributes:
        at: Seconds since the run began.
        step_id: The step.
        digest: The call that was decided about.
        approved: Whether it may start; if not, it fails.
        args: Arguments to call it with instead; None for those that were shown.
    """

    at: float
    step_id: str
    digest: str
    approved: bool
    args: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class StepInDoubt:
    """A step with side effects had begun when the run was cut off, or on other inputs.

    Whether it was done nobody knows, so it is not run again until the user says so.

    Attributes:
        at: Seconds since the run began.
        step_id: The step.
        digest: The work that had begun.
    """

    at: float
    step_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class PlanParked:
    """Nothing starts until the user approves of the plan.

    Attributes:
        at: Seconds since the run began.
        digest: Names the plan, revisions included; another one is asked for anew.
    """

    at: float
    digest: str


@dataclass(frozen=True, slots=True)
class PlanApproved:
    """The user has decided about the plan.

    Attributes:
        at: Seconds since the run began.
        digest: The plan that was decided about.
        approved: Whether it may be run.
    """

    at: float
    digest: str
    approved: bool


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """The planner asks the user for something without which it cannot plan.

    Attributes:
        at: Seconds since the run began.
        digest: Names the question.
        question: What it asks.
    """

    at: float
    digest: str
    question: str


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """The user has answered the planner's question, which plans again.

    Attributes:
        at: Seconds since the run began.
        digest: The question that was answered.
        answer: What the user says.
    """

    at: float
    digest: str
    answer: str


@dataclass(frozen=True, slots=True)
class Revised:
    """The plan was changed while it ran.

    Attributes:
        at: Seconds since the run began.
        added: Steps with new ids.
        redefined: Steps that take the place of waiting, failed or skipped ones.
        dropped: Ids of the steps that are gone.
        by_user: Whether the user changed it, rather than the replanner.
    """

    at: float
    added: tuple[Step, ...] = ()
    redefined: tuple[Step, ...] = ()
    dropped: tuple[str, ...] = ()
    by_user: bool = False


@dataclass(frozen=True, slots=True)
class ModelCalled:
    """A call to a model ended, well or badly.

    Attributes:
        at: Seconds since the run began; the same as `ended`.
        role: What the call was for.
        step_id: The step that it was made for, else None.
        model: Name of the model as its provider knows it.
        tokens: What it read and wrote; None where the provider did not say.
        started: Seconds since the run began.
        ended: Seconds since the run began.
        price: US dollars by the list prices of the day; None where that is not known,
            as of a server of one's own or where nobody counted tokens.
    """

    at: float
    role: Role
    step_id: str | None
    model: str
    tokens: Tokens | None
    started: float
    ended: float
    price: float | None = None


@dataclass(frozen=True, slots=True)
class BudgetReached:
    """A bound of the run's `Budget` is reached: nothing new starts any more.

    Attributes:
        at: Seconds since the run began.
        bound: Which one, by its name in `Budget`.
        limit: The bound: calls, tokens, US dollars or seconds.
        spent: What was spent by then, in the same unit.
    """

    at: float
    bound: Bound
    limit: float
    spent: float

    @property
    def said(self) -> str:
        """What happened, in words for people and models, e.g. in an answer."""
        calls = "model call" if self.limit == 1 else "model calls"
        what = {
            "max_model_calls": f"{self.limit:,.0f} {calls}",
            "max_tokens": f"{self.limit:,.0f} tokens",
            "max_cost": f"${self.limit:g}",
        }
        if self.bound == "deadline":
            return f"the deadline of {self.limit:g} s has passed"
        return f"the budget of {what[self.bound]} is spent"


@dataclass(frozen=True, slots=True)
class AnswerText:
    """The next piece of the answer."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run is over; no event follows unless it is resumed.

    Attributes:
        at: Seconds since the run began.
        outcome: `"answered"`, `"failed"`, `"cancelled"`, or `"paused"` where only the
            user can say how to go on.
        answer: The answer, where there is one.
    """

    at: float
    outcome: Outcome
    answer: str | None = None


Event = (
    RunStarted
    | RunResumed
    | PlanParked
    | PlanApproved
    | QuestionAsked
    | QuestionAnswered
    | StepParked
    | StepApproved
    | StepInDoubt
    | StepPlanned
    | PlanFinished
    | StepStarted
    | StepSucceeded
    | StepFailed
    | StepSkipped
    | StepCancelled
    | StepRetried
    | StepHedged
    | StepStuck
    | Throttled
    | Revised
    | ModelCalled
    | BudgetReached
    | AnswerText
    | RunFinished
)
