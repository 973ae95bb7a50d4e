"""One run: a process after the other is killed and succeeded by the next, to the end."""

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dagplan.errors import DagplanError
from tests.crash.books import Books, books_of
from tests.crash.kills import Kill
from tests.crash.nursery import Died, Nursery
from tests.crash.orders import End, Engine, Order
from tests.crash.plans import Case, Task, base
from tests.crash.story import Settled, Snapshot, Story, Turn
from tests.crash.witness import Line, executions, read

_SPARE = 6
"""Processes that a run may take beyond one for each kill and for each doubt."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a process is.

    Attributes:
        first: Seconds from its birth to its first step.
        whole: Seconds from its birth to its end.
    """

    first: float
    whole: float

    def moment(self, kill: Kill) -> float | None:
        """Return after how many seconds to kill; None where not the clock decides."""
        if kill.append is not None:
            return None
        start = self.first if kill.busy else 0.0
        return start + kill.share * (self.whole - start)


@dataclass
class Trial:
    """A run of a case.

    Attributes:
        case: What is run.
        engine: On what.
        kills: When its first processes are killed.
        pace: How fast a process is that nobody kills, for kills by the clock.
        nursery: Where its processes come from.
        pace_of_last: How fast the last process was.
    """

    case: Case
    engine: Engine
    kills: tuple[Kill, ...]
    pace: Pace
    nursery: Nursery
    pace_of_last: Pace = Pace(0.0, 0.0)

    def run(self) -> Story:
        """Run it to its end; returns what it left behind."""
        folder = Path(tempfile.mkdtemp(prefix="crash-"))
        try:
            return self._run(folder)
        finally:
            shutil.rmtree(folder)

    def _run(self, folder: Path) -> Story:
        story = Story(self.case, self.engine, self.kills)
        order = Order(self.engine, self.case.seed, 0, str(folder))
        books = books_of(self.engine, order.record)
        now = Snapshot()
        bound = len(self.kills) + len(self.case.tasks) + _SPARE
        for number in range(1, bound + 1):
            kill = self.kills[number - 1] if number <= len(self.kills) else None
            order = Order(self.engine, self.case.seed, number, str(folder), kill)
            turn = self._turn(order, books, now)
            story.turns.append(turn)
            story.lines = read(order.witness)
            now = turn.after
            if turn.end is not None and turn.end.outcome == "paused":
                try:
                    said = settle(self.case, turn.end, now, story.lines, books)
                except DagplanError as error:
                    story.gave_up = f"it cannot be settled: {error}"
                    return story
                story.settled += said
                now = books.read()
                if said:
                    continue
            if not turn.killed:
                return story
        story.gave_up = f"not done after {bound} processes"
        return story

    def _turn(self, order: Order, books: Books, before: Snapshot) -> Turn:
        kill = order.kill
        died = self.nursery.run(order, None if kill is None else self.pace.moment(kill))
        begun = [
            line.at - died.born
            for line in read(order.witness)
            if line.kind == "began" and line.process == order.process
        ]
        self.pace_of_last = Pace(min(begun, default=0.0), died.seconds)
        return Turn(order.process, died.killed, _end(order, died), before, books.read())


def _end(order: Order, died: Died) -> End | None:
    if died.hung:
        return End("error", {}, "it did not end")
    if died.killed:
        return None
    if not order.end.exists():
        return End("error", {}, "it ended without a word")
    told = json.loads(order.end.read_text())
    results = {node: (status, v) for node, (status, v) in told["results"].items()}
    return End(told["outcome"], results, told.get("error", ""))


def settle(
    case: Case, end: End, now: Snapshot, lines: list[Line], books: Books
) -> list[Settled]:
    """Settle what is in doubt as a user would who looks whether it was done.

    Args:
        case: What is run.
        end: How the last process ended.
        now: What the journal holds.
        lines: What the witness saw.
        books: Is told.

    Returns:
        What was said; nothing if nothing was in doubt.
    """
    taken = [success.value for success in now.successes]
    retry: list[str] = []
    accept: dict[str, object] = {}
    said: list[Settled] = []
    for node, (status, _) in end.results.items():
        task = case.by_id()[base(node)]
        if status != "in_doubt" or (task.over is not None and "[" not in node):
            continue
        work = _work(task, node, end)
        found = [
            run.value
            for run in executions(lines)
            if run.succeeded
            and base(run.node) == task.id
            and task.work(run.inputs) == work
            and run.value not in taken
        ]
        if found:
            accept[node] = found[-1]
            taken.append(found[-1])
        else:
            retry.append(node)
        said.append(Settled(node, work, not found, len(lines)))
    if said:
        books.settle(retry, accept)
    return said


def _work(task: Task, node: str, end: End) -> str:
    """Return what is to be done by a step in doubt, with the values of now."""
    found = {name: end.results[name] for name in task.sources}
    inputs = {
        n: v if status == "succeeded" else None for n, (status, v) in found.items()
    }
    if task.over is not None:
        items = task.items(inputs[task.over])
        inputs["item"] = items[int(node.partition("[")[2][:-1])]
    return task.work(inputs)
