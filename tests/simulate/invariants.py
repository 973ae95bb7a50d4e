"""All that must hold of a story."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from dagplan.events import Event, RunFinished, RunStarted, StepStuck
from tests.simulate.attempts import Attempts, check_stuck
from tests.simulate.bounds import check_makespan, check_report
from tests.simulate.budget import check_budget, held_of, late_of
from tests.simulate.case import Case
from tests.simulate.drive import play
from tests.simulate.ledger import FINAL, Item, Ledger
from tests.simulate.oracle import check_results
from tests.simulate.rates import check_pauses, check_rates
from tests.simulate.schedule import Schedule
from tests.simulate.world import Ran, Story, Told, value_of

EPS = 1e-6
Found = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must not be.

    Attributes:
        rule: Which rule it breaks, as a slug.
        detail: What happened.
    """

    rule: str
    detail: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.detail}"


def violations(case: Case) -> tuple[Story, list[Violation]]:
    """Play a case and hold what happened against what had to happen."""
    story = play(case)
    return story, check(story)


def check(story: Story) -> list[Violation]:
    """Return all that is wrong with a story, each thing once."""
    found = [Violation("raised", f"{t.raised}") for t in story.runs if t.raised]
    if found or any(not told.events for told in story.runs):
        return found or [Violation("no-events", "a run told nothing")]
    schedule = Schedule(story)
    pairs = [
        *schedule.check(),
        *check_rates(story),
        *check_pauses(story),
    ]
    for index, ledger in enumerate(schedule.ledgers):
        pairs += _check_run(story, index, ledger, schedule.cuts[index])
    if _alone(story.case) and schedule.cuts[0] == inf:
        pairs += check_makespan(story, schedule.ledgers[0])
    return [Violation(*pair) for pair in dict.fromkeys(pairs)]


def _alone(case: Case) -> bool:
    """Tell whether nothing but slots can hold up a case's only run."""
    flow = case.flows[0]
    plain = len(case.flows) == 1 and case.per_minute is None and not case.per_tool
    return (
        plain
        and flow.mode != "revise"
        and not _has(case, "asks")
        and not any(
            script.kind == "limited"
            for task in flow.tasks
            for attempts in task.scripts
            for script in attempts
        )
    )


def _has(case: Case, name: str) -> bool:
    return any(
        getattr(script, name)
        for flow in case.flows
        for task in flow.versions().values()
        for attempts in task.scripts
        for script in attempts
    )


def _check_run(story: Story, index: int, ledger: Ledger, cut: float) -> Found:
    told = story.runs[index]
    rans = _rans_of(story, index)
    held = held_of(story, index)
    yield from check_budget(story, index)
    yield from _ends(told, ledger, cut)
    yield from _attempts(story, index, ledger, cut)
    yield from _stuck(story, index, rans)
    yield from _keys(rans)
    for item in ledger.items.values():
        if item.children is not None:
            yield from _gathered(ledger, item, cut)
        elif item.status == "succeeded":
            yield from _value(item)
    if told.results is not None:
        yield from _agree(told, ledger)
        if not ledger.revised:
            timely = story.case.per_minute is None and not _limits(story.case)
            done = told.events[-1]
            whole = isinstance(done, RunFinished) and done.outcome != "cancelled"
            stopped = min(cut, held) < inf or not whole
            yield from check_results(
                told.flow, told.results, timely=timely, cut=stopped
            )
    yield from check_report(told, ledger)


def _limits(case: Case) -> bool:
    return any(
        script.kind == "limited"
        for flow in case.flows
        for task in flow.versions().values()
        for attempts in task.scripts
        for script in attempts
    )


def _rans_of(story: Story, index: int) -> dict[str, list[Ran]]:
    found: dict[str, list[Ran]] = defaultdict(list)
    for ran in story.rans:
        if ran.flow == index:
            found[ran.node].append(ran)
    return found


def _ends(told: Told, ledger: Ledger, cut: float) -> Found:
    first, last = told.events[0], told.events[-1]
    if not isinstance(first, RunStarted):
        yield "first", f"begins with {first}"
    if not isinstance(last, RunFinished):
        yield "last", f"ends with {last}"
    elif told.flow.mode == "execute" and cut == inf:
        yield from _outcome(last, ledger)
    if told.alive:
        yield "alive", f"{told.alive} attempts ran when the run had been left"
    for item in ledger.items.values():
        if not item.settled:
            yield "no-final", f"{item.id} is {item.status}"


def _outcome(last: RunFinished, ledger: Ledger) -> Found:
    needed = {n for task in ledger.flow.tasks for n in task.dependencies()}
    ends = [task.id for task in ledger.flow.tasks if task.id not in needed]
    good = all(ledger.items[name].status == "succeeded" for name in ends)
    if last.outcome != ("answered" if good else "failed"):
        yield "outcome", f"{last.outcome}, good is {good}"


