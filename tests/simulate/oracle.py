"""The sequential evaluation: which status and value each step must have.

Steps are taken one after the other in the order of their dependencies, without any
clock: from its script and policies each has a set of statuses that it may end in,
which holds one wherever nothing depends on timing. Where several are possible, the
one that it had is followed, if it is among them.
"""

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from math import inf

from dagplan.events import StepResult
from tests.simulate.case import Flow, Task
from tests.simulate.world import value_of

EPS = 1e-6
OK, BAD = "succeeded", "failed"
Found = Iterator[tuple[str, str]]


def statuses(flow: Flow, task: Task, index: int | None, *, timely: bool) -> set[str]:
    """Return how a step or an item that starts can end, if nobody stops it.

    Args:
        flow: The run.
        task: The step.
        index: Of an item.
        timely: Whether its attempts take as long as their scripts say: nothing makes
            them wait for admission.
    """
    rounds = flow.retry_of(task).attempts
    hedge = flow.hedge_of(task)
    if hedge.after is None and hedge.quantile is None:
        return _plain(flow, task, index, rounds, timely=timely)
    # Hedges shift which attempt has which number, so all that may begin count.
    ends = [_end(flow, task, index, n, timely=timely) for n in range(1, 2 * rounds + 1)]
    possible = set[str]().union(*(kinds for kinds, _ in ends))
    found = set()
    if "ok" in possible:
        found.add(OK)
    if possible != {"ok"} or flow.timeout_of(task).step is not None:
        found.add(BAD)
    return found


def _plain(
    flow: Flow, task: Task, index: int | None, rounds: int, *, timely: bool
) -> set[str]:
    limit = flow.timeout_of(task).step
    left = inf if limit is None else limit
    found: set[str] = set()
    for number in range(1, rounds + 1):
        kinds, seconds = _end(flow, task, index, number, timely=timely)
        left -= seconds
        if left < -EPS:
            return found | {BAD}
        if limit is not None and (number > 1 or left < EPS or not timely):
            found.add(BAD)  # waits, which chance and slots decide, may use the time up
        if "ok" in kinds:
            found.add(OK)
        if "lasting" in kinds or number == rounds:
            found |= {BAD} if kinds != {"ok"} else set()
        if kinds <= {"ok", "lasting"}:
            return found
    return found


def _end(
    flow: Flow, task: Task, index: int | None, number: int, *, timely: bool
) -> tuple[set[str], float]:
    """Return how an attempt may end, and the least that it takes."""
    script = task.script(index, number)
    limit = flow.timeout_of(task).attempt
    natural = inf if script.kind == "hang" else script.seconds
    if limit is None or (natural < limit - EPS and (timely or not script.asks)):
        return {script.kind}, natural
    if natural > limit + EPS:
        return {"timeout"}, limit
    return {script.kind, "timeout"}, min(natural, limit)


def check_results(
    flow: Flow, results: Mapping[str, StepResult], *, timely: bool, cut: bool
) -> Found:
    """Check the results of a run whose plan was not revised.

    Args:
        flow: The run.
        results: By id, those of items included.
        timely: As for `statuses`.
        cut: Whether it was left, or ended early, so that steps may be cancelled.
    """
    tasks = {task.id: task for task in flow.tasks}
    edges = {name: [*task.dependencies()] for name, task in tasks.items()}
    for step_id in TopologicalSorter(edges).static_order():
        yield from _check_one(flow, tasks[step_id], results, timely=timely, cut=cut)


def _check_one(
    flow: Flow,
    task: Task,
    results: Mapping[str, StepResult],
    *,
    timely: bool,
    cut: bool,
) -> Found:
    result = results[task.id]
    inputs = {name: results[name].value for name in task.dependencies()}
    # An attempt that swallows the end of the run may still fail in its own way, and
    # one that would be tried again may not be.
    cancelled = {"cancelled", *_clinging(task)} if cut else set()
    if cut and (flow.spends is not None or flow.deadline is not None):
        cancelled |= {BAD}
    stopped = any(results[n].status == "cancelled" for n in task.dependencies())
    if stopped or _skipped(task, results):
        allowed, value = {"skipped"}, None
    elif task.over is None:
        allowed = statuses(flow, task, None, timely=timely)
        value = value_of(task, task.id, _args(task, inputs), inputs)
    else:
        problems = [*_items(flow, task, results, timely=timely, cancelled=cancelled)]
        yield from problems
        allowed, value = _gathered(task, results, inputs)
    if result.status not in allowed | cancelled:
        said = f"{task.id} is {result.status}, expected {sorted(allowed | cancelled)}"
        yield "status", f"{said}; {result.error}"
    wanted = value if result.status == OK else None
    if result.value != wanted:
        yield "value", f"{task.id} is {result.value!r}, expected {wanted!r}"


def _clinging(task: Task) -> set[str]:
    ways = {s.then for attempts in task.scripts for s in attempts if s.clings}
    return {{"value": OK, "error": BAD}[way] for way in ways - {"cancelled"}}


def _skipped(task: Task, results: Mapping[str, StepResult]) -> bool:
    return any(
        required and results[name].status in ("failed", "skipped")
        for name, required in task.dependencies().items()
    )


def _args(task: Task, inputs: Mapping[str, object]) -> dict[str, object]:
    return {"v": task.version, **{f"x_{name}": inputs[name] for name in task.refers}}


def _list(task: Task, inputs: Mapping[str, object]) -> list[object] | None:
    """Return the items of a `for_each` step; None where there is no list."""
    found = inputs[task.source or ""]
    if not isinstance(found, list):
        return None
    if ".*.value" not in (task.over or ""):
        return found
    if not all(isinstance(item, dict) and "value" in item for item in found):
        return None
    return [item["value"] for item in found]


def _items(
    flow: Flow,
    task: Task,
    results: Mapping[str, StepResult],
    *,
    timely: bool,
    cancelled: set[str],
) -> Found:
    inputs = {name: results[name].value for name in task.dependencies()}
    for index, item in enumerate(_list(task, inputs) or ()):
        name = f"{task.id}[{index}]"
        result = results.get(name)
        if result is None:
            if results[task.id].status != "cancelled":
                yield "items", f"{name} is missing"
            continue
        allowed = statuses(flow, task, index, timely=timely) | cancelled
        args = {**_args(task, inputs), "i": item}
        value = value_of(task, name, args, {**inputs, "item": item})
        if result.status not in allowed:
            yield "status", f"{name} is {result.status}, expected {sorted(allowed)}"
        if result.value != (value if result.status == OK else None):
            yield "value", f"{name} is {result.value!r}, expected {value!r}"


def _gathered(
    task: Task, results: Mapping[str, StepResult], inputs: Mapping[str, object]
) -> tuple[set[str], object]:
    items = _list(task, inputs)
    if items is None:
        return {BAD}, None
    names = [f"{task.id}[{index}]" for index in range(len(items))]
    good = [name in results and results[name].status == OK for name in names]
    value = [
        {"item": item, "value": results[name].value}
        for item, name, fine in zip(items, names, good, strict=True)
        if fine
    ]
    if all(good) or (task.partial and any(good)):
        return {OK}, value
    return {BAD}, value
