"""Who ran when: slots, the eager rule, the order when slots are short.

One walk through the world's log, in which all runs of a case are told in the order of
causes, with a `Ledger` for each of them.
"""

from collections import Counter
from collections.abc import Iterator
from math import inf

from dagplan.events import (
    Event,
    Revised,
    RunFinished,
    RunStarted,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepSkipped,
    StepStarted,
    Throttled,
)
from tests.simulate.budget import held_of
from tests.simulate.case import Flow
from tests.simulate.ledger import Item, Ledger
from tests.simulate.world import Began, Ended, Entry, Ran, Story

EPS = 1e-6
_SURELY_OPEN = 61.5
"""Seconds after which a request no longer counts: a minute, the guard, some more."""
Found = Iterator[tuple[str, str]]


class Schedule:
    """The walk.

    Attributes:
        ledgers: One for each run.
        cuts: When each run was cut, by the world's clock; infinite if it was not.
        helds: When each left off since its budget was spent, likewise.
    """

    def __init__(self, story: Story) -> None:
        self.story = story
        self.case = story.case
        self.ledgers = [Ledger(flow) for flow in story.case.flows]
        self.ranks = [remaining_paths(flow) for flow in story.case.flows]
        self.cuts = [cut_of(story, index) for index in range(len(story.runs))]
        self.helds = [held_of(story, index) for index in range(len(story.runs))]
        self.over = [False] * len(story.runs)
        self.running = 0
        self.by_tool: Counter[str] = Counter()
        # Slots that are taken but not yet used, and used but just given back: within
        # one moment it cannot be told who knew of them.
        self.unsure: Counter[str] = Counter()
        self.asked: list[float] = []
        self.limited: set[str] = set()
        self.failed = False
        self.asks = any(
            script.asks
            for flow in story.case.flows
            for task in flow.versions().values()
            for attempts in task.scripts
            for script in attempts
        )

    def check(self) -> Found:
        """Yield what is wrong, as (rule, detail)."""
        log = self.story.log
        for position, entry in enumerate(log):
            yield from self._take(entry)
            later = log[position + 1].at if position + 1 < len(log) else inf
            if later > entry.at:
                yield from self._rest(entry.at, later)
        for ledger in self.ledgers:
            yield from ledger.wrong

    def _take(self, entry: Entry) -> Found:
        what = entry.what
        if isinstance(what, Began):
            yield from self._began(entry, what.ran)
        elif isinstance(what, Ended):
            self.running -= 1
            self.by_tool[what.ran.task.tool] -= 1
            self.unsure[what.ran.task.tool] += 1
        else:
            yield from self._event(entry)

    def _began(self, entry: Entry, ran: Ran) -> Found:
        self.running += 1
        self.by_tool[ran.task.tool] += 1
        slots = self.case.slots
        if slots is not None and self.running > slots:
            yield (
                "slots",
                f"{ran.node} is the {self.running}th of {slots} at {entry.at}",
            )
        most = self.case.per_tool.get(ran.task.tool, inf)
        if self.by_tool[ran.task.tool] > most:
            yield "tool-slots", f"{ran.node} is one too many of {ran.task.tool}"
        item = self.ledgers[entry.flow].items.get(ran.node)
        wanted = None if item is None else item.called.get(ran.attempt)
        if wanted is not None and wanted != (ran.args, ran.inputs):
            given = (ran.args, ran.inputs)
            yield "inputs", f"{ran.node} was called with {given}, expected {wanted}"

    def _event(self, entry: Entry) -> Found:
        event, ledger = entry.what, self.ledgers[entry.flow]
        epoch = self.story.runs[entry.flow].epoch
        assert not isinstance(event, Began | Ended)
        if abs(entry.at - epoch - event.at) > EPS:
            yield "moment", f"{event} was told at {entry.at - epoch}"
        if self.over[entry.flow]:
            yield "after-the-end", f"{event} after the run was over"
        yield from self._before(entry, event, ledger)
        ledger.take(entry.at, event)
        slots = self.case.slots
        if slots is not None and sum(len(x.running) for x in self.ledgers) > slots:
            yield "slots", f"{event} makes it more than {slots} steps"

    def _before(self, entry: Entry, event: Event, ledger: Ledger) -> Found:
        """Look at an event while the ledger does not know of it."""
        match event:
            case StepStarted(items=None):
                yield from self._starts(entry, event.step_id)
            case StepHedged():
                self._asks(entry, event.step_id)
            case RunFinished():
                self.over[entry.flow] = True
            case RunStarted(slots=slots) if slots != self.case.slots or event.at:
                yield "first", f"{event}"
            case StepFailed() | StepSkipped() | StepCancelled() | Revised():
                self.failed = True
            case Throttled(step_id=str() as step_id) if step_id in ledger.items:
                self.limited.add(ledger.items[step_id].task.tool)
            case _:
                pass

    def _asks(self, entry: Entry, step_id: str) -> None:
        item = self.ledgers[entry.flow].items.get(step_id)
        if item is not None:
            self.unsure[item.task.tool] += 1
        self.asked.append(entry.at)

    def _starts(self, entry: Entry, step_id: str) -> Found:
        item = self.ledgers[entry.flow].items.get(step_id)
        if item is not None and self.case.slots is not None:
            yield from self._order(entry, item)
        self._asks(entry, step_id)

    # Order

    def _order(self, entry: Entry, item: Item) -> Found:
        ledger, ranks = self.ledgers[entry.flow], self.ranks[entry.flow]
        # How urgent a step is depends on what was planned by then.
        if ledger.revised or ledger.flow.pause:
            return
        mine = _rank(ranks, item)
        for other in ledger.ready.values():
            behind = other.status == "retrying" and other.since > entry.at - EPS
            if behind or other is item or self._held(other, entry.at):
                continue
            if _rank(ranks, other) < mine:
                text = f"{item.id} {mine} went before {other.id} {_rank(ranks, other)}"
                yield "order", text
        for other in ledger.running.values():
            due = self._hedge_due(ledger.flow, other)
            if due < entry.at - EPS and not self._held(other, entry.at):
                yield "order", f"{item.id} went before a hedge of {other.id}"

    def _held(self, item: Item, at: float) -> bool:
        """Tell whether something other than slots may hold a step up."""
        tool = item.task.tool
        if tool in self.limited or self._opens() > at - EPS:
            return True
        most = self.case.per_tool.get(tool, inf)
        return self.by_tool[tool] + self.unsure[tool] >= most

    def _opens(self) -> float:
        """Return when another request surely may go out."""
        rate = self.case.per_minute
        if rate is None:
            return -inf
        if self.asks:
            return inf  # further requests queue as well
        if len(self.asked) < rate:
            return -inf
        return self.asked[-rate] + _SURELY_OPEN

    def _hedge_due(self, flow: Flow, item: Item) -> float:
        """Return when a second attempt is surely wanted; infinity if it is not."""
        hedge = flow.hedge_of(item.task)
        if item.hedged or hedge.after is None or hedge.quantile is not None:
            return inf
        return item.began + hedge.after

    # The eager rule: nothing that could run waits

    def _rest(self, at: float, later: float) -> Found:
        """Check what holds between two moments in which something happens."""
        self.unsure.clear()
        for index, ledger in enumerate(self.ledgers):
            ledger.woken.clear()
            cut = min(self.cuts[index], self.helds[index])
            if cut <= at + EPS or self.over[index]:
                continue
            if ledger.lists:
                yield "eager", f"{[*ledger.lists]} did not go over to items at {at}"
            if self.failed and (items := ledger.lacking()):
                yield "skip", f"{[i.id for i in items]} not skipped at {at}"
            if self.case.slots is None or self.running < self.case.slots:
                yield from self._eager(ledger, at, min(later, cut))
        self.failed = False

    def _eager(self, ledger: Ledger, at: float, later: float) -> Found:
        for item in ledger.ready.values():
            if self._waits(item, item.since, at, later):
                yield "eager", f"{item.id} was ready, a slot free, from {at} to {later}"
        for item in ledger.running.values():
            due = self._hedge_due(ledger.flow, item)
            if self._waits(item, due, at, later):
                yield "eager", f"{item.id} had no hedge from {at} to {later}"

    def _waits(self, item: Item, since: float, at: float, later: float) -> bool:
        tool = item.task.tool
        if tool in self.limited:
            return False
        if self.by_tool[tool] >= self.case.per_tool.get(tool, inf):
            return False
        return max(since, self._opens(), at) < later - EPS


