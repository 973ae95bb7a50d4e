"""Few slots: which order of steps comes close to the best that is possible?

Plans of AsyncHow's and task graphs of WfCommons (WfInstances: Coleman et al., 2022), in
simulated time with 2 to 16 slots and without a limit. Nobody can be quicker than
max(critical path, work / slots). dagplan starts the step with the longest remaining path
first, by seconds where they are known, else by hops; the others start what was ready
first, or one wave after the other.
"""

import heapq
import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import anyio

from benchmarks.findings import Aim, Table
from benchmarks.mockclock import run_simulated
from dagplan import Limits, Plan, Step, StepCall, execute_plan

SLOTS = (2, 4, 8, 16, None)
WAYS = ("by seconds", "by hops", "first come", "waves")


@dataclass(frozen=True, slots=True)
class Tasks:
    """Tasks that take time and need one another.

    Attributes:
        name: Of the graph.
        seconds: What each takes.
        needs: The indexes of the tasks that each one needs.
    """

    name: str
    seconds: Sequence[float]
    needs: Sequence[Sequence[int]]

    def bound(self, slots: int | None) -> float:
        """Return the least makespan that could be possible."""
        ends: dict[int, float] = {}
        for task in order(self):
            before = max((ends[need] for need in self.needs[task]), default=0.0)
            ends[task] = before + self.seconds[task]
        longest = max(ends.values())
        return longest if slots is None else max(longest, sum(self.seconds) / slots)


def wfinstances(file: Path) -> list[Tasks]:
    """Read WfInstances' graphs; their times are scaled, which changes no ratio."""
    lines = map(json.loads, file.read_text("utf-8").splitlines())
    return [
        Tasks(
            line["id"],
            [seconds / line["cp"] for seconds, _ in line["tasks"]],
            [needs for _, needs in line["tasks"]],
        )
        for line in lines
    ]


def of_plan(name: str, plan: Plan, seconds: Mapping[str, float]) -> Tasks:
    """Return the tasks of a plan whose steps need what they depend on."""
    place = {step.id: index for index, step in enumerate(plan.steps)}
    return Tasks(
        name,
        [seconds[step.id] for step in plan.steps],
        [[place[need] for need in step.dependencies()] for step in plan.steps],
    )


def order(tasks: Tasks) -> Iterator[int]:
    """Give the tasks, each after all that it needs."""
    left = [len(needs) for needs in tasks.needs]
    dependents = _dependents(tasks)
    ready = deque(task for task, count in enumerate(left) if not count)
    while ready:
        task = ready.popleft()
        yield task
        for dependent in dependents[task]:
            left[dependent] -= 1
            if not left[dependent]:
                ready.append(dependent)


def _dependents(tasks: Tasks) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in tasks.needs]
    for task, needs in enumerate(tasks.needs):
        for need in needs:
            found[need].append(task)
    return found


def makespan(tasks: Tasks, slots: int | None, way: str) -> float:
    """Return how long all tasks take in one of the `WAYS`."""
    match way:
        case "first come":
            return first_come(tasks, slots)
        case "waves":
            return waves(tasks, slots)
        case _:
            return run_simulated(by_dagplan, tasks, slots, way == "by seconds")


async def by_dagplan(tasks: Tasks, slots: int | None, known: bool) -> float:  # noqa: FBT001
    """Run the tasks as a plan; whether their seconds are known decides on the order."""
    seconds = {f"s{task}": taken for task, taken in enumerate(tasks.seconds)}
    plan = Plan(
        steps=[
            Step(id=f"s{task}", tool="work", depends_on=[f"s{need}" for need in needs])
            for task, needs in enumerate(tasks.needs)
        ]
    )

    async def run_step(call: StepCall) -> None:
        await anyio.sleep(seconds[call.id])

    run = await execute_plan(
        plan,
        run_step,
        limits=Limits(concurrency=slots),
        estimate=(lambda step: seconds[step.id]) if known else None,
    )
    assert run.outcome == "answered"
    return run.events[-1].at


def first_come(tasks: Tasks, slots: int | None) -> float:
    """Start what was ready first whenever a slot is free."""
    left = [len(needs) for needs in tasks.needs]
    dependents = _dependents(tasks)
    ready = deque(task for task, count in enumerate(left) if not count)
    running: list[tuple[float, int]] = []
    now = 0.0
    while ready or running:
        while ready and (slots is None or len(running) < slots):
            task = ready.popleft()
            heapq.heappush(running, (now + tasks.seconds[task], task))
        now, done = heapq.heappop(running)
        for dependent in dependents[done]:
            left[dependent] -= 1
            if not left[dependent]:
                ready.append(dependent)
    return now


def waves(tasks: Tasks, slots: int | None) -> float:
    """Start a wave once the one before has ended; within it, what comes first."""
    level: dict[int, int] = {}
    for task in order(tasks):
        level[task] = 1 + max((level[need] for need in tasks.needs[task]), default=-1)
    total = 0.0
    for wave in range(1 + max(level.values())):
        times = [tasks.seconds[task] for task in sorted(level) if level[task] == wave]
        total += first_come(Tasks("", times, [()] * len(times)), slots)
    return total


def compare(sets: Mapping[str, Sequence[Tasks]]) -> tuple[list[Table], list[Aim]]:
    """Return makespan ÷ bound of each way, and what dagplan is held to."""
    tables, aims = [], []
    for name, graphs in sets.items():
        rows = []
        for slots in SLOTS:
            found = {way: _ratios(graphs, slots, way) for way in WAYS}
            cells = [cell for r in found.values() for cell in (mean(r), max(r))]
            rows.append(["unlimited" if slots is None else str(slots), *cells])
            ours, plain = found["by seconds"], found["first come"]
            shown = rows[-1][0]
            what = f"{name}, {shown} slots: mean, by seconds ÷ first come"
            aims.append(Aim(what, mean(ours) / mean(plain), 1.0 + 1e-9))
        headings = [f"{way}{what}" for way in WAYS for what in ("", ", max")]
        title = f"makespan ÷ max(critical path, work / slots), simulated time, {name}"
        tables.append(Table(f"{title}: {len(graphs)}", ("slots", *headings), rows))
    return tables, aims


def _ratios(graphs: Sequence[Tasks], slots: int | None, way: str) -> list[float]:
    return [makespan(one, slots, way) / one.bound(slots) for one in graphs]
