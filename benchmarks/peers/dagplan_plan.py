"""dagplan: `execute_plan` whole, with its check of the plan, events and results."""

from benchmarks.peers import SLOTS, Once, Work
from benchmarks.shapes import Graph, plan
from dagplan import Limits, Run, execute_plan


def prepare(steps: Graph, step: Work) -> Once:
    """Return a run of the plan; building the `Plan` is outside the time."""
    document = plan(steps)
    limits = Limits(concurrency=SLOTS)

    async def once() -> Run:
        return await execute_plan(document, step, limits=limits)

    return once
