"""Damages journals at random: what comes back is right, or a typed error.

    python -m tests.journal.corruption --runs 500 --seed 1

A journal with several runs is copied as it lies on the disk at the moment of a crash,
and once it was closed. A copy is damaged and then read, gone on with, and read again.
Right is what was acknowledged. Only where the machine stopped in the last transaction,
so that nobody was told of it, may the events of that one be missing.

Where the power was cut, what owners had marked beside the journal is gone too. The log
alone then tells damage only by two transactions that follow it, so it is damaged where
more do.
"""

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import anyio

from dagplan.errors import JournalError, UnknownRunError
from dagplan.events import Event, StepSucceeded
from dagplan.journal import SqliteJournal
from tests.journal.races import say
from tests.journal.samples import EVENTS, work

PAGE = 4096
FRAME = 24 + PAGE
HEADER = 32
RUNS = ("one", "two", "three", "four")

Runs = dict[str, list[Event]]
Look = Callable[[SqliteJournal, str], Awaitable[list[Event] | None]]
Damage = Callable[[bytearray, random.Random], None]


@dataclass(frozen=True)
class Image:
    """A journal as it lies on the disk.

    Attributes:
        folder: With the file and all that is beside it.
        right: What may be read, run by run: each is one state as a whole.
        part: Which part of the log to damage; None for the log or the file.
    """

    folder: Path
    right: list[Runs]
    part: slice | None = None

    def copy(self, to: Path) -> Path:
        shutil.copytree(self.folder, to)
        return to / "runs.db"


@dataclass(frozen=True)
class Verdict:
    """What became of a damaged journal.

    Attributes:
        seed: Of the case.
        how: What was done to it.
        outcome: `"right"`, `"refused"`, or what was wrong.
    """

    seed: int
    how: str
    outcome: str

    @property
    def is_good(self) -> bool:
        return self.outcome in ("right", "refused")


async def images(folder: Path) -> list[Image]:
    """Make a journal and copy it as it was closed, crashed, and crashed in a commit."""
    path = folder / "live" / "runs.db"
    journal = SqliteJournal(path)
    runs: Runs = {run_id: [] for run_id in RUNS}

    async def record(records, run_id, events):
        await records[run_id].append(events)
        runs[run_id].extend(events)

    records = {run_id: await journal.open(run_id) for run_id in RUNS}
    for number in range(60):
        await record(records, RUNS[number % 3], work(number))
    await record(records, "two", EVENTS)
    await record(records, "three", [StepSucceeded(9.0, "big", "x" * 30_000)])
    for opened in records.values():
        await opened.close()
    closed = Image(folder / "closed", [_snapshot(runs)])
    shutil.copytree(path.parent, closed.folder)

    log = path.with_name("runs.db-wal")
    records = {run_id: await journal.open(run_id) for run_id in RUNS}
    for number in range(60, 86):
        await record(records, RUNS[number % 4], work(number))
    early = log.stat().st_size
    for number in range(86, 90):
        await record(records, RUNS[number % 4], work(number))
    await record(records, "one", [StepSucceeded(9.0, "big", "y" * 9_000)])
    shutil.copytree(path.with_name("runs.db.locks"), folder / "locks")
    before, last = _snapshot(runs), log.stat().st_size
    await record(records, "four", work(90))
    crashed = Image(folder / "crashed", [_snapshot(runs)])
    shutil.copytree(path.parent, crashed.folder)
    # The same, with the marks as they were before the last commit was acknowledged.
    in_commit = Image(
        folder / "in-commit", [_snapshot(runs), before], slice(last, None)
    )
    shutil.copytree(path.parent, in_commit.folder)
    shutil.rmtree(in_commit.folder / "runs.db.locks")
    shutil.copytree(folder / "locks", in_commit.folder / "runs.db.locks")
    cut = Image(folder / "power-cut", [_snapshot(runs)], slice(HEADER, early))
    shutil.copytree(path.parent, cut.folder)
    shutil.rmtree(cut.folder / "runs.db.locks")
    for opened in records.values():
        await opened.close()
    return [closed, crashed, in_commit, cut]


def _snapshot(runs: Runs) -> Runs:
    return {run_id: [*events] for run_id, events in runs.items() if events}


def flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 1, 1, 2, 8))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def flip_header(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(100)] ^= 1 << chance.randrange(8)