def cut_of(story: Story, index: int) -> float:
    """Return when a run was to stop: its reader left, or its goals were reached."""
    told = story.runs[index]
    cut = told.cut
    if told.flow.until is None:
        return cut
    goals = set(told.flow.until)
    for entry in story.log:
        if entry.flow == index and not isinstance(entry.what, Began | Ended):
            if _is_final(entry.what):
                goals.discard(getattr(entry.what, "step_id", ""))
            if not goals:
                return min(cut, entry.at)
    return cut


def _is_final(event: object) -> bool:
    return type(event).__name__ in (
        "StepSucceeded",
        "StepFailed",
        "StepSkipped",
        "StepCancelled",
    )


def remaining_paths(flow: Flow) -> dict[str, tuple[bool, float]]:
    """Return of each step whether no goal needs it, and minus its remaining path."""
    tasks = {task.id: task for task in flow.tasks}
    dependents: dict[str, list[str]] = {name: [] for name in tasks}
    for task in flow.tasks:
        for name in task.dependencies():
            dependents[name].append(task.id)
    paths: dict[str, float] = {}
    needed: dict[str, bool] = {}

    def visit(root: str) -> None:
        stack = [root]
        while stack:
            name = stack[-1]
            missing = [d for d in dependents[name] if d not in paths]
            if missing:
                stack.extend(missing)
                continue
            stack.pop()
            own = tasks[name].weight if flow.weighed else 1.0
            paths[name] = own + max((paths[d] for d in dependents[name]), default=0.0)
            goal = flow.until is None or name in flow.until
            needed[name] = goal or any(needed[d] for d in dependents[name])

    for name in tasks:
        visit(name)
    return {name: (not needed[name], -paths[name]) for name in tasks}


def _rank(
    ranks: dict[str, tuple[bool, float]], item: Item
) -> tuple[bool, float, tuple[int, int]]:
    late, path = ranks[item.task.id]
    return late, path, item.order
