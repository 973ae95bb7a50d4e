"""The verdicts: what is wrong with a run, held against what the witness saw.

None of them uses the code under test to judge it. Each is a function of a story that
yields a sentence for each thing that is wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from math import inf

from tests.crash.oracle import Oracle
from tests.crash.plans import Task, base, canonical
from tests.crash.story import Settled, Snapshot, Story, Success, Turn
from tests.crash.witness import Execution

Complaints = Iterator[str]

_MOST_TRACE = 400  # characters of a traceback
_MAKERS = "~"  # stands behind the id of the step in every text that a step makes


def repeated(story: Story) -> Complaints:
    """Find steps that began again though their success had been recorded."""
    tasks, runs = story.case.by_id(), story.executions()
    made_by = _works(tasks, runs)
    for turn in story.turns:
        recorded: dict[str, set[str]] = defaultdict(set)
        for success in turn.before.successes:
            made = canonical(success.value)
            works = made_by.get((_maker(success), made), set())
            if len(works) == 1:  # an empty list may be of any inputs
                recorded[next(iter(works))].add(made)
        for work, begun in _begun(tasks, runs, turn.number).items():
            most = _equals(tasks[base(begun[0].node)], begun[0])
            excess = len(recorded[work]) + len({run.node for run in begun}) - most
            if recorded[work] and excess > 0:
                nodes = ", ".join(sorted({run.node for run in begun}))
                yield f"process {turn.number} began {nodes} though it was recorded"


def _works(
    tasks: Mapping[str, Task], runs: list[Execution]
) -> dict[tuple[str, str], set[str]]:
    """Return what made each value, by the step and the value."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for run in runs:
        if run.succeeded:
            step_id = base(run.node)
            made = canonical(run.value)
            found[step_id, made].add(tasks[step_id].work(run.inputs))
    return found


def _maker(success: Success) -> str:
    """Return the step that made a value."""
    if success.node:
        return base(success.node)
    value = success.value
    if isinstance(value, list):
        value = value[0] if value else ""
    return value.partition(_MAKERS)[0] if isinstance(value, str) else ""


def _begun(
    tasks: Mapping[str, Task], runs: list[Execution], process: int
) -> dict[str, list[Execution]]:
    """Return what began in a process by what it was to do."""
    found: dict[str, list[Execution]] = defaultdict(list)
    for run in runs:
        if run.began.process == process:
            found[tasks[base(run.node)].work(run.inputs)].append(run)
    return found


def _equals(task: Task, run: Execution) -> int:
    """Return how many equal items there are of which this execution is one."""
    if task.over is None:
        return 1
    items = task.items(run.inputs[task.over])
    return items.count(run.inputs["item"])


def lost(story: Story) -> Complaints:
    """Find what was recorded, or shown to somebody, and is not in the record."""
    for earlier, later in zip(story.turns, story.turns[1:], strict=False):
        yield from _dropped(f"process {later.number}", earlier.after, later.before)
    for turn in story.turns:
        if turn.after.trouble:
            yield f"after process {turn.number}: {turn.after.trouble}"
            continue
        yield from _dropped(f"process {turn.number}", turn.before, turn.after)
        mine = [line for line in story.lines if line.process == turn.number]
        kept = {(s.node, canonical(s.value)) for s in turn.after.successes}
        promised = sum(int(str(x.value)) for x in mine if x.kind == "appended")
        found = len(turn.after.events) - len(turn.before.events)
        if found < promised:
            yield f"process {turn.number} recorded {promised} events, {found} are there"
        for line in mine:
            if line.kind == "seen" and (line.node, canonical(line.value)) not in kept:
                yield f"process {turn.number} showed {line.node} before it was recorded"


def _dropped(where: str, before: Snapshot, after: Snapshot) -> Complaints:
    if [*before.events] != [*after.events[: len(before.events)]]:
        yield f"{where}: the journal no longer begins with what it held before"
    if len(before.successes) > len(after.successes):
        yield f"{where}: the record holds fewer results than before"


def wrong(story: Story) -> Complaints:
    """Find results and inputs that are not those of the right execution."""
    runs = story.executions()
    end = story.end
    if end is not None and end.outcome in ("answered", "failed"):
        last = story.turns[-1].number
        yield from Oracle(story.case, last, end.results, runs).complaints()
    for line in story.lines:
        if line.kind == "odd":
            yield f"{line.node} was called with arguments of others: {line.value}"
    tasks = story.case.by_id()
    for run in runs:
        task = tasks[base(run.node)]
        yield from _misfed(task, run)
        if story.engine == "dagplan":
            yield from _unrecorded(task, run, story.turns[run.began.process - 1])
        else:
            yield from _unmade(task, run, runs)


def _misfed(task: Task, run: Execution) -> Complaints:
    """Find inputs that are missing, or an item that stands elsewhere in its list."""
    named = {*task.sources, *(() if task.over is None else ("item",))}
    if set(run.inputs) != named:
        yield f"{run.node} was given {sorted(run.inputs)} rather than {sorted(named)}"
    elif task.over is not None:
        items = task.items(run.inputs[task.over])
        index = int(run.node.partition("[")[2][:-1])
        if index >= len(items) or items[index] != run.inputs["item"]:
            yield f"{run.node} was given {run.inputs['item']!r} of {items!r}"