def _attempts(story: Story, index: int, ledger: Ledger, cut: float) -> Found:
    seen: dict[tuple[str, int], dict[int, Ran]] = defaultdict(dict)
    for ran in story.rans:
        if ran.flow == index:
            known = seen[ran.node, ran.task.version]
            if ran.attempt in known:
                yield "twice", f"attempt {ran.attempt} of {ran.node} ran twice"
            known[ran.attempt] = ran
    for item in ledger:
        if item.children is None:
            # A skipped step that a revision woke has two lives; it ran in the second.
            key = (item.id, item.task.version)
            rans = seen.pop(key, {}) if item.attempts else {}
            stop = min(cut, item.gone, late_of(story, index))
            held = held_of(story, index)
            yield from Attempts(ledger.flow, item, rans, stop, held).check()
    for node, _ in seen:
        yield "untold", f"{node} ran, no event tells of it"


def _stuck(story: Story, index: int, rans: dict[str, list[Ran]]) -> Found:
    told: dict[str, list[tuple[float, Event]]] = defaultdict(list)
    for entry in story.log:
        if entry.flow == index and isinstance(entry.what, StepStuck):
            told[entry.what.step_id].append((entry.at, entry.what))
    run = story.runs[index]
    over = run.epoch + run.events[-1].at
    for node in {*rans, *told}:
        yield from check_stuck(node, rans.get(node, []), told[node], over)


def _keys(rans: dict[str, list[Ran]]) -> Found:
    owners: dict[str, tuple[str, int]] = {}
    for node, attempts in rans.items():
        for ran in attempts:
            owner = (node, ran.task.version)
            if owners.setdefault(ran.key, owner) != owner:
                yield "key", f"{owner} has the key of {owners[ran.key]}"
        for version in {ran.task.version for ran in attempts}:
            keys = {ran.key for ran in attempts if ran.task.version == version}
            if len(keys) > 1:
                yield "key", f"{node} has several keys: {keys}"


def _final(item: Item) -> float:
    moments = [at for at, event in item.events if type(event) in FINAL]
    return moments[-1] if moments else inf


def _gathered(ledger: Ledger, item: Item, cut: float) -> Found:
    """Check that a `for_each` step settles with its last item, and how."""
    names = [f"{item.id}[{index}]" for index in range(item.children or 0)]
    items = [ledger.items[name] for name in names]
    moment = max((_final(child) for child in items), default=item.events[0][0])
    if moment >= cut - EPS or item.status == "cancelled":
        return
    if abs(moment - _final(item)) > EPS:
        yield "gather", f"{item.id} settled at {_final(item)}, items at {moment}"
    good = [child for child in items if child.status == "succeeded"]
    fine = len(good) == len(items) or (item.task.partial and bool(good))
    if fine != (item.status == "succeeded"):
        yield "gather", f"{item.id} is {item.status}, {len(good)} of {len(items)}"
    value = [{"item": child.item, "value": child.value} for child in good]
    if fine and item.value != value:
        yield "value", f"{item.id} is {item.value!r}, expected {value!r}"


def _value(item: Item) -> Found:
    event = item.events[-1][1]
    called = item.called.get(getattr(event, "attempt", 0))
    if called is None:
        yield "success", f"{event} of an attempt that was never told of"
        return
    value = value_of(item.task, item.id, *called)
    if item.value != value:
        yield "value", f"{item.id} is {item.value!r}, expected {value!r}"


def _agree(told: Told, ledger: Ledger) -> Found:
    """Check that results say what events say."""
    results = told.results or {}
    if {*results} != {*ledger.items}:
        odd = sorted({*results} ^ {*ledger.items})
        yield "results", f"results and events differ about {odd}"
    for item in ledger.items.values():
        result = results.get(item.id)
        if result is None:
            continue
        if (result.status, result.value) != (item.status, item.value):
            yield "results", f"{item.id}: {result} but {item.status} {item.value!r}"
        if item.children is None and result.attempts != item.attempts:
            yield "results", f"{item.id}: {result.attempts} attempts, {item.attempts}"
        if item.attempts and not _same(result.ended, _final(item) - told.epoch):
            yield "results", f"{item.id}: ended {result.ended}, not {_final(item)}"
        if item.attempts and not _same(result.started, _first(item) - told.epoch):
            yield "results", f"{item.id}: started {result.started}, {_first(item)}"


def _first(item: Item) -> float:
    return item.events[0][0] if item.events else inf


def _same(one: float | None, other: float) -> bool:
    return one is not None and abs(one - other) <= EPS
