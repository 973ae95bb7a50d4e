"""What happens to the run as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dagplan.events.values import Bound, Outcome, Role, Tokens
from dagplan.plan.model import Step


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
class PlanFinished:
    """The plan is complete: no more steps come but by revision.

    Attributes:
        at: Seconds since the run began.
        answer: The plan's answer template, if it has one.
    """

    at: float
    answer: str | None = None


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
