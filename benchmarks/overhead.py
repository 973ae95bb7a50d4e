"""What a step costs that does nothing: dagplan, a bare loop, and others.

Each cell runs in a process of its own, in turns with a bare anyio loop of 16 tasks that
pop a shared heap and count in-degrees; figures are multiples of that loop. The step is
one coroutine function for all. It yields to the event loop once, as any step does that
waits for something; where it never yields, one of the 16 tasks runs everything without
a single switch, so that those rows compare a scheduler with a `for` loop.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import cast

from benchmarks.cell import in_own_process
from benchmarks.findings import Aim, Findings, Table
from benchmarks.peers import PEERS
from benchmarks.shapes import SHAPES, Shape

OURS = "dagplan_plan"
SIZES = (1_000, 10_000, 100_000)
YIELDS, NEVER = "yields once", "never yields"
_REPEATS = {1_000: 15, 10_000: 7}
_FEWEST_REPEATS = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One row: a peer on a graph.

    Attributes:
        peer: Who runs it.
        shape: Shape of the graph.
        steps: Its size.
        step: What the step does.
        taken: Microseconds a step, each run.
        bare: The same for the bare loop, in the same process.
        taken_cpu: As `taken`, but only while the process had a processor.
        bare_cpu: The same for the bare loop.
        skipped: Why it was not measured; None where it was.
    """

    peer: str
    shape: Shape
    steps: int
    step: str
    taken: Sequence[float] = ()
    bare: Sequence[float] = ()
    taken_cpu: Sequence[float] = ()
    bare_cpu: Sequence[float] = ()
    skipped: str | None = None

    @property
    def ratio(self) -> float:
        """How many times the bare loop's time, by the medians."""
        return median(self.taken) / median(self.bare)

    @property
    def cpu_ratio(self) -> float:
        """The same by the fastest run of each, in time of the processor.

        What else runs on the machine disturbs it least.
        """
        return min(self.taken_cpu) / min(self.bare_cpu)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--sizes", type=_sizes, help="e.g. 1000,10000")
    parser.add_argument("--kinds", type=_kinds, default=SHAPES, help="e.g. wide,chain")
    parser.add_argument("--quick", action="store_true", help="small and rough")
    parser.add_argument("--no-peers", action="store_true", help="dagplan only")
    parser.add_argument("--cap", type=float, default=60.0, help="seconds for one cell")


def _sizes(text: str) -> list[int]:
    return sorted(int(size) for size in text.split(","))


def _kinds(text: str) -> list[Shape]:
    kinds = text.split(",")
    unknown = sorted(set(kinds) - set(SHAPES))
    if unknown:
        raise argparse.ArgumentTypeError(
            f"unknown kind {unknown[0]!r}; use {', '.join(SHAPES)}"
        )
    return [shape for shape in SHAPES if shape in kinds]


def measure(options: argparse.Namespace) -> Findings:
    """Measure every cell, one at a time."""
    sizes = options.sizes or (SIZES[:2] if options.quick else SIZES)
    ours = [
        _timed(OURS, shape, steps, step, options)
        for step in (YIELDS, NEVER)
        for shape in options.kinds
        for steps in sizes
    ]
    bytes_a_step = {
        (shape, steps): _bytes(shape, steps, options)
        for shape in options.kinds
        for steps in sizes
    }
    asked = [] if options.no_peers else PEERS
    peers = [
        cell
        for peer in asked
        for shape in options.kinds
        for cell in _growing(peer, shape, sizes, options)
    ]
    return Findings(
        figures={
            "cells": [asdict(cell) for cell in [*ours, *peers]],
            "bytes": [
                {"shape": shape, "steps": steps, "bytes": value}
                for (shape, steps), value in bytes_a_step.items()
            ],
        },
        tables=[_table_of_ours(ours, bytes_a_step), *_tables_of_peers(ours, peers)],
        aims=list(_aims(ours, bytes_a_step)),
        notes=[
            "The step that yields once is the one that counts. Where it never yields,",
            "one task of the bare loop runs all steps without a switch.",
            "Microseconds a step are medians; the plan's check is within the time.",
            "x (best, cpu): the fastest runs, in processor time: on a busy machine.",
        ],
    )