def truncate(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def zero(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice((1, 16, 512, PAGE, 5 * PAGE)))
    data[start:end] = bytes(end - start)


def noise(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice((1, 16, 512)))
    data[start:end] = chance.randbytes(end - start)


def swap_pages(data: bytearray, chance: random.Random) -> None:
    one, two = (PAGE * n for n in chance.sample(range(len(data) // PAGE), 2))
    data[one : one + PAGE], data[two : two + PAGE] = (
        data[two : two + PAGE],
        data[one : one + PAGE],
    )


def repeat_page(data: bytearray, chance: random.Random) -> None:
    one, two = (PAGE * n for n in chance.sample(range(len(data) // PAGE), 2))
    data[one : one + PAGE] = data[two : two + PAGE]


def swap_frames(data: bytearray, chance: random.Random) -> None:
    frames = range((len(data) - HEADER) // FRAME)
    one, two = (HEADER + FRAME * n for n in chance.sample(frames, 2))
    data[one : one + FRAME], data[two : two + FRAME] = (
        data[two : two + FRAME],
        data[one : one + FRAME],
    )


def swap_frames_of_last(data: bytearray, _: random.Random) -> None:
    data[:] = data[FRAME:] + data[:FRAME]


def empty(data: bytearray, _: random.Random) -> None:
    data.clear()


MAIN: tuple[Damage, ...] = (
    flip, flip, flip_header, truncate, zero, noise, swap_pages, repeat_page, empty,
)  # fmt: skip
LOG: tuple[Damage, ...] = (
    flip, flip, flip_header, truncate, zero, noise, swap_frames, empty,
)  # fmt: skip
END: tuple[Damage, ...] = (flip, truncate, zero, noise, swap_frames_of_last)
BEGINNING: tuple[Damage, ...] = (flip, zero, noise)


def _damage(image: Image, path: Path, chance: random.Random) -> tuple[str, str]:
    """Damage one file, or a part of the log."""
    log = path.with_name("runs.db-wal")
    in_log = image.part is not None or (log.exists() and chance.random() < 0.5)
    file = log if in_log else path
    data = bytearray(file.read_bytes())
    if image.part is None:
        damage = chance.choice(LOG if in_log else MAIN)
        damage(data, chance)
    else:
        part = data[image.part]
        damage = chance.choice(END if image.part.stop is None else BEGINNING)
        damage(part, chance)
        data[image.part] = part
    file.write_bytes(data)
    return "log" if in_log else "file", damage.__name__


async def case(seed: int, made: list[Image], folder: Path) -> Verdict:
    """Damage a journal in one way and see what becomes of it."""
    chance = random.Random(seed)
    image = chance.choice(made)
    path = image.copy(folder)
    where, how = _damage(image, path, chance)
    try:
        only_read = chance.random() < 0.3
        outcome = await _outcome(path, image.right, _read if only_read else _events)
    except Exception as error:  # noqa: BLE001 - any is a finding
        outcome = f"{type(error).__name__}: {error}"
    shutil.rmtree(folder)
    return Verdict(seed, f"{image.folder.name}: {where}: {how}", outcome)


async def _outcome(path: Path, right: list[Runs], look: Look) -> str:
    journal = SqliteJournal(path)
    refused = False
    possible = right
    for run_id in (*RUNS, "unheard-of"):
        found = await look(journal, run_id)
        if found is None:
            refused = True
            continue
        possible = [runs for runs in possible if runs.get(run_id, []) == found]
        if not possible:
            return f"run {run_id!r} came back as {len(found)} other events"
    try:
        ids = set(await journal.run_ids())
    except JournalError:
        refused = True
    else:
        known = {*RUNS, "unheard-of"}  # those that were not there have come to be
        if not any({*runs} <= ids <= known for runs in possible):
            return f"the runs came back as {ids}"
    return "refused" if refused else "right"


async def _read(journal: SqliteJournal, run_id: str) -> list[Event] | None:
    """Read a run and leave it; None if it was refused."""
    try:
        return await journal.read(run_id)
    except UnknownRunError:
        return []
    except JournalError:
        return None


async def _events(journal: SqliteJournal, run_id: str) -> list[Event] | None:
    """Read a run, go on with it, and read it again; None if it was refused."""
    try:
        record = await journal.open(run_id)
    except JournalError:
        return None
    before = [*record.events]
    try:
        await record.append(work(1))
    except JournalError:
        return before
    finally:
        await record.close()
    try:
        assert await journal.read(run_id) == before + work(1)
    except JournalError:
        return before
    return before


def cases(seeds: range) -> Iterator[Verdict]:
    """Play cases."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = anyio.run(images, folder)
        for seed in seeds:
            yield anyio.run(case, seed, made, folder / "case")


def main() -> int:
    """Play cases and say what was found."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=500)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    outcomes: Counter[str] = Counter()
    bad = 0
    for verdict in cases(range(chosen.seed, chosen.seed + chosen.runs)):
        outcomes[f"{verdict.how}: {verdict.outcome if verdict.is_good else 'BAD'}"] += 1
        if not verdict.is_good:
            bad += 1
            say(f"seed {verdict.seed}: {verdict.how}: {verdict.outcome}")
    for outcome, count in sorted(outcomes.items()):
        say(f"{count:5}  {outcome}")
    say(f"{chosen.runs} journals damaged, {bad} of them came back wrong")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
