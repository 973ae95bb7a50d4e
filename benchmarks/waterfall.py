"""One plan, run in parallel and one step at a time, drawn as two waterfalls.

    python -m benchmarks.waterfall [--scale 1.0]

The steps are those of "Compare the population density of France, Japan and Brazil".
Their latencies are simulated: drawn once, with a fixed seed, from 0.3 to 1.2 s, the
range of a web search. Both runs sleep for the very same times.
"""

import argparse
import random
from collections.abc import Mapping

import anyio

from benchmarks.findings import Findings
from dagplan import Limits, Plan, Run, Step, StepCall, execute_plan
from dagplan.views import to_waterfall

COUNTRIES = ("france", "japan", "brazil")


def plan() -> Plan:
    """Six independent look-ups, three quotients of two each, one ranking."""
    steps = [
        Step(id=f"{what}_{country}", task=f"{what} of {country.title()}")
        for country in COUNTRIES
        for what in ("population", "area")
    ]
    steps += [
        Step(id=f"density_{c}", task=f"${{population_{c}}} / ${{area_{c}}}")
        for c in COUNTRIES
    ]
    densities = ", ".join(f"${{density_{c}}}" for c in COUNTRIES)
    return Plan(steps=[*steps, Step(id="ranking", task=f"order {densities}")])


def latencies(seed: int, scale: float) -> Mapping[str, float]:
    """Draw a latency for each step: 0.3 to 1.2 s for a look-up, 20 ms for the rest."""
    chance = random.Random(seed)
    return {
        step.id: scale * (0.02 if "$" in step.task else chance.uniform(0.3, 1.2))
        for step in plan().steps
    }


async def _run(slots: int | None, seconds: Mapping[str, float]) -> Run:
    """Run the plan once with so many slots."""

    async def run_step(call: StepCall) -> object:
        await anyio.sleep(seconds[call.id])
        return call.id

    return await execute_plan(plan(), run_step, limits=Limits(concurrency=slots))


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what can be chosen."""
    parser.add_argument("--seed", type=int, default=7, help="of the latencies")


def measure(options: argparse.Namespace) -> Findings:
    """Run the plan both ways and draw both."""
    seconds = latencies(options.seed, options.scale)
    parallel = anyio.run(_run, 16, seconds)
    sequential = anyio.run(_run, 1, seconds)
    pictures = [
        f"{name}: {run.report.wall:.2f} s (latencies simulated)\n"
        f"{to_waterfall(run.events, width=78)}\n"
        for name, run in (("parallel", parallel), ("sequential", sequential))
    ]
    ratio = sequential.report.wall / parallel.report.wall
    bound = parallel.report.wall / parallel.report.lower_bound
    last = f"sequential / parallel: {ratio:.2f}; parallel / lower bound: {bound:.3f}"
    return Findings(
        figures={"sequential_over_parallel": ratio, "parallel_over_bound": bound},
        notes=[*pictures, last],
    )


def main() -> None:
    """Measure both and print them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--scale", type=float, default=1.0, help="shortens all latencies"
    )
    add_options(parser)
    print(measure(parser.parse_args()).to_text())


if __name__ == "__main__":
    main()
