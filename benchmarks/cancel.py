"""Leaving a run in every way, thousands of times: nothing may stay alive.

Each round makes a small random plan whose steps wait, clean up, fail, are retried, time
out and are hedged, leaves the run at a random moment, and looks at once for what is
left: tasks of the event loop, and steps that began and did not end. One step of each
plan never ends by itself, so that every round really leaves something.
"""

import argparse
from dataclasses import asdict

from benchmarks.findings import Aim, Findings, Table
from benchmarks.interrupts import WAY, interrupt_often
from benchmarks.leaving import Count, leave_in_every_way

_PROCESSES = 4


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--rounds", type=int, default=5_000, help="of all ways")
    parser.add_argument("--interrupts", type=int, default=200, help="by Ctrl-C, of all")
    parser.add_argument("--seed", type=int, default=1)


def measure(options: argparse.Namespace) -> Findings:
    """Leave runs in each way, and count what is left."""
    interrupts = min(options.interrupts, options.rounds)
    counts = leave_in_every_way(options.rounds - interrupts, options.seed)
    counts.append(interrupt_often(interrupts, _PROCESSES, options.seed))
    total = sum(counts, start=Count("all", "", 0, 0, 0, 0, 0))
    return Findings(
        figures={"counts": [asdict(count) for count in counts]},
        tables=[
            Table(
                "runs left before their end",
                (
                    "way",
                    "event loop",
                    "rounds",
                    "steps begun",
                    "running when left",
                    "tasks alive",
                    "steps alive",
                    "errors",
                ),
                [
                    (
                        c.way,
                        c.backend,
                        c.rounds,
                        c.begun,
                        # Whoever sends a signal cannot know what it meets.
                        None if c.way == WAY else c.running,
                        c.tasks,
                        c.steps,
                        c.errors,
                    )
                    for c in [*counts, total]
                ],
            )
        ],
        aims=[
            Aim("tasks left alive", total.tasks, 0, promise=True),
            Aim("steps left alive", total.steps, 0, promise=True),
            Aim("errors raised by leaving", total.errors, 0, promise=True),
        ],
        notes=[f"the first error: {total.error}"] if total.error else [],
    )
