"""Real plans on real timers: how far is the makespan from the best that is possible?

The plans are AsyncHow's (Lin et al., "Graph-enhanced large language models in
asynchronous plan reasoning", 2024; MIT), each with durations and a published optimum
for unlimited slots. Times are scaled so that the optimum is a second; what is slept is
simulated, the timers are real. One plan runs at a time, dagplan and waves in turns.
With few slots, and on the graphs of WfInstances, it goes on in simulated time (slots.py).
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from time import perf_counter
from typing import Any

import anyio

from benchmarks.findings import Aim, Findings, Table
from benchmarks.slots import compare, of_plan, wfinstances
from dagplan import Limits, Plan, Step, StepCall, execute_plan
from dagplan.plan.graph import layers

FILE = "asynchow.jsonl"
WORKFLOWS = "wfinstances.jsonl"


@dataclass(frozen=True, slots=True)
class Timed:
    """A plan with the seconds that its steps take.

    Attributes:
        name: Its id in the data set.
        plan: The plan.
        seconds: What each step takes, by id, scaled.
        optimum: The published optimum, scaled.
    """

    name: str
    plan: Plan
    seconds: Mapping[str, float]
    optimum: float


@dataclass(frozen=True, slots=True)
class Makespans:
    """What one plan took, over its optimum.

    Attributes:
        name: The plan's id in the data set.
        steps: How many steps it has.
        dagplan: Makespan of `execute_plan`.
        waves: Makespan of gathering one layer after the other.
    """

    name: str
    steps: int
    dagplan: float
    waves: float


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--count", type=int, default=40, help="how many plans")


def measure(options: argparse.Namespace) -> Findings:
    """Run each plan both ways."""
    if options.data is None:
        return Findings(skipped=f"give --data DIR with {FILE} in it")
    if not (options.data / FILE).is_file():
        return Findings(skipped=f"{options.data} has no {FILE}")
    plans = read(options.data / FILE, options.count, options.scale)
    found = anyio.run(_measure, plans)
    ours, waves = [m.dagplan for m in found], [m.waves for m in found]
    rows = [
        ("dagplan", mean(ours), max(ours), sum(ours) / sum(ours)),
        ("gather by waves", mean(waves), max(waves), sum(waves) / sum(ours)),
    ]
    sets = {
        "AsyncHow": [of_plan(timed.name, timed.plan, timed.seconds) for timed in plans]
    }
    if (options.data / WORKFLOWS).is_file():
        sets["WfInstances"] = wfinstances(options.data / WORKFLOWS)
    tables, aims = compare(sets)
    return Findings(
        figures={
            "plans": [asdict(one) for one in found],
            "slots": {
                table.title: [list(row) for row in table.rows] for table in tables
            },
        },
        tables=[
            Table(
                f"makespan / published optimum, {len(found)} AsyncHow plans with "
                f"parallelism, optimum {options.scale:g} s, durations simulated",
                ("", "mean", "max", "÷ dagplan"),
                rows,
            ),
            *tables,
        ],
        aims=[
            Aim("makespan / optimum, mean", mean(ours), 1.02),
            Aim("makespan / optimum, max", max(ours), 1.06),
            *aims,
        ],
    )


def read(file: Path, count: int, scale: float) -> list[Timed]:
    """Read the first plans that gain by parallelism and whose durations are exact."""
    lines = file.read_text(encoding="utf-8").splitlines()
    plans = (_timed(json.loads(line), scale) for line in lines)
    return [plan for plan in plans if plan is not None][:count]


def _timed(written: Mapping[str, Any], scale: float) -> Timed | None:
    """Read one plan; None where it is a chain or its durations are ranges."""
    least, most = written["meta"]["optimal_s"]
    durations = {step["id"]: step["duration_s"] for step in written["steps"]}
    if any(low != high for low, high in durations.values()) or least != most:
        return None
    if sum(low for low, _ in durations.values()) <= least:
        return None
    factor = scale / least
    return Timed(
        name=written["id"],
        plan=Plan(
            steps=[
                Step(
                    id=f"s{step['id']}",
                    tool="work",
                    depends_on=[f"s{dependency}" for dependency in step["deps"]],
                )
                for step in written["steps"]
            ]
        ),
        seconds={f"s{key}": factor * low for key, (low, _) in durations.items()},
        optimum=scale,
    )


async def _measure(plans: Sequence[Timed]) -> list[Makespans]:
    found = []
    for turn, timed in enumerate(plans):
        ways = [_by_dagplan, _by_waves]
        taken = {}
        for way in ways if turn % 2 else reversed(ways):
            began = perf_counter()
            await way(timed)
            taken[way] = (perf_counter() - began) / timed.optimum
        found.append(
            Makespans(
                timed.name, len(timed.plan.steps), taken[_by_dagplan], taken[_by_waves]
            )
        )
    return found


async def _by_dagplan(timed: Timed) -> None:
    async def run_step(call: StepCall) -> None:
        await anyio.sleep(timed.seconds[call.id])

    run = await execute_plan(timed.plan, run_step, limits=Limits(concurrency=None))
    assert run.outcome == "answered"


async def _by_waves(timed: Timed) -> None:
    """Run the plan as it is done by hand: a layer begins when the one before ended."""
    for wave in layers(timed.plan):
        async with anyio.create_task_group() as tasks:
            for step_id in wave:
                tasks.start_soon(anyio.sleep, timed.seconds[step_id])
