"""Runs that share one limit of requests a minute: never over it, little of it lost.

Four runs begin one after the other and share a `Throttle`. Their steps take random
times and every third makes a second request. All of it happens in simulated time, where
the moment of each request is exact.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from random import Random

import anyio

from benchmarks.findings import Aim, Findings, Table
from benchmarks.mockclock import run_simulated
from dagplan import Limits, Plan, Step, StepCall, execute_plan
from dagplan.scheduler import Throttle

RUNS = 4
A_MINUTE = 60
WINDOW = 60.0


@dataclass(frozen=True, slots=True)
class Requests:
    """When each run made its requests, in seconds.

    Attributes:
        seed: What the times of the steps were drawn from.
        seconds: How long was looked at.
        moments: For each run, its requests.
    """

    seed: int
    seconds: float
    moments: Sequence[Sequence[float]]

    @property
    def most(self) -> int:
        """Most requests in any window of 60 s, wherever it begins, ends included."""
        return most_in_window(sorted(m for run in self.moments for m in run))

    @property
    def used(self) -> float:
        """Requests made over requests possible."""
        made = sum(map(len, self.moments))
        return made / (A_MINUTE * self.seconds / WINDOW)

    @property
    def fairness(self) -> float:
        """The fewest requests of a run over the most."""
        counts = [len(run) for run in self.moments]
        return min(counts) / max(counts)


def most_in_window(moments: Sequence[float], window: float = WINDOW) -> int:
    """Return the most of the sorted moments that lie within one window."""
    most = first = 0
    for last, moment in enumerate(moments):
        while moment - moments[first] > window:
            first += 1
        most = max(most, last - first + 1)
    return most


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--minutes", type=int, default=10, help="simulated")
    parser.add_argument("--seed", type=int, default=1, help="of the first case")
    parser.add_argument("--seeds", type=int, default=5, help="how many cases")


def measure(options: argparse.Namespace) -> Findings:
    """Run some cases."""
    found = [
        run_simulated(requests, seed, options.minutes)
        for seed in range(options.seed, options.seed + options.seeds)
    ]
    rows = [
        (
            one.seed,
            one.most,
            one.used,
            one.fairness,
            " ".join(str(len(run)) for run in one.moments),
        )
        for one in found
    ]
    return Findings(
        figures={"cases": [asdict(one) for one in found]},
        tables=[
            Table(
                f"{RUNS} runs share {A_MINUTE} requests a minute for "
                f"{options.minutes} simulated minutes",
                ("seed", "most in 60 s", "made / possible", "least / most", "by run"),
                rows,
            )
        ],
        aims=[
            Aim("most in any 60 s", max(r.most for r in found), A_MINUTE, promise=True),
            Aim("made / possible", min(r.used for r in found), 0.95, at_least=True),
        ],
    )


async def requests(seed: int, minutes: int) -> Requests:
    """Let the runs go on for so long, and note their requests."""
    throttle = Throttle(Limits(requests_per_minute=A_MINUTE))
    began = anyio.current_time()
    moments: list[list[float]] = [[] for _ in range(RUNS)]

    async def begin(number: int, chance: Random) -> None:
        async def run_step(call: StepCall) -> None:
            moments[number].append(anyio.current_time() - began)
            await anyio.sleep(chance.uniform(0.1, 6.0))
            if int(call.id[1:]) % 3 == 0:
                await call.admit()
                moments[number].append(anyio.current_time() - began)
                await anyio.sleep(chance.uniform(0.1, 3.0))

        # More than enough to do for one run alone.
        steps = [
            Step(id=f"s{index}", tool="work") for index in range(A_MINUTE * minutes)
        ]
        await anyio.sleep(chance.uniform(0, 5))
        await execute_plan(Plan(steps=steps), run_step, limits=throttle)

    seconds = minutes * WINDOW
    with anyio.move_on_after(seconds):
        async with anyio.create_task_group() as tasks:
            for number in range(RUNS):
                tasks.start_soon(begin, number, Random(f"{seed} {number}"))
    return Requests(seed, seconds, moments)
