"""Damages journals at random: what comes back is right, or a typed error.

    python -m tests.journal.corruption --runs 500 --seed 1
    python -m tests.journal.corruption --only 17

Journals with several runs lie on the disk as they were closed, or as a crash left them
(images.py). One file of a copy is damaged or removed (damage.py). Fresh objects then
read every run, or go on with it and read it again, or do one after the other.

Right is what was acknowledged, and an error has to say what is wrong: that the file is
damaged, unless it is gone or what tells a journal from other files is. Only where the
machine stopped in the last transaction, so that nobody was told of it, may the events
of that one be missing.

Where the power was cut, what owners had marked beside the journal is gone too. The log
alone then tells damage only by two transactions that follow it, so it is damaged where
more do; and that it was removed nobody can tell, so that is counted by itself.
"""

import argparse
import faulthandler
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import anyio

from dagplan.errors import CorruptJournalError, JournalError, UnknownRunError
from dagplan.events import Event
from dagplan.journal import SqliteJournal
from tests.journal.damage import BEGINNING, END, KINDS
from tests.journal.images import RUNS, Image, Runs, make
from tests.journal.samples import work

HANGS: Final = 60.0
"""Seconds after which a case counts as hanging; they take some hundredths."""

_BATCH: Final = 50  # cases on the same journals
_GOOD: Final = ("right", "torn", "corrupt", "no journal", "file gone", "log gone")
"""In two of them events may be missing: `torn`, where a commit that nobody was told of
was dropped, and `log gone`, where the power was cut and the log was removed."""
_ASKED: Final = (*RUNS, "unheard-of")


@dataclass(frozen=True)
class Verdict:
    """What became of a damaged journal.

    Attributes:
        seed: Of the case.
        image: Which journal it was.
        how: What was done to it.
        outcome: One of the good ones, or what was wrong.
    """

    seed: int
    image: str
    how: str
    outcome: str

    @property
    def is_good(self) -> bool:
        return self.outcome in _GOOD


class Case:
    """A damaged journal, and what it has given so far.

    Attributes:
        possible: The states that agree with all that was read.
        said: The errors.
    """

    def __init__(self, path: Path, right: list[Runs]) -> None:
        self.path = path
        self._right = right
        self.possible = right
        self.said: list[JournalError] = []
        data = path.read_bytes() if path.exists() else b""
        self.is_gone = not data
        # The two marks of a journal, and the number of its version.
        self.is_foreign = data[:16] != b"SQLite format 3\0" and data[68:72] != b"dagp"
        self.is_newer = int.from_bytes(data[60:64], "big") in range(2, 2**31)

    def take(self, run_id: str, found: list[Event]) -> None:
        """See whether events are right."""
        possible = [r for r in self.possible if r.get(run_id, []) == found]
        if not possible:
            rights = [len(r.get(run_id, [])) for r in self.possible]
            raise AssertionError(
                f"run {run_id!r} came back as {len(found)} events, where {rights} were"
            )
        self.possible = possible

    async def read(self) -> None:
        """Read every run, and their ids."""
        for run_id in _ASKED:
            try:
                self.take(run_id, await SqliteJournal(self.path).read(run_id))
            except UnknownRunError:
                self.take(run_id, [])
            except JournalError as error:
                self.said.append(error)
        await self._ids(set(RUNS))

    async def go_on(self) -> None:
        """Open every run, go on with it and read it again."""
        for run_id in _ASKED:
            try:
                await self._go_on(run_id)
            except JournalError as error:
                self.said.append(error)
            assert await SqliteJournal(self.path).owner(run_id) is None
        await self._ids(set(_ASKED))

    async def _go_on(self, run_id: str) -> None:
        record = await SqliteJournal(self.path).open(run_id)
        before = [*record.events]
        try:
            self.take(run_id, before)
            await record.append(work(1))
        finally:
            await record.close()
        found = await SqliteJournal(self.path).read(run_id)
        assert found == before + work(1), f"run {run_id!r} lacks what was appended"

    async def _ids(self, most: set[str]) -> None:
        try:
            ids = set(await SqliteJournal(self.path).run_ids())
        except JournalError as error:
            self.said.append(error)
        else:
            known = [{*runs} <= ids <= most for runs in self.possible]
            assert any(known), f"the runs came back as {ids}"

    def outcome(self) -> str:
        """Say what became of it."""
        if not self.said:
            return "right" if self._right[0] in self.possible else "torn"
        for error in self.said:
            if "; " not in str(error) or error.path != str(self.path):
                return f"no path or no remedy: {error!r}"
        others = [e for e in self.said if not isinstance(e, CorruptJournalError)]
        if not others:
            return "corrupt"
        if self.is_gone:
            return "file gone"
        known = [
            (self.is_foreign and "no journal" in str(error))
            or (self.is_newer and "is of version" in str(error))
            for error in others
        ]
        return "no journal" if all(known) else f"misleading: {others[0]!r}"


