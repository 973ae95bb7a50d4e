"""What a run with its kills has left behind, for the verdicts to judge."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dagplan.events import Event
from tests.crash.kills import Kill
from tests.crash.orders import End, Engine
from tests.crash.plans import Case
from tests.crash.witness import Execution, Line, executions


@dataclass(frozen=True, slots=True)
class Success:
    """A success that a record holds.

    Attributes:
        node: The step or item; empty where the record does not say.
        value: Its value.
        place: Where in the record it stands.
    """

    node: str
    value: object
    place: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a record holds at some moment at which no process writes to it.

    Attributes:
        successes: All of them, in order.
        events: The events of a journal of ours; none for other engines.
        trouble: Why it could not be read, if it could not.
    """

    successes: Sequence[Success] = ()
    events: Sequence[Event] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One process of the run.

    Attributes:
        number: From 1.
        killed: Whether it was killed.
        end: How it ended by itself; None if it did not.
        before: The record when it began.
        after: The record when it was dead.
    """

    number: int
    killed: bool
    end: End | None
    before: Snapshot
    after: Snapshot


@dataclass(frozen=True, slots=True)
class Settled:
    """What the user said about a step in doubt.

    Attributes:
        node: The step or item.
        work: What was to be done, as `Task.work` has it.
        retry: Whether to run it; else its value was accepted.
        place: How many lines the witness had by then.
    """

    node: str
    work: str
    retry: bool
    place: int


@dataclass(slots=True)
class Story:
    """A run, from its first process to its last.

    Attributes:
        case: What was run.
        engine: On what.
        kills: What was to happen to its processes, one after the other.
        turns: Its processes.
        settled: What the user said in between.
        lines: What the witness saw.
        gave_up: Why the parent did not go on, if it did not.
    """

    case: Case
    engine: Engine
    kills: Sequence[Kill]
    turns: list[Turn] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    gave_up: str = ""

    def executions(self) -> list[Execution]:
        """Return all executions in the order in which they began."""
        return executions(self.lines)

    @property
    def delivered(self) -> int:
        """How many of the kills met a living process."""
        return sum(turn.killed for turn in self.turns)

    @property
    def end(self) -> End | None:
        """How its last process ended."""
        return self.turns[-1].end if self.turns else None
