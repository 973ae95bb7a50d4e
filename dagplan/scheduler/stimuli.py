"""What the executor tells the machine, and what it is told to do."""

from dataclasses import dataclass

from dagplan.events import (
    StepCancelled,
    StepFailed,
    StepHedged,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepStuck,
    StepSucceeded,
    Throttled,
)
from dagplan.protocols import StepCall


@dataclass(frozen=True, slots=True)
class Returned:
    """An attempt ended with a value."""

    at: float
    attempt: int
    value: object


@dataclass(frozen=True, slots=True)
class Raised:
    """An attempt ended with an error.

    Attributes:
        at: Seconds since the run began.
        attempt: Key of the attempt.
        error: What was raised; policies look at it, nothing keeps it.
        text: The same on one line.
    """

    at: float
    attempt: int
    error: BaseException
    text: str


@dataclass(frozen=True, slots=True)
class Gone:
    """An attempt ended because it was cancelled."""

    at: float
    attempt: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A timer of the machine may be due, or a limit has room again."""

    at: float


@dataclass(frozen=True, slots=True)
class Stop:
    """The run is to end: nothing starts any more, what runs is cancelled."""

    at: float


@dataclass(frozen=True, slots=True)
class Start:
    """Commands the executor to run an attempt at a step."""

    attempt: int
    call: StepCall


@dataclass(frozen=True, slots=True)
class Cancel:
    """Commands the executor to cancel an attempt; it says when that has ended."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Tell:
    """Commands the executor to record what the machine decided."""

    event: (
        StepStarted
        | StepSucceeded
        | StepFailed
        | StepSkipped
        | StepCancelled
        | StepRetried
        | StepHedged
        | StepStuck
        | Throttled
    )


Command = Start | Cancel | Tell
