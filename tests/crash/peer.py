"""The same plans on LangGraph's functional interface, as its users would write them.

An `@entrypoint` with a SQLite checkpointer in which each step is a `@task` that is called
as soon as its inputs are there; resumed with `None` on the same thread.
"""

import asyncio  # noqa: TID251 - LangGraph runs on asyncio only
from collections.abc import Mapping
from typing import Any

from tests.crash.orders import RUN_ID, Order
from tests.crash.plans import ATTEMPTS, BAD, Case, Result, Task, gathered
from tests.crash.steps import NeverError, Steps
from tests.crash.witness import Witness

CONFIG: Any = {"configurable": {"thread_id": RUN_ID}}

Results = dict[str, Result]


async def run(
    order: Order, case: Case, steps: Steps, _: Witness
) -> tuple[str, Results]:
    """Run a plan, or go on with it; returns the outcome and what became of each step."""
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
    from langgraph.func import entrypoint, task
    from langgraph.types import RetryPolicy

    policy = RetryPolicy(
        max_attempts=ATTEMPTS,
        initial_interval=0.001,
        backoff_factor=1.0,
        jitter=False,
        retry_on=ConnectionError,
    )

    async def work(node: str, inputs: dict[str, object]) -> object:
        return await steps.perform(node, inputs)

    # Its overloads are beyond mypy.
    called: Any = task(retry_policy=policy)(work)  # type: ignore[arg-type]

    async with AsyncSqliteSaver.from_conn_string(str(order.record)) as saver:

        @entrypoint(checkpointer=saver)
        async def whole(_: int) -> Results:
            return await _Flow(case, called).results()

        # Before the first checkpoint there is nothing to go on with.
        begun = await saver.aget_tuple(CONFIG) is not None
        # The entrypoint itself takes a slot.
        settings: Any = {**CONFIG, "max_concurrency": case.slots + 1}
        found = await whole.ainvoke(None if begun else 0, settings, durability="sync")
    results = {node: (status, value) for node, (status, value) in found.items()}
    good = all(results[end][0] == "succeeded" for end in case.ends())
    return "answered" if good else "failed", results


class _Flow:
    """Calls each task of a plan once those that it needs are done."""

    def __init__(self, case: Case, work: Any) -> None:
        self._case = case
        self._work = work
        self._running: dict[str, asyncio.Task[Result]] = {}
        self._results: Results = {}

    async def results(self) -> Results:
        for task in self._case.tasks:
            self._running[task.id] = asyncio.create_task(self._after(task))
        await asyncio.gather(*self._running.values())
        return self._results

    async def _after(self, task: Task) -> Result:
        found = {name: await self._running[name] for name in task.sources}
        bad = [name for name in found if found[name][0] != "succeeded"]
        if any(name not in task.optional for name in bad):
            result: Result = ("skipped", None)
        else:
            inputs = {name: value for name, (_, value) in found.items()}
            result = await self._run(task, inputs)
        self._results[task.id] = result
        return result

    async def _run(self, task: Task, inputs: Mapping[str, object]) -> Result:
        if task.over is None:
            return await self._call(task.id, inputs)
        items = task.items(inputs[task.over])
        names = [f"{task.id}[{index}]" for index in range(len(items))]
        calls = [
            self._call(name, {**inputs, "item": item})
            for name, item in zip(names, items, strict=True)
        ]
        results = await asyncio.gather(*calls)
        self._results.update(zip(names, results, strict=True))
        return gathered(task, items, results)

    async def _call(self, node: str, inputs: Mapping[str, object]) -> Result:
        try:
            return "succeeded", await self._work(node, dict(inputs))
        except (NeverError, ConnectionError):
            return BAD