def _unrecorded(task: Task, run: Execution, turn: Turn) -> Complaints:
    """Find inputs that are not the recorded values of the dependencies."""
    for name in task.sources:
        said = [s for s in turn.after.successes if s.node == name]
        fresh = [s.value for s in said if s.place >= len(turn.before.events)]
        value = run.inputs.get(name)
        if value is None:
            if fresh or name not in task.optional:
                yield f"{run.node} was given no {name}, which has a value"
        elif value not in (fresh or [s.value for s in said[-1:]]):
            yield f"{run.node} was given {name} = {value!r}, which is not recorded"


def _unmade(task: Task, run: Execution, runs: list[Execution]) -> Complaints:
    """Find inputs that no execution of the dependency had made by then."""
    for name in task.sources:
        made = [
            other.value
            for other in runs
            if base(other.node) == name and other.succeeded
        ]
        value = run.inputs.get(name)
        if value is None or value in made:
            continue
        if isinstance(value, list) and all(
            isinstance(part, dict) and part.get("value") in made for part in value
        ):
            continue
        yield f"{run.node} was given {name} = {value!r}, which {name} never made"


def unfinished(story: Story) -> Complaints:
    """Find a run that did not come to its due end."""
    end = story.end
    if story.gave_up or end is None:
        yield story.gave_up or "its last process was killed"
        return
    if end.outcome not in ("answered", "failed"):
        yield f"it ended as {end.outcome!r}: {end.error[-_MOST_TRACE:]}"
        return
    oracle = Oracle(story.case, story.turns[-1].number, end.results, [])
    if end.outcome != oracle.outcome():
        yield f"it ended as {end.outcome!r}, expected {oracle.outcome()!r}"
    for turn in story.turns[:-1]:
        if turn.end is not None and turn.end.outcome == "error":
            yield f"process {turn.number} raised: {turn.end.error[-_MOST_TRACE:]}"


def doubled(story: Story) -> Complaints:
    """Find effects that came about twice with nobody asking, and keys that do not hold."""
    tasks = story.case.by_id()
    by_work: dict[str, list[Execution]] = defaultdict(list)
    works: dict[str, set[str]] = defaultdict(set)
    for run in story.executions():
        work = tasks[base(run.node)].work(run.inputs)
        by_work[work].append(run)
        if run.began.key:
            works[run.began.key].add(work)
    for work, runs in by_work.items():
        task = tasks[base(runs[0].node)]
        # Two lists, one after the other, may hold an item so and so often.
        most = max(_equals(task, run) for run in runs)
        keys = {run.began.key for run in runs if run.began.key}
        if len(keys) > most:
            yield f"{work} has {len(keys)} idempotency keys"
        if task.pays:
            excess = _effects(runs) - _asked(work, runs, story.settled) - most
            if excess > 0:
                yield f"{work} came about {excess} times more than anybody asked for"
    for key, named in works.items():
        if len(named) > 1:
            yield f"one idempotency key, {key!r}, for {sorted(named)}"


def _effects(runs: list[Execution]) -> int:
    """Return how many executions may have had an effect: all that did not fail."""
    return sum(not run.failed for run in runs)


def _asked(work: str, runs: list[Execution], settled: list[Settled]) -> int:
    """Return how often the user asked for work to be done again."""
    first = min(run.place for run in runs)
    return sum(
        said.retry and said.work == work and said.place > first for said in settled
    )


VERDICTS: Mapping[str, Callable[[Story], Complaints]] = {
    "journaled steps repeated": repeated,
    "recorded results lost or unreadable": lost,
    "wrong values": wrong,
    "unfinished runs": unfinished,
    "side effects doubled": doubled,
}


def judge(story: Story) -> dict[str, list[str]]:
    """Return all that is wrong with a run by verdict."""
    return {name: [*verdict(story)] for name, verdict in VERDICTS.items()}


def _again(story: Story, runs: list[Execution]) -> int:
    """Count what a crash cost: executions of work that had ended in an earlier process."""
    tasks = story.case.by_id()
    ended: dict[str, int] = {}
    for run in runs:
        if run.succeeded:
            work = tasks[base(run.node)].work(run.inputs)
            ended.setdefault(work, run.began.process)
    return sum(
        run.began.process > ended.get(tasks[base(run.node)].work(run.inputs), inf)
        for run in runs
    )


def tally(story: Story) -> Counter[str]:
    """Count what a run has of each feature."""
    runs = story.executions()
    return Counter(
        {
            "runs": 1,
            "processes": len(story.turns),
            "kills": story.delivered,
            "kills of processes with steps begun": sum(
                turn.killed and turn.number in {run.began.process for run in runs}
                for turn in story.turns
            ),
            "resumes": len(story.turns) - 1,
            "steps begun": len(runs),
            "steps that were killed": sum(run.end is None for run in runs),
            "steps run again though they had ended": _again(story, runs),
            "side effects begun": sum(
                story.case.by_id()[base(run.node)].pays for run in runs
            ),
            "in doubt": len(story.settled),
            "in doubt, accepted": sum(not said.retry for said in story.settled),
        }
    )