def _timed(
    peer: str, shape: Shape, steps: int, step: str, options: argparse.Namespace
) -> Cell:
    repeats = _REPEATS.get(steps, _FEWEST_REPEATS)
    arguments = {
        "peer": peer,
        "shape": shape,
        "steps": steps,
        "step": step,
        "repeats": min(repeats, _FEWEST_REPEATS) if options.quick else repeats,
        # So that what can be measured at all ends before it would be ended.
        "budget": options.cap / 2,
    }
    found = in_own_process("benchmarks.stopwatch:times", arguments, seconds=options.cap)
    if found is None:
        return Cell(peer, shape, steps, step, skipped=f"over {options.cap:g} s")
    taken = cast("dict[str, list[float]]", found)
    return Cell(
        peer,
        shape,
        steps,
        step,
        taken["peer"],
        taken["bare"],
        taken["peer_cpu"],
        taken["bare_cpu"],
    )


def _bytes(shape: Shape, steps: int, options: argparse.Namespace) -> float | None:
    arguments = {"peer": OURS, "shape": shape, "steps": steps}
    # Each allocation is written down, which makes a run several times slower.
    found = in_own_process(
        "benchmarks.stopwatch:memory", arguments, seconds=5 * options.cap
    )
    return None if found is None else cast("float", found["bytes"])


def _growing(
    peer: str, shape: Shape, sizes: Sequence[int], options: argparse.Namespace
) -> Iterator[Cell]:
    """Measure one size after the other for as long as they are feasible."""
    last: Cell | None = None
    for steps in sizes[:1] if options.quick else sizes:
        reason = _too_long(last, steps, options.cap)
        if reason is None:
            last = _timed(peer, shape, steps, YIELDS, options)
        else:
            last = Cell(peer, shape, steps, YIELDS, skipped=reason)
        yield last


def _too_long(smaller: Cell | None, steps: int, cap: float) -> str | None:
    if smaller is None:
        return None
    if smaller.skipped is not None:
        return smaller.skipped
    seconds = min(smaller.taken) * steps / 1e6
    return f"over {cap:g} s" if seconds > cap else None


def _table_of_ours(
    cells: Sequence[Cell], bytes_a_step: Mapping[tuple[Shape, int], float | None]
) -> Table:
    smallest = {(c.shape, c.step): c for c in reversed(cells) if c.skipped is None}
    rows: list[list[object]] = []
    for cell in cells:
        name: list[object] = [cell.step, cell.shape, cell.steps]
        if cell.skipped is not None:
            rows.append([*name, *[None] * 5, f"skipped: {cell.skipped}"])
            continue
        small = smallest[cell.shape, cell.step]
        memory = bytes_a_step[cell.shape, cell.steps] if cell.step == YIELDS else None
        rows.append(
            [
                *name,
                median(cell.bare),
                median(cell.taken),
                cell.ratio,
                cell.cpu_ratio,
                median(cell.taken) / median(small.taken),
                memory,
            ]
        )
    columns = ("step", "shape", "steps", "bare", "dagplan", "x bare", "x (best, cpu)")
    return Table(
        "dagplan, µs a step",
        [*columns, "growth", "bytes a step"],
        rows,
    )


def _tables_of_peers(ours: Sequence[Cell], peers: Sequence[Cell]) -> list[Table]:
    if not peers:
        return []
    own = {(c.shape, c.steps): c for c in ours if c.step == YIELDS}
    rows: list[list[object]] = []
    for cell in peers:
        name: list[object] = [cell.peer, cell.shape, cell.steps]
        mine = own[cell.shape, cell.steps]
        if cell.skipped is not None:
            rows.append([*name, None, None, None, f"skipped: {cell.skipped}"])
            continue
        # Through the bare loop of each process: the machine may have slowed between.
        against = None if mine.skipped else cell.ratio / mine.ratio
        rows.append([*name, median(cell.taken), cell.ratio, against, ""])
    return [
        Table(
            "others, µs a step that yields once (dask: an empty function in a thread)",
            ("peer", "shape", "steps", "peer µs", "x bare", "x dagplan", ""),
            rows,
        )
    ]


def _aims(
    cells: Sequence[Cell], bytes_a_step: Mapping[tuple[Shape, int], float | None]
) -> Iterator[Aim]:
    counted = [c for c in cells if c.step == YIELDS and c.skipped is None]
    for cell in counted:
        yield Aim(f"{cell.shape} {cell.steps:,}: times the bare loop", cell.ratio, 6.0)
    by_size = {(c.shape, c.steps): median(c.taken) for c in counted}
    for shape in SHAPES:
        small, large = by_size.get((shape, 1_000)), by_size.get((shape, 100_000))
        if small and large:
            yield Aim(f"{shape}: growth 1,000 to 100,000", large / small, 1.3)
    for (shape, steps), value in bytes_a_step.items():
        if value is not None and steps >= 100_000:
            yield Aim(f"{shape} {steps:,}: bytes a step", value, 2_000)
