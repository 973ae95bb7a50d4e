"""How long a run may take (Graham 1966), and whether its report is sane."""

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from math import isfinite

from dagplan.events import (
    RunFinished,
    StepCancelled,
    StepHedged,
    StepRetried,
    StepStarted,
)
from dagplan.report import RunReport, report
from tests.simulate.case import Flow
from tests.simulate.ledger import FINAL, Item, Ledger
from tests.simulate.world import Story, Told

EPS = 1e-6
Found = Iterator[tuple[str, str]]


def check_makespan(story: Story, ledger: Ledger) -> Found:
    """Check the length of a run that had all slots to itself and ran to its end."""
    told = story.runs[0]
    plain = [item for item in ledger if item.children is None]
    end = max((at for item in ledger for at, _ in item.events), default=told.epoch)
    makespan = end - told.epoch
    slots = story.case.slots
    if slots is not None:
        work = sum((ran.ended or end) - ran.started for ran in story.rans)
        spans = {item.id: _span(item) for item in plain}
        most = work / slots + _path(ledger.flow, _by_step(spans))
        if makespan > most + EPS:
            yield "graham", f"took {makespan}, at most {most} is right"
    elif not story.case.per_tool and _smooth(told, ledger):
        spans = {item.id: item.task.script(_index(item), 1).seconds for item in plain}
        exact = _path(ledger.flow, _by_step(spans))
        if abs(makespan - exact) > EPS:
            yield "critical-path", f"took {makespan} rather than {exact}"


def _smooth(told: Told, ledger: Ledger) -> bool:
    kinds = {type(event) for event in told.events}
    if kinds & {StepRetried, StepHedged}:
        return False
    return all(item.status == "succeeded" for item in ledger)


def _index(item: Item) -> int | None:
    return None if item.parent is None else item.order[1]


def _span(item: Item) -> float:
    """Return the time in which a step ran or waited for a retry, not for a slot."""
    total, began = 0.0, None
    for at, event in item.events:
        match event:
            case StepStarted():
                began = at
            case StepRetried() if began is not None:
                total += at - began + event.wait
                began = None
            case _ if type(event) in FINAL and began is not None:
                total += at - began
            case _:
                pass
    return total


def _by_step(spans: Mapping[str, float]) -> dict[str, float]:
    """Let each `for_each` step take as long as its longest item."""
    found: dict[str, float] = {}
    for name, seconds in spans.items():
        step_id = name.partition("[")[0]
        found[step_id] = max(found.get(step_id, 0.0), seconds)
    return found


def _path(flow: Flow, seconds: Mapping[str, float]) -> float:
    edges = {task.id: [*task.dependencies()] for task in flow.tasks}
    arrival: dict[str, float] = {}
    for name in TopologicalSorter(edges).static_order():
        before = max((arrival[d] for d in edges[name]), default=0.0)
        arrival[name] = before + seconds.get(name, 0.0)
    return max(arrival.values(), default=0.0)


def check_report(told: Told, ledger: Ledger) -> Found:
    """Check that the figures of a run are possible."""
    try:
        found = report(told.events)
    except Exception as error:  # noqa: BLE001 - told as a violation
        yield "report", f"report raised {type(error).__name__}: {error}"
        return
    yield from _figures(found)
    events = told.events
    again = any(isinstance(event, StepRetried | StepHedged) for event in events)
    last = events[-1]
    if isinstance(last, RunFinished) and abs(found.wall - last.at) > EPS:
        yield "report", f"wall is {found.wall}, the run took {last.at}"
    if not again and found.lower_bound > found.wall * (1 + 1e-9) + 1e-9:
        yield "report", f"lower bound {found.lower_bound} above wall {found.wall}"
    if not any(isinstance(event, StepCancelled) for event in events):
        yield from _counts(found, ledger)


def _figures(found: RunReport) -> Found:
    for name in ("wall", "serial_sum", "critical_path", "lower_bound", "speedup"):
        figure = getattr(found, name)
        if not isfinite(figure) or figure < -EPS:
            yield "report", f"{name} is {figure}"


def _counts(found: RunReport, ledger: Ledger) -> Found:
    counts: dict[str, int] = {}
    for item in ledger.items.values():
        if item.children is None and item.settled:
            counts[item.status] = counts.get(item.status, 0) + 1
    if counts != found.steps:
        yield "report", f"steps are {found.steps}, expected {counts}"
