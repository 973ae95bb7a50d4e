"""Has several processes open the same run at the same instant.

    python -m tests.journal.races --runs 200 --seed 1
    python -m tests.journal.races --only 17

In a new journal or in one that is there, with another run open beside it or none, some
right after the owner was killed. One owns the run and records an event, the others are
told who does. The owner then leaves, or is killed. Whoever comes next gets the run with
all that was acknowledged.

This process has no threads and opens nothing itself, so that forking it is safe.
"""

import argparse
import json
import os
import select
import signal
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import ClassVar, Final, NoReturn

import anyio
import trio  # noqa: F401 - once for all children

from dagplan.errors import RunBusy
from dagplan.journal import SqliteJournal
from dagplan.protocols import RunRecord
from tests.journal.samples import work

PATIENCE: Final = 20
"""Seconds after which a process counts as hanging; races take some hundredths."""

Answer = dict[str, object]


class Process:
    """A process that has been forked: it waits to be let go on, twice, and answers.

    Args:
        act: What it does once it is let go on; returns a record to be closed at last.
        gate: What it waits at, for all processes of a race the same.
    """

    def __init__(
        self, act: Callable[["Process"], Awaitable[RunRecord | None]], gate: "Gate"
    ) -> None:
        self.end = Gate()
        self._hears, self._says = os.pipe()
        self._gate = gate
        self.pid = os.fork()
        if not self.pid:
            self._live(act)
        os.close(self._says)

    def _live(
        self, act: Callable[["Process"], Awaitable[RunRecord | None]]
    ) -> NoReturn:
        code = 1
        signal.alarm(PATIENCE)
        Gate.hand_over()
        try:
            anyio.run(self._act, act, backend=("asyncio", "trio")[os.getpid() % 2])
            code = 0
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is judged
            self.say(error=repr(error))
        finally:
            os._exit(code)

    async def _act(
        self, act: Callable[["Process"], Awaitable[RunRecord | None]]
    ) -> None:
        self._gate.wait()
        record = await act(self)
        self.end.wait()
        if record is not None:
            await record.close()

    def say(self, **answer: object) -> None:
        os.write(self._says, f"{json.dumps(answer)}\n".encode())

    def answer(self) -> Answer:
        """Return what it says, once it does."""
        ready, _, _ = select.select([self._hears], [], [], PATIENCE)
        said = os.read(self._hears, 10_000) if ready else b'{"error": "it hangs"}'
        found: Answer = json.loads(said or b'{"error": "it died"}')
        return found

    def leave(self, *, killed: bool = False) -> None:
        """Have it close what it has, or kill it; returns once it is gone."""
        if killed:
            os.kill(self.pid, signal.SIGKILL)
        self.end.open()
        os.waitpid(self.pid, 0)
        os.close(self._hears)


class Gate:
    """A pipe in which nothing is ever written: who reads waits until it is closed."""

    closed: ClassVar[set["Gate"]] = set()

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        self.closed.add(self)

    @classmethod
    def hand_over(cls) -> None:
        """Leave all gates to the parent to open, in a process that was forked."""
        for gate in cls.closed:
            os.close(gate._write)

    def wait(self) -> None:
        os.read(self._read, 1)

    def open(self) -> None:
        os.close(self._write)
        os.close(self._read)
        self.closed.discard(self)


@dataclass(frozen=True)
class Racer:
    """What a process does to get a run.

    Attributes:
        path: The journal.
        run_id: The run.
    """

    path: Path
    run_id: str = "run"

    async def __call__(self, process: Process) -> RunRecord | None:
        try:
            record = await SqliteJournal(self.path).open(self.run_id)
        except RunBusy as busy:
            process.say(busy=busy.pid, host=busy.host)
            return None
        before = len(record.events)
        await record.append(work(before))
        process.say(own=process_id(), before=before)
        return record


def process_id() -> int:
    return os.getpid()


def begin(racer: Racer) -> Process:
    """Have a process open a run by itself; returns once it has."""
    gate = Gate()
    process = Process(racer, gate)
    gate.open()
    answer = process.answer()
    assert "own" in answer, answer
    return process


def race(path: Path, seed: int) -> tuple[str, str | None]:
    """Race for a run.

    Returns:
        What kind of race it was, and what went wrong.
    """
    chance = Random(seed)
    racer, expected, name = Racer(path), 0, "new"
    if chance.random() < 0.7:
        name = "there"
        killed = chance.random() < 0.6
        begin(racer).leave(killed=killed)
        expected += 2
        name = "owner killed" if killed else "there"
    bystander = None
    if chance.random() < 0.4:
        name += ", another run open"
        bystander = begin(Racer(path, "other"))
    wrong = _race(racer, expected, chance)
    if bystander is not None:
        bystander.leave(killed=chance.random() < 0.2)
        begin(Racer(path, "other")).leave()
    left = sorted(file.name for file in path.parent.iterdir())
    if wrong is None and left != [path.name]:
        wrong = f"left behind: {left}"
    return name, wrong


def _race(racer: Racer, expected: int, chance: Random) -> str | None:
    gate = Gate()
    racers = [Process(racer, gate) for _ in range(chance.choice((2, 2, 3)))]
    gate.open()
    answers = [process.answer() for process in racers]
    killed = chance.random() < 0.3
    for process in racers:
        process.leave(killed=killed)
    wrong = _wrong(answers, expected)
    if wrong is None:
        again = Process(racer, gate := Gate())
        gate.open()
        answer = again.answer()
        again.leave()
        if answer.get("before") != expected + 2:
            wrong = f"afterwards: {answer}"
    return wrong


def _wrong(answers: list[Answer], expected: int) -> str | None:
    owners = [answer for answer in answers if "own" in answer]
    others = [answer for answer in answers if "own" not in answer]
    right = [{"busy": a["own"], "host": socket.gethostname()} for a in owners]
    if (
        len(owners) == 1
        and owners[0]["before"] == expected
        and all(other in right for other in others)
    ):
        return None
    return f"{expected} events before: {answers}"


def main() -> int:
    """Race and say what was found; 1 if anything went wrong."""
    options = argparse.ArgumentParser(prog="python -m tests.journal.races")
    options.add_argument("--runs", type=int, default=200, help="how many")
    options.add_argument("--seed", type=int, default=1, help="seed of the first")
    options.add_argument("--only", type=int, help="race this one alone")
    chosen = options.parse_args()
    first = chosen.seed if chosen.only is None else chosen.only
    runs = chosen.runs if chosen.only is None else 1
    counts: Counter[str] = Counter()
    bad = 0
    for seed in range(first, first + runs):
        with tempfile.TemporaryDirectory() as folder:
            name, wrong = race(Path(folder) / "runs.db", seed)
        counts[name] += 1
        if wrong is not None:
            bad += 1
            sys.stdout.write(f"--only {seed}: {name}: {wrong}\n")
            sys.stdout.flush()
    for name, count in sorted(counts.items()):
        sys.stdout.write(f"{count:5}  {name}\n")
    sys.stdout.write(f"{runs} races, {bad} went wrong\n")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
