"""The smallest case that still fails: drops things one at a time while it does."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from dagplan.policy import Retry, Timeout
from tests.simulate.case import Case, Flow, Script, Task

Fails = Callable[[Case], bool]
_MOST_TRIES = 3_000


def shrunk(case: Case, fails: Fails, tries: int = _MOST_TRIES) -> Case:
    """Return a case that fails and of which nothing more can be dropped.

    Args:
        case: A case that fails.
        fails: Tells whether a case still fails in the same way.
        tries: Most cases to try.
    """
    left = tries
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(case):
            if not left:
                return case
            left -= 1
            if _is_sound(candidate) and fails(candidate):
                case, smaller = candidate, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    """Yield cases that lack something, what saves most first."""
    for index in range(len(case.flows)):
        if len(case.flows) > 1:
            yield replace(case, flows=_without(case.flows, index))
    yield from _plainer(case, per_minute=None, per_tool={}, throttle=False, seed=0)
    for index, flow in enumerate(case.flows):
        for less in _less(flow):
            yield replace(case, flows=_with(case.flows, index, less))
    if case.slots is not None:
        yield replace(case, slots=None)
        if case.slots > 1:
            yield replace(case, slots=case.slots - 1)


def _less(flow: Flow) -> Iterator[Flow]:
    yield from _fewer_tasks(flow)
    for index in range(len(flow.changes)):
        yield replace(flow, changes=_without(flow.changes, index))
    yield from _less_changes(flow)
    yield from _plainer_flow(flow)
    for index, task in enumerate(flow.tasks):
        for less in _less_task(task):
            yield replace(flow, tasks=_with(flow.tasks, index, less))


def _fewer_tasks(flow: Flow) -> Iterator[Flow]:
    size = len(flow.tasks)
    for part in (2, 4, size):
        for start in range(0, size, max(1, size // part)):
            if size >= part > 1:
                gone = flow.tasks[start : start + size // part]
                yield _without_tasks(flow, {task.id for task in gone})


def _plainer_flow(flow: Flow) -> Iterator[Flow]:
    yield from _plainer(flow, hedge=None, until=None, weighed=False, begins=0.0, seed=0)
    yield from _plainer(flow, retry=Retry(attempts=1), timeout=Timeout())
    if flow.mode != "scope":
        yield from _plainer(flow, leave=0.0)
    if flow.mode not in ("break", "error"):
        yield from _plainer(flow, reads=0)
    yield from _plainer_policies(flow)
    if flow.mode != "execute":
        plain = replace(flow, mode="execute", changes=(), pause=0.0)
        yield replace(plain, spends=None, deadline=None)
    yield from _plainer(flow, pause=0.0, spends=None, deadline=None)


def _plainer_policies(flow: Flow) -> Iterator[Flow]:
    for name in ("retry", "timeout", "hedge"):
        policy = getattr(flow, name)
        if policy is not None:
            for less in _plainer(policy, per_step={}, per_tool={}):
                yield replace(flow, **{name: less})
    if flow.retry.attempts > 1:
        simple = {"jitter": 0.0, "backoff": 0.0, "factor": 1.0, "max_backoff": 30.0}
        for less in _plainer(flow.retry, attempts=2, **simple):
            yield replace(flow, retry=less)
    yield from (
        replace(flow, timeout=less)
        for less in _plainer(flow.timeout, attempt=None, step=None)
    )


def _less_changes(flow: Flow) -> Iterator[Flow]:
    for index, change in enumerate(flow.changes):
        for kind in ("tasks", "drop"):
            values = getattr(change, kind)
            for place in range(len(values)):
                less = _set(change, kind, _without(values, place))
                yield replace(flow, changes=_with(flow.changes, index, less))
        for place, task in enumerate(change.tasks):
            for simpler in _less_task(task):
                tasks = _with(change.tasks, place, simpler)
                less = replace(change, tasks=tasks)
                yield replace(flow, changes=_with(flow.changes, index, less))


def _less_task(task: Task) -> Iterator[Task]:
    for kind in ("needs", "refers", "optional"):
        values = getattr(task, kind)
        for place in range(len(values)):
            yield _set(task, kind, _without(values, place))
    yield from _plainer(task, over=None, partial=False, makes=None, tool="t0")
    yield from _plainer(task, weight=1.0)
    if len(task.scripts) > 1:
        yield replace(task, scripts=task.scripts[:1])
    for place, attempts in enumerate(task.scripts):
        for less in _less_attempts(attempts):
            yield replace(task, scripts=_with(task.scripts, place, less))


def _less_attempts(attempts: tuple[Script, ...]) -> Iterator[tuple[Script, ...]]:
    if len(attempts) > 1:
        yield attempts[:1]
        yield attempts[:-1]
    for place, script in enumerate(attempts):
        simpler: list[Script] = [
            *_plainer(script, kind="ok", after=None, asks=0),
            *_plainer(script, clings=0.0, then="cancelled"),
        ]
        if script.seconds not in (0.0, 1.0):
            simpler += [replace(script, seconds=s) for s in (0.0, 1.0)]
        for less in simpler:
            yield _with(attempts, place, less)


def _without_tasks(flow: Flow, gone: set[str]) -> Flow:
    """Return a run without some steps, and without what refers to them."""
    tasks = tuple(_cut(task, gone) for task in flow.tasks if task.id not in gone)
    changes = tuple(
        replace(
            change,
            tasks=tuple(_cut(t, gone) for t in change.tasks if t.id not in gone),
            drop=tuple(name for name in change.drop if name not in gone),
        )
        for change in flow.changes
    )
    until = None
    if flow.until is not None:
        until = tuple(name for name in flow.until if name not in gone) or None
    return replace(flow, tasks=tasks, changes=changes, until=until)


def _cut(task: Task, gone: set[str]) -> Task:
    left = {
        kind: tuple(name for name in getattr(task, kind) if name not in gone)
        for kind in ("needs", "refers", "optional")
    }
    lost = task.source in gone
    return replace(
        task,
        over=None if lost else task.over,
        partial=task.partial and not lost,
        **left,  # type: ignore[arg-type]
    )


def _is_sound(case: Case) -> bool:
    """Tell whether a case can be run: each run has steps, and none must hang."""
    return all(flow.tasks and _ends(flow) for flow in case.flows)


def _ends(flow: Flow) -> bool:
    if flow.mode == "scope":
        return True
    return not any(
        script.kind == "hang"
        and flow.timeout_of(task).attempt is None
        and flow.timeout_of(task).step is None
        for task in flow.versions().values()
        for attempts in task.scripts
        for script in attempts
    ) and not any(task.partial and task.over is None for task in flow.tasks)


def _plainer(value: Any, **plain: object) -> Iterator[Any]:
    known = {field.name for field in fields(value)}
    for name, simple in plain.items():
        if name in known and getattr(value, name) != simple:
            yield replace(value, **{name: simple})


def _set(value: Any, name: str, to: object) -> Any:
    return replace(value, **{name: to})


def _with(values: tuple[Any, ...], index: int, value: object) -> tuple[Any, ...]:
    return (*values[:index], value, *values[index + 1 :])


def _without(values: tuple[Any, ...], index: int) -> tuple[Any, ...]:
    return (*values[:index], *values[index + 1 :])
