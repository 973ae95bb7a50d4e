"""Stories that nobody has lived, for the verdicts to be tried on."""

from collections.abc import Mapping

from dagplan.events import Event, StepSucceeded
from tests.crash.books import successes_of
from tests.crash.orders import End, Engine
from tests.crash.plans import Case, Result, base
from tests.crash.story import Settled, Snapshot, Story, Success, Turn
from tests.crash.witness import Line


class Fiction:
    """Tells a story step by step.

    Args:
        case: What is run in it.
        engine: On what.
    """

    def __init__(self, case: Case, engine: Engine = "dagplan") -> None:
        self.story = Story(case, engine, ())
        self.results: dict[str, Result] = {}
        self._case = case
        self._process = 1
        self._events: list[Event] = []
        self._before = Snapshot()
        self._count = 0

    def write(self, line: Line) -> None:
        """Have the witness see something."""
        self.story.lines.append(line)

    def begin(
        self, node: str, inputs: Mapping[str, object], key: str | None = None
    ) -> str:
        """Have an execution begin; returns its nonce."""
        self._count += 1
        nonce = f"n{self._count}"
        work = self._case.by_id()[base(node)].work(inputs)
        known = work if key is None else key
        self.write(Line("began", self._process, node, nonce, known, inputs))
        return nonce

    def end(
        self, node: str, inputs: Mapping[str, object], nonce: str, kind: str = "ended"
    ) -> object:
        """Have an execution succeed, or fail; returns its value."""
        if kind == "failed":
            self.write(Line("failed", self._process, node, nonce))
            return None
        value = self._case.by_id()[base(node)].value(inputs, nonce)
        self.write(Line("ended", self._process, node, nonce, value=value))
        return value

    def record(self, node: str, value: object) -> None:
        """Have a success recorded and shown."""
        self._events.append(StepSucceeded(0.0, node, value))
        self.results[node] = ("succeeded", value)
        if self.story.engine == "dagplan":
            self.write(Line("appended", self._process, value=1))
            self.write(Line("seen", self._process, node, value=value))

    def run(self, node: str, inputs: Mapping[str, object]) -> object:
        """Have a step run well, from its beginning to its record; returns its value."""
        value = self.end(node, inputs, self.begin(node, inputs))
        self.record(node, value)
        return value

    def forget(self) -> None:
        """Take the last event out of the journal."""
        self._events.pop()

    def settle(self, node: str, inputs: Mapping[str, object]) -> None:
        """Have the user ask for work to be done again."""
        work = self._case.by_id()[base(node)].work(inputs)
        said = Settled(node, work, retry=True, place=len(self.story.lines))
        self.story.settled.append(said)

    def die(self) -> None:
        """Kill the process."""
        self._turn(end=None)

    def finish(self, outcome: str = "answered", error: str = "") -> Story:
        """End the last process; returns the story."""
        self._turn(End(outcome, dict(self.results), error))
        return self.story

    def _turn(self, end: End | None) -> None:
        events = tuple(self._events)
        known: list[Success] = successes_of(events)
        if self.story.engine == "langgraph":
            known = [Success("", success.value, success.place) for success in known]
            events = ()
        after = Snapshot(known, events)
        turn = Turn(self._process, end is None, end, self._before, after)
        self.story.turns.append(turn)
        self._before = after
        self._process += 1
