"""What the executor tells the machine, and what it is told to do.

Two of them are made for each step: a plain dataclass takes half the time of a frozen
one or a named tuple.
"""

from dataclasses import dataclass
from typing import NamedTuple, final

from dagplan.events import (
    StepCancelled,
    StepFailed,
    StepHedged,
    StepInDoubt,
    StepParked,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepStuck,
    StepSucceeded,
    Throttled,
)
from dagplan.protocols import StepCall


@dataclass(slots=True)
class Returned:
    """An attempt ended with a value."""

    at: float
    attempt: int
    value: object


class Raised(NamedTuple):
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


class Gone(NamedTuple):
    """An attempt ended because it was cancelled."""

    at: float
    attempt: int


class Tick(NamedTuple):
    """A timer of the machine may be due, or a limit has room again."""

    at: float


class Stop(NamedTuple):
    """The run is to end: nothing starts any more, what runs is cancelled."""

    at: float


@final
@dataclass(slots=True)
class Start:
    """Commands the executor to run an attempt at a step."""

    attempt: int
    call: StepCall


@final
class Cancel(NamedTuple):
    """Commands the executor to cancel an attempt; it says when that has ended."""

    attempt: int


Decided = (
    StepStarted
    | StepSucceeded
    | StepFailed
    | StepSkipped
    | StepCancelled
    | StepRetried
    | StepHedged
    | StepStuck
    | StepParked
    | StepInDoubt
    | Throttled
)
"""What the machine has decided; to be recorded and told."""

Command = Start | Cancel | Decided
