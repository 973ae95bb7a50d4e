"""What a journal costs: the same no-op steps with every result on disk, and without.

Each round runs the plan without a journal, with one, and commits as many rows of the
same length to a plain SQLite file, one transaction each, which is what a disk asks for
being waited for. A chain has one step at a time, so that each waits for its own commit;
a wide plan has sixteen in flight, whose results are committed together.
"""

import argparse
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import cast

import anyio

from benchmarks.cell import in_own_process
from benchmarks.findings import Aim, Findings, Table
from benchmarks.peers import SLOTS
from benchmarks.shapes import Shape, graph, plan
from benchmarks.stopwatch import yields_once
from dagplan import Limits, execute_plan
from dagplan.journal import SqliteJournal

_ROW = '{"at":0.123456,"step_id":"s12345","value":null,"attempt":1}'
_MICRO = 1e6


@dataclass(frozen=True, slots=True)
class Cell:
    """One row: a plan.

    Attributes:
        name: How many of its steps are in flight.
        shape: Its shape.
        steps: Its size.
        off: Microseconds a step without a journal, each round.
        on: The same with one.
        commit: Microseconds for a plain commit of a row, each round.
    """

    name: str
    shape: Shape
    steps: int
    off: Sequence[float]
    on: Sequence[float]
    commit: Sequence[float]

    @property
    def cost(self) -> float:
        """Microseconds a step that the journal adds: the median over the rounds."""
        return median(on - off for on, off in zip(self.on, self.off, strict=True))

    @property
    def commits(self) -> float:
        """The same in plain commits of the same round."""
        rounds = zip(self.on, self.off, self.commit, strict=True)
        return median((on - off) / commit for on, off, commit in rounds)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--steps", type=int, default=1_000, help="size of the plans")
    parser.add_argument("--rounds", type=int, default=9, help="how often")
    parser.add_argument("--folder", type=Path, help="on the disk to measure")


def measure(options: argparse.Namespace) -> Findings:
    """Measure both plans, each in a process of its own."""
    cells = [
        _cell("one at a time", "chain", options),
        _cell("16 in flight", "wide", options),
    ]
    rows = [
        [
            cell.name,
            cell.shape,
            cell.steps,
            median(cell.off),
            median(cell.on),
            cell.cost,
            median(cell.commit),
            cell.commits,
        ]
        for cell in cells
    ]
    columns = ("steps", "shape", "size", "off", "on", "cost", "commit", "cost ÷ commit")
    return Findings(
        figures={"cells": [asdict(cell) for cell in cells]},
        tables=[Table("a journal on disk (FULL), µs a step", columns, rows)],
        aims=[
            Aim("one at a time: µs a step", cells[0].cost, 250.0),
            Aim("16 in flight: µs a step", cells[1].cost, 60.0),
        ],
        notes=["commit: one row in a plain SQLite file, synchronous=FULL, same round."],
    )


def _cell(name: str, shape: Shape, options: argparse.Namespace) -> Cell:
    found = in_own_process(
        "benchmarks.journal:times",
        {
            "shape": shape,
            "steps": options.steps,
            "rounds": options.rounds,
            "folder": None if options.folder is None else str(options.folder),
        },
        seconds=600,
    )
    assert found is not None
    taken = cast("dict[str, list[float]]", found)
    return Cell(name, shape, options.steps, **taken)


def times(
    shape: Shape, steps: int, rounds: int, folder: str | None
) -> dict[str, list[float]]:
    """Run a plan in turns without and with a journal, and commit rows.

    Returns:
        Microseconds a step, each round, as `"off"` and `"on"`; microseconds for a plain
        commit as `"commit"`.
    """
    with TemporaryDirectory(dir=folder) as place:
        return anyio.run(_times, shape, steps, rounds, Path(place))


async def _times(
    shape: Shape, steps: int, rounds: int, place: Path
) -> dict[str, list[float]]:
    document = plan(graph(shape, steps))
    limits = Limits(concurrency=SLOTS)
    journal = SqliteJournal(place / "runs.db")
    taken: dict[str, list[float]] = {"off": [], "on": [], "commit": []}
    for number in range(rounds + 1):
        began = perf_counter()
        await execute_plan(document, yields_once, limits=limits)
        off = perf_counter()
        await execute_plan(
            document, yields_once, limits=limits, journal=journal, run_id=f"r{number}"
        )
        on = perf_counter()
        commits = list(_commits(place / "plain.db", min(steps, 500)))
        if number:  # the first round warms up
            taken["off"].append((off - began) / steps * _MICRO)
            taken["on"].append((on - off) / steps * _MICRO)
            taken["commit"].append(sum(commits) / len(commits) * _MICRO)
    return taken


def _commits(path: Path, count: int) -> Iterator[float]:
    """Commit rows one by one; yield what each took, in seconds."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS event (body TEXT)")
        for _ in range(count):
            began = perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO event VALUES (?)", (_ROW,))
            connection.execute("COMMIT")
            yield perf_counter() - began