def _damage(image: Image, path: Path, chance: Random) -> str:
    """Damage or remove one file, or a part of the log."""
    beside = {end: path.with_name(path.name + end) for end in KINDS}
    ends = [
        end for end, file in beside.items() if file.exists() and file.stat().st_size
    ]
    end = "-wal" if image.part else chance.choice([*ends, *ends[:2]])
    file = beside[end]
    where = end.removeprefix("-") or "file"
    if chance.random() < 0.1:
        file.unlink()
        return f"{where}: remove"
    data = bytearray(file.read_bytes())
    if image.part is None:
        damage = chance.choice(KINDS[end])
        damage(data, chance)
    else:
        part = data[image.part]
        damage = chance.choice(BEGINNING if image.part.stop else END)
        damage(part, chance)
        data[image.part] = part
    file.write_bytes(data)
    return f"{where}: {damage.__name__}"


async def _case(seed: int, images: list[Image], folder: Path) -> Verdict:
    """Damage a journal in one way and see what becomes of it."""
    chance = Random(seed)
    image = chance.choice(images)
    path = image.copy(folder)
    how = _damage(image, path, chance)
    case = Case(path, image.right)
    ways = chance.choice(([case.read], [case.go_on], [case.read, case.go_on]))
    try:
        for way in ways:
            await way()
        outcome = case.outcome()
    except Exception as error:  # noqa: BLE001 - any is a finding
        outcome = f"{type(error).__name__}: {error}"
        if case.is_gone and image.name == "closed":
            outcome = "file gone"
        elif how == "wal: remove" and image.name == "power cut":
            outcome = "log gone"
    shutil.rmtree(folder)
    return Verdict(seed, image.name, how, outcome)


def cases(seeds: range) -> Iterator[Verdict]:
    """Play cases."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made: dict[int, list[Image]] = {}
        for seed in seeds:
            number = seed // _BATCH
            if number not in made:
                made = {number: make(folder / str(number), number)}
            faulthandler.dump_traceback_later(HANGS, exit=True)
            try:
                yield anyio.run(_case, seed, made[number], folder / "case")
            finally:
                faulthandler.cancel_dump_traceback_later()


def _table(verdicts: list[Verdict]) -> str:
    counts = Counter(
        (verdict.how, verdict.outcome if verdict.is_good else "WRONG")
        for verdict in verdicts
    )
    outcomes = (*_GOOD, "WRONG")
    lines = [f"{'damage':24}" + "".join(f"{name:>12}" for name in outcomes)]
    for how in sorted({how for how, _ in counts}):
        numbers = "".join(f"{counts[how, name]:>12}" for name in outcomes)
        lines.append(f"{how:24}{numbers}")
    sums = Counter(v.outcome if v.is_good else "WRONG" for v in verdicts)
    lines.append(f"{'all':24}" + "".join(f"{sums[name]:>12}" for name in outcomes))
    return "\n".join(lines)


def main() -> int:
    """Play cases and say what was found; 1 if anything came back wrong."""
    options = argparse.ArgumentParser(prog="python -m tests.journal.corruption")
    options.add_argument("--runs", type=int, default=500, help="how many")
    options.add_argument("--seed", type=int, default=1, help="seed of the first")
    options.add_argument("--only", type=int, help="play this seed alone")
    chosen = options.parse_args()
    first = chosen.seed if chosen.only is None else chosen.only
    runs = chosen.runs if chosen.only is None else 1
    verdicts: list[Verdict] = []
    for verdict in cases(range(first, first + runs)):
        verdicts.append(verdict)
        if not verdict.is_good or chosen.only is not None:
            sys.stdout.write(
                f"--only {verdict.seed}: {verdict.image}: {verdict.how}: "
                f"{verdict.outcome}\n"
            )
            sys.stdout.flush()
    sys.stdout.write(f"{_table(verdicts)}\n")
    return not all(verdict.is_good for verdict in verdicts)


if __name__ == "__main__":
    sys.exit(main())
