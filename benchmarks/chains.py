"""No cost where there is no gain: plans without parallelism, beside sequential mode.

Questions over HTTP, as in `latency`; and the tool chains of UltraTool (Huang et al.,
2024; MIT) with simulated steps on real timers. Both modes must take the same time.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import median

import anyio

from benchmarks.asking import ask
from benchmarks.findings import Aim, Findings, Table
from benchmarks.latency import notes, promises
from benchmarks.provider.pace import Pace
from benchmarks.questions.own import own_questions
from benchmarks.questions.real import chains
from benchmarks.rivals import OURS
from dagplan import Limits, Plan, Step, StepCall, execute_plan

FILE = "ultratool_chains.jsonl"
_SEED = 5
_MOST = 0.02  # share by which the two modes may differ


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--count", type=int, default=12, help="of MuSiQue's chains")
    parser.add_argument("--at-once", type=int, default=8, help="questions at a time")


def measure(options: argparse.Namespace) -> Findings:
    """Ask in both modes, and run the tool chains in both."""
    pace = Pace(scale=options.scale)
    chosen = [question for question in own_questions() if not question.is_parallel]
    chosen += chains(options.data, options.count) if options.data else ()
    asked = {
        mode: ask(
            mode,
            [question.id for question in chosen],
            pace,
            data=options.data,
            at_once=options.at_once,
        )
        for mode in (OURS, "sequential")
    }
    ratios = [
        asked["sequential"].seconds[question.id] / asked[OURS].seconds[question.id]
        for question in chosen
    ]
    found = {"questions over HTTP": ratios}
    if options.data is not None and (options.data / FILE).is_file():
        plans = _plans(options.data / FILE)
        found["UltraTool, simulated steps"] = _of_plans(plans, options.scale)
    return Findings(
        figures={"ratios": found},
        tables=[
            Table(
                "sequential mode ÷ parallel mode, plans that are chains",
                ("", "plans", "p50", "least", "most"),
                [(n, len(r), median(r), min(r), max(r)) for n, r in found.items()],
            )
        ],
        aims=[
            *(
                Aim(f"{n}: distance of p50 from 1", abs(median(r) - 1), _MOST)
                for n, r in found.items()
            ),
            *promises(asked),
        ],
        notes=notes(pace)[:3],
    )


def _plans(file: Path) -> list[Plan]:
    lines = map(json.loads, file.read_text("utf-8").splitlines())
    return [
        Plan(
            steps=[
                Step(
                    id=f"s{step['id']}",
                    tool="work",
                    depends_on=[f"s{need}" for need in step["deps"]],
                )
                for step in line["steps"]
            ]
        )
        for line in lines
    ]


def _of_plans(plans: Sequence[Plan], scale: float) -> list[float]:
    """Run each plan in both modes on real timers."""
    taken = [anyio.run(_run_all, plans, slots, scale) for slots in (None, 1)]
    parallel, sequential = taken
    return [one / both for both, one in zip(parallel, sequential, strict=True)]


async def _run_all(
    plans: Sequence[Plan], slots: int | None, scale: float
) -> list[float]:
    taken: dict[int, float] = {}

    async def run(place: int, plan: Plan) -> None:
        chance = Random(f"{_SEED} {place}")
        seconds = {step.id: scale * chance.uniform(0.1, 0.4) for step in plan.steps}

        async def run_step(call: StepCall) -> None:
            await anyio.sleep(seconds[call.id])

        found = await execute_plan(plan, run_step, limits=Limits(concurrency=slots))
        taken[place] = found.report.wall

    async with anyio.create_task_group() as tasks:
        for place, plan in enumerate(plans):
            tasks.start_soon(run, place, plan)
    return [taken[place] for place in range(len(plans))]
