"""What happens to a step."""

from dataclasses import dataclass

from dagplan.frozen import setters
from dagplan.plan.model import Step


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
