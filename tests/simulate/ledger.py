"""A fold of one run's events: who is ready, who runs, and with which inputs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

from dagplan.events import (
    Event,
    Revised,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepPlanned,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepSucceeded,
)
from dagplan.plan.model import Step
from tests.simulate.case import Flow, Task

FINAL = {
    StepSucceeded: "succeeded",
    StepFailed: "failed",
    StepSkipped: "skipped",
    StepCancelled: "cancelled",
}
WITHOUT_VALUE = ("failed", "skipped", "cancelled")


@dataclass(slots=True, eq=False)
class Item:
    """A step or an item of one as the events tell it.

    Attributes:
        id: The step's id, or `id[0]`.
        task: Its definition.
        order: Place in the plan, and the index of an item.
        status: `waiting`, `retrying`, `running` or a final one.
        waits: Dependencies that have not settled.
        value: Its value.
        item: The item that it is for.
        parent: The step of an item.
        children: How many items it went over to; None before.
        since: When it last could start, as far as retries go.
        attempts, rounds: Attempts begun; the same without hedges.
        events: Its events in order, with their moments by the world's clock.
        inputs: What each attempt had to be called with.
        gone: When a revision dropped or redefined it.
        former: What it was before a revision let it wait again, while it may turn out
            that it stays skipped.
        began: When its current round began.
        hedged: Whether its current round was hedged.
    """

    id: str
    task: Task
    order: tuple[int, int]
    status: str = "waiting"
    waits: int = 0
    value: object = None
    item: object = None
    parent: "Item | None" = None
    children: int | None = None
    since: float = 0.0
    attempts: int = 0
    rounds: int = 0
    events: list[tuple[float, Event]] = field(default_factory=list)
    called: dict[int, tuple[dict[str, object], dict[str, object]]] = field(
        default_factory=dict
    )
    gone: float = inf
    former: "Item | None" = None
    began: float = 0.0
    hedged: bool = False

    @property
    def settled(self) -> bool:
        """Whether it has a final status."""
        return self.status in FINAL.values()


class Ledger:
    """The state of one run as its events tell it.

    Attributes:
        flow: The run.
        items: Live steps and items by id.
        past: Those that a revision dropped, redefined or woke again.
        all: All that ever were, by id, in order of definition.
        ready: Ids of those that may start, retries that still wait among them.
        running: Ids of those that run.
        lists: Ids of `for_each` steps that may go over to their items.
        wrong: What the events contradict, as (rule, detail).
        revised: Whether a revision took place.
        woken: Skipped steps that a revision at this moment let wait again.
    """

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.items: dict[str, Item] = {}
        self.past: list[Item] = []
        self.ready: dict[str, Item] = {}
        self.running: dict[str, Item] = {}
        self.lists: dict[str, Item] = {}
        self.wrong: list[tuple[str, str]] = []
        self.revised = False
        self.woken: list[Item] = []
        self._tasks = flow.versions()
        self._dependents: dict[str, list[str]] = {}
        self._planned = 0

    def __iter__(self) -> Iterator[Item]:
        yield from self.items.values()
        yield from self.past

    def take(self, at: float, event: Event) -> None:
        """Take one event, at a moment of the world's clock."""
        self._take_any(at, event)
        if not isinstance(event, Revised | StepSkipped):
            # From here on steps run on the new plan, and what is skipped is told.
            self.woken.clear()
        if self.woken:
            self._doze()

    def _take_any(self, at: float, event: Event) -> None:
        if isinstance(event, StepPlanned):
            self._enter(event.step)
            self._count(self.items[event.step_id])
            for name in self._dependents.get(event.step_id, ()):
                self._count(self.items[name])
        elif isinstance(event, Revised):
            self._revise(at, event)
        elif type(event) in FINAL or isinstance(
            event, StepStarted | StepRetried | StepHedged
        ):
            item = self.items.get(getattr(event, "step_id", ""))
            if item is None:
                self._object("unknown-step", f"{event} is of no step of the plan")
                return
            item.events.append((at, event))
            self._take(at, item, event)

    def _take(self, at: float, item: Item, event: Event) -> None:
        if item.settled:
            self._object("two-final", f"{event} after it was {item.status}")
        match event:
            case StepStarted():
                self._start(at, item, event)
            case StepHedged():
                item.attempts += 1
                item.hedged = True
                item.called[event.attempt] = self.call(item)
            case StepRetried():
                item.status = "retrying"
                item.since = at + event.wait
                self.running.pop(item.id, None)
                self.ready[item.id] = item
            case StepSkipped():
                known = self.items.get(event.because)
                required = item.task.dependencies().get(event.because, False)
                if not required or known is None or known.status not in WITHOUT_VALUE:
                    self._object("skip", f"{event} without a reason")
                self._settle(item, "skipped")
            case StepSucceeded() | StepFailed() | StepCancelled():
                item.value = event.value if isinstance(event, StepSucceeded) else None
                self._settle(item, FINAL[type(event)])
            case _:
                pass

    def _start(self, at: float, item: Item, event: StepStarted) -> None:
        # A later attempt is the same work: a revision may have redefined an optional
        # dependency that had settled without a value when the first one began.
        if item.parent is None and item.waits and event.attempt == 1:
            self._object("early", f"{event} with {item.waits} dependencies to settle")
        if self._lacking(item):
            self._object("early", f"{event} without what it requires")
        if item.status == "running":
            self._object("twice", f"{event} while it runs")
        self.ready.pop(item.id, None)
        item.status = "running"
        if event.items is not None:
            self._unfold(at, item, event.items)
            return
        item.attempts += 1
        item.rounds += 1
        item.began = at
        item.hedged = False
        self.running[item.id] = item
        item.called[event.attempt] = self.call(item)

    def _unfold(self, at: float, item: Item, count: int) -> None:
        self.lists.pop(item.id, None)
        item.children = count
        source = self.source_list(item)
        if source is None or len(source) != count:
            self._object("items", f"{item.id} went over {count} items of {source}")
            source = [None] * count
        for index, value in enumerate(source):
            child = Item(f"{item.id}[{index}]", item.task, (item.order[0], index))
            child.parent = item
            child.item = value
            child.since = at
            self.items[child.id] = child
            self.ready[child.id] = child

    def source_list(self, item: Item) -> list[object] | None:
        """Return the list that a `for_each` step goes over; None if there is none."""
        name = item.task.source
        origin = None if name is None else self.items.get(name)
        if origin is None or origin.status != "succeeded":
            return None
        found = origin.value
        if not isinstance(found, list):
            return None
        if item.task.over is not None and ".*.value" in item.task.over:
            if not all(isinstance(x, dict) and "value" in x for x in found):
                return None
            return [x["value"] for x in found]
        return found

    def call(self, item: Item) -> tuple[dict[str, object], dict[str, object]]:
        """Return the args and inputs that an attempt must be given now."""
        task = item.task
        inputs = {name: self.items[name].value for name in task.dependencies()}
        args: dict[str, object] = {"v": task.version}
        args |= {f"x_{name}": inputs[name] for name in task.refers}
        if item.parent is not None:
            args["i"] = inputs["item"] = item.item
        return args, inputs

    def _settle(self, item: Item, status: str) -> None:
        item.status = status
        for pool in (self.ready, self.running, self.lists):
            pool.pop(item.id, None)
        for name in self._dependents.get(item.id, ()):
            dependent = self.items.get(name)
            if dependent is not None:
                self._count(dependent)

    def _count(self, item: Item) -> None:
        """Count what a step waits for anew, and enter it where that is nothing."""
        names = item.task.dependencies()
        item.waits = sum(
            name not in self.items or not self.items[name].settled for name in names
        )
        self.ready.pop(item.id, None) if item.status == "waiting" else None
        self.lists.pop(item.id, None)
        if item.status == "waiting" and not item.waits and not self._lacking(item):
            pool = self.ready if item.task.over is None else self.lists
            pool[item.id] = item

    def lacking(self) -> list[Item]:
        """Return steps that should have been skipped."""
        return [
            item
            for item in self.items.values()
            if item.status == "waiting" and item.parent is None and self._lacking(item)
        ]

    def _lacking(self, item: Item) -> bool:
        if item.parent is not None:
            return False
        return any(
            required and name in self.items and self.items[name].status in WITHOUT_VALUE
            for name, required in item.task.dependencies().items()
        )

    def _enter(self, step: Step) -> None:
        version = step.args["v"]
        assert isinstance(version, int)
        task = self._tasks[step.id, version]
        before = self.items.get(step.id)
        self._planned += 1
        order = (self._planned, -1) if before is None else before.order
        self.items[step.id] = Item(step.id, task, order)
        for name in task.dependencies():
            self._dependents.setdefault(name, []).append(step.id)

    # Revisions

    def _revise(self, at: float, event: Revised) -> None:
        self.revised = True
        for step_id in (*event.dropped, *(step.id for step in event.redefined)):
            self._forget(step_id, at)
        for step in event.redefined:
            self._enter(step)
        for step_id in event.dropped:
            del self.items[step_id]
        for step in event.added:
            self._enter(step)
        self._relink()
        self._wake(at)
        for item in list(self.items.values()):
            if item.parent is None:
                self._count(item)

    def _relink(self) -> None:
        self._dependents.clear()
        for item in self.items.values():
            if item.parent is None:
                for name in item.task.dependencies():
                    self._dependents.setdefault(name, []).append(item.id)

    def _forget(self, step_id: str, at: float) -> None:
        item = self.items[step_id]
        if item.status == "succeeded":
            self._object("settled", f"a revision changed {step_id}, which succeeded")
        for child in range(item.children or 0):
            gone = self.items.pop(f"{step_id}[{child}]")
            self._retire(gone, at)
        self._retire(item, at)

    def _retire(self, item: Item, at: float) -> None:
        item.gone = at
        self.past.append(item)
        for pool in (self.ready, self.running, self.lists):
            pool.pop(item.id, None)

    def _wake(self, at: float) -> None:
        """Let skipped steps wait again, those apart that have to stay skipped."""
        asleep = [i for i in self.items.values() if i.status == "skipped"]
        for item in asleep:
            item.status = "waiting"
        changed = True
        while changed:
            changed = False
            for item in asleep:
                if item.status == "waiting" and self._lacking(item):
                    item.status = "skipped"
                    changed = True
        for item in asleep:
            if item.status == "waiting":
                fresh = Item(item.id, item.task, item.order, former=item)
                item.status = "skipped"
                self._retire(item, at)
                self.items[item.id] = fresh
                self.woken.append(fresh)

    def _doze(self) -> None:
        """Take back the waking of steps that, as it turns out, stay skipped.

        Nothing more is told of these: they were skipped and still are.
        """
        for item in self.woken:
            if item.status == "waiting" and item.former and self._lacking(item):
                item.former.gone = inf
                self.past.remove(item.former)
                self.items[item.id] = item.former
                item.former = None
                self._settle(item, "skipped")
                self._doze()
                return

    def _object(self, rule: str, detail: str) -> None:
        self.wrong.append((rule, detail))
