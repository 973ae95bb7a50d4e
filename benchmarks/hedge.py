"""What hedging does to the slowest steps, and what it costs.

200 steps in 16 slots. Latencies are simulated: typically 80 ms, with the tail of a
Pareto distribution, drawn for each attempt from a generator that is seeded by the
step and the attempt, so that both runs meet the same ones. `Hedge(quantile=0.8)` lets a
second attempt join the slowest 20 %. Measured on real timers, and in simulated time
with more seeds, where nothing else disturbs.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil
from random import Random

import anyio

from benchmarks.findings import Aim, Findings, Table
from benchmarks.mockclock import run_simulated
from dagplan import Limits, Plan, Run, Step, StepCall, execute_plan
from dagplan.events import StepHedged, StepStarted, StepSucceeded
from dagplan.policy import Hedge

SLOTS = 16
STEPS = 200
HEDGE = Hedge(quantile=0.8)
_FLOOR, _TAIL, _ALPHA, _LONGEST = 0.05, 0.016, 1.1, 5.0


@dataclass(frozen=True, slots=True)
class Latencies:
    """What one run, or several, took; seconds.

    Attributes:
        steps: From the start of each step to its success.
        work: What all attempts took together, those that lost included.
        makespan: What the runs took together.
        hedges: How many second attempts there were.
    """

    steps: Sequence[float]
    work: float
    makespan: float
    hedges: int

    def quantile(self, share: float) -> float:
        """Return the latency that this share of the steps did not exceed."""
        return sorted(self.steps)[ceil(share * len(self.steps)) - 1]

    def __add__(self, other: "Latencies") -> "Latencies":
        return Latencies(
            [*self.steps, *other.steps],
            self.work + other.work,
            self.makespan + other.makespan,
            self.hedges + other.hedges,
        )


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--seed", type=int, default=1, help="of the first run")
    parser.add_argument("--seeds", type=int, default=20, help="simulated runs")
    parser.add_argument("--repeats", type=int, default=3, help="runs on real timers")


def measure(options: argparse.Namespace) -> Findings:
    """Run with and without hedging, on both kinds of time."""
    real = _pairs(options.seed, options.repeats, options.scale, simulated=False)
    exact = _pairs(options.seed, options.seeds, 1.0, simulated=True)
    named = [("real timers", real), ("simulated time", exact)]
    return Findings(
        figures={
            "pairs": [
                {"time": name, "without": asdict(plain), "with": asdict(hedged)}
                for name, (plain, hedged) in named
            ]
        },
        tables=[_table(name, *pair) for name, pair in named],
        aims=[
            Aim(f"{name}: p99 with / without hedging", _of(hedged, plain, 0.99), 1.0)
            for name, (plain, hedged) in named
        ],
        notes=[
            "Latencies are simulated: 50 ms + 16 ms times Pareto(1.1), at most 5 s;",
            f"on real timers times {options.scale:g}.",
        ],
    )


def _of(hedged: Latencies, plain: Latencies, share: float) -> float:
    return hedged.quantile(share) / plain.quantile(share)


def _table(name: str, plain: Latencies, hedged: Latencies) -> Table:
    def row(what: str, without: float, having: float) -> tuple[object, ...]:
        return what, without, having, having / without if without else None

    return Table(
        f"{name}: {len(plain.steps)} steps, {SLOTS} slots, "
        f"{hedged.hedges / len(hedged.steps):.1%} of them hedged",
        ("seconds", "without", "with", "ratio"),
        [
            row("p50 of a step", plain.quantile(0.5), hedged.quantile(0.5)),
            row("p99 of a step", plain.quantile(0.99), hedged.quantile(0.99)),
            row("slowest step", max(plain.steps), max(hedged.steps)),
            row("work of all attempts", plain.work, hedged.work),
            row("makespan", plain.makespan, hedged.makespan),
        ],
    )


def _pairs(
    seed: int, count: int, scale: float, *, simulated: bool
) -> tuple[Latencies, Latencies]:
    run = run_simulated if simulated else anyio.run
    without, having = Latencies([], 0, 0, 0), Latencies([], 0, 0, 0)
    for turn in range(count):
        # In turns, so that a machine that slows down slows both.
        for hedge in (None, HEDGE) if turn % 2 else (HEDGE, None):
            found = run(latencies, seed + turn, scale, hedge)
            if hedge is None:
                without += found
            else:
                having += found
    return without, having


async def latencies(seed: int, scale: float, hedge: Hedge | None) -> Latencies:
    """Run the plan once."""
    work = 0.0

    async def run_step(call: StepCall) -> None:
        nonlocal work
        began = anyio.current_time()
        try:
            await anyio.sleep(scale * latency(seed, call.id, call.attempt))
        finally:
            work += anyio.current_time() - began

    plan = Plan(steps=[Step(id=f"s{index}", tool="work") for index in range(STEPS)])
    run = await execute_plan(
        plan, run_step, limits=Limits(concurrency=SLOTS), hedge=hedge
    )
    assert run.outcome == "answered"
    return _latencies(run, work)


def latency(seed: int, step_id: str, attempt: int) -> float:
    """Draw how long an attempt takes, in seconds: always the same for the same one."""
    chance = Random(f"{seed} {step_id} {attempt}")
    return min(_FLOOR + _TAIL * chance.paretovariate(_ALPHA), _LONGEST)


def _latencies(run: Run, work: float) -> Latencies:
    started = {e.step_id: e.at for e in run.events if isinstance(e, StepStarted)}
    ended = {e.step_id: e.at for e in run.events if isinstance(e, StepSucceeded)}
    return Latencies(
        steps=[at - started[step_id] for step_id, at in ended.items()],
        work=work,
        makespan=run.events[-1].at,
        hedges=sum(isinstance(event, StepHedged) for event in run.events),
    )
