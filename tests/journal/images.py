"""Journals as they lie on the disk: closed, crashed, killed.

    python -m tests.journal.images FOLDER SEED

That is the process which makes them, and kills itself. What it was told is recorded it
says as it goes on.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import anyio

from dagplan.events import Event, StepSucceeded
from dagplan.journal import SqliteJournal
from dagplan.protocols import RunRecord
from tests.journal.damage import HEADER
from tests.journal.samples import EVENTS, work

RUNS = ("one", "two", "three", "four")
FILE = "runs.db"

Runs = dict[str, list[Event]]
Counts = dict[str, int]


@dataclass(frozen=True)
class Image:
    """A journal as it lies on the disk.

    Attributes:
        name: Tells how it came about.
        folder: With the file and all that is beside it.
        right: What may be read, run by run: each is one state as a whole.
        part: Which part of the log to damage; None for any file.
    """

    name: str
    folder: Path
    right: list[Runs]
    part: slice | None = None

    def copy(self, to: Path) -> Path:
        shutil.copytree(self.folder, to)
        return to / FILE


@cache
def batch(seed: int, run_id: str, number: int) -> list[Event]:
    """Return what is appended to a run at one time."""
    chance = Random(f"{seed} {run_id} {number}")
    match chance.randrange(8):
        case 0:
            size = chance.choice((3_000, 5_000, 9_000, 30_000))
            return [StepSucceeded(number / 8, run_id, f"{number}é" * (size // 3))]
        case 1:
            return chance.sample(EVENTS, 6)
        case _:
            return work(chance.randrange(200))


def make(folder: Path, seed: int) -> list[Image]:
    """Have a process make journals and die."""
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.journal.images", folder, str(seed)],
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL
    said = [json.loads(line) for line in done.stdout.splitlines()]
    return [
        Image(
            name, folder / name, [_runs(seed, c) for c in counts], part and slice(*part)
        )
        for name, counts, part in said
    ]


def _runs(seed: int, counts: Counts) -> Runs:
    return {
        run_id: [e for number in range(count) for e in batch(seed, run_id, number)]
        for run_id, count in counts.items()
        if count
    }


class _Maker:
    """Writes to a journal and says what is recorded."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.live = folder / "killed"
        self.log = self.live / f"{FILE}-wal"
        self.journal = SqliteJournal(self.live / FILE)
        self.seed = seed
        self.chance = Random(seed)
        self.counts: Counts = dict.fromkeys(RUNS, 0)
        self.records: dict[str, RunRecord] = {}

    async def open(self) -> None:
        self.records = {run_id: await self.journal.open(run_id) for run_id in RUNS}

    async def close(self) -> None:
        for record in self.records.values():
            await record.close()

    async def record(self, run_id: str) -> None:
        number = self.counts[run_id]
        await self.records[run_id].append(batch(self.seed, run_id, number))
        self.counts[run_id] = number + 1

    async def write(self, least: int, most: int, runs: tuple[str, ...] = RUNS) -> None:
        for _ in range(self.chance.randint(least, most)):
            await self.record(self.chance.choice(runs))

    def keep(self, name: str, locks: Path | None, *before: Counts, part=None) -> None:
        """Copy the journal as it lies there, with other locks beside it."""
        shutil.copytree(self.live, self.folder / name)
        beside = self.folder / name / f"{FILE}.locks"
        if before or locks is None:
            shutil.rmtree(beside, ignore_errors=True)
        if before and locks is not None:
            shutil.copytree(locks, beside)
        say(name, [self.counts, *before], part)


def say(name: str, counts: list[Counts], part: tuple[int, int | None] | None) -> None:
    sys.stdout.write(f"{json.dumps([name, counts, part])}\n")
    sys.stdout.flush()


async def _make(maker: _Maker) -> None:
    await maker.open()
    await maker.write(30, 80, RUNS[:3])
    await maker.close()
    maker.keep("closed", None)

    await maker.open()
    await maker.write(8, 30)
    early = maker.log.stat().st_size
    await maker.write(4, 8)
    locks = maker.folder / "locks"
    shutil.copytree(maker.live / f"{FILE}.locks", locks)
    before, last = {**maker.counts}, maker.log.stat().st_size
    await maker.record("four")
    maker.keep("crashed", locks)
    # With the marks as they were before the last commit was acknowledged.
    maker.keep("in commit", locks, before, part=(last, None))
    # Where the power was cut, what owners had marked is gone.
    maker.keep("power cut", None, part=(HEADER, early))

    await maker.records["one"].close()
    await maker.write(0, 10, RUNS[1:])
    say("killed", [maker.counts], None)
    await _leave_another(maker)
    os.kill(os.getpid(), signal.SIGKILL)


async def _leave_another(maker: _Maker) -> None:
    """Be killed with a run open, after another one was closed by its owner."""
    maker.live = maker.folder / "outlived"
    maker.counts = dict.fromkeys(RUNS, 0)
    path = maker.live / FILE
    maker.records = {"one": await SqliteJournal(path).open("one")}
    await maker.write(1, 3, ("one",))
    maker.records["two"] = await SqliteJournal(path).open("two")
    await maker.write(1, 5, ("two",))
    await maker.records["two"].close()
    await maker.write(0, 2, ("one",))
    say("outlived", [maker.counts], None)


if __name__ == "__main__":
    anyio.run(_make, _Maker(Path(sys.argv[1]), int(sys.argv[2])))
