"""Every decision of a run: events in, commands out; no clock, no event loop."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from heapq import heapify, heappop, heappush
from typing import Final

from dagplan.errors import StepError
from dagplan.events import (
    Event,
    PlanFinished,
    Revised,
    StepCancelled,
    StepFailed,
    StepPlanned,
    StepResult,
    StepSkipped,
    StepStarted,
    StepSucceeded,
)
from dagplan.plan.model import Step
from dagplan.plan.references import (
    ITEM,
    UNAVAILABLE,
    Reference,
    find,
    interpolate,
    resolve,
    short,
    substitute,
    whole,
)
from dagplan.protocols import Emit, StepCall
from dagplan.scheduler.node import Node

UNSUCCESSFUL: Final = frozenset({"failed", "skipped", "cancelled"})


@dataclass(frozen=True, slots=True)
class Stop:
    """Asks the machine to end: nothing starts any more, what runs is cancelled."""

    at: float


@dataclass(frozen=True, slots=True)
class Start:
    """Commands the executor to run an attempt at a step."""

    call: StepCall


@dataclass(frozen=True, slots=True)
class Cancel:
    """Commands the executor to cancel the attempt of a step."""

    step_id: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Commands the executor to record what the machine decided."""

    event: StepStarted | StepSucceeded | StepFailed | StepSkipped | StepCancelled


Command = Start | Cancel | Tell
Stimulus = Event | Stop


class Machine:
    """The state of a run and the rules that change it.

    Args:
        slots: How many steps may run at once; None for no limit.
        emit: Handed to each step's call; the machine itself never calls it.
    """

    def __init__(self, slots: int | None, emit: Emit) -> None:
        self._slots = slots
        self._emit = emit
        self._nodes: dict[str, Node] = {}
        self._ready: list[Node] = []
        # `for_each` steps whose list is known; going over to their items needs no slot.
        self._lists: deque[Node] = deque()
        self._running: dict[str, Node] = {}
        # Nodes that wait for a step which has not been planned yet.
        self._awaited: dict[str, list[Node]] = {}
        # Ids whose value a reference of a step or of the answer asks for.
        self._wanted: set[str] = set()
        self._complete = False
        self._stopped = False
        self._commands: list[Command] = []

    @property
    def idle(self) -> bool:
        """Whether the plan is complete and nothing runs or can start."""
        return self._complete and not self._running and not self._ready

    def results(self) -> dict[str, StepResult]:
        """Return what became of each step, items after their `for_each` step."""
        return {node.id: node.result() for node in self._in_plan_order()}

    def value(self, step_id: str) -> object:
        """Return the value of a step; `UNAVAILABLE` unless it succeeded."""
        node = self._nodes[step_id]
        return node.value if node.status == "succeeded" else UNAVAILABLE

    def handle(self, *stimuli: Stimulus) -> list[Command]:
        """Take what happened and decide what to do about it.

        Several stimuli count as one moment: slots are filled after the last, so that
        a whole plan can be weighed before its first step starts.
        """
        self._commands = []
        for stimulus in stimuli:
            self._transition(stimulus)
        self._go_on(stimuli[-1].at if stimuli else 0.0)
        return self._commands

    def _transition(  # noqa: C901, PLR0912 - one arm per stimulus
        self, stimulus: Stimulus
    ) -> None:
        match stimulus:
            case StepSucceeded():
                node = self._end_attempt(stimulus.step_id, stimulus.at)
                if node is not None:
                    self._succeed(node, stimulus.value, stimulus.at)
            case StepFailed():
                node = self._end_attempt(stimulus.step_id, stimulus.at)
                if node is not None:
                    self._fail(node, stimulus.error, stimulus.at)
            case StepCancelled():
                node = self._end_attempt(stimulus.step_id, stimulus.at)
                if node is not None:
                    node.status = "cancelled"
                    self._release(node, stimulus.at)
            case StepPlanned():
                self._plan(stimulus.step, stimulus.at)
            case PlanFinished():
                self._complete = True
                self._wanted.update(ref.step for ref in find(stimulus.answer))
            case Revised():
                self._revise(stimulus)
            case Stop():
                self._stop(stimulus.at)
            case _:
                # What observers alone are told changes nothing here.
                pass

    # Planning

    def _plan(self, step: Step, at: float) -> None:
        node = Node(step, (len(self._nodes), -1))
        self._nodes[step.id] = node
        self._link(node)
        # The steps that came first and refer to this one.
        node.dependents.extend(self._awaited.pop(step.id, ()))
        self._advance(node, at)

    def _link(self, node: Node) -> None:
        """Enter a node's dependencies and count those that have not settled."""
        node.dependencies = tuple(node.step.dependencies())
        self._wanted.update(reference.step for reference in node.step.references())
        node.waits = 0
        for step_id in node.dependencies:
            dependency = self._nodes.get(step_id)
            if dependency is None:
                self._awaited.setdefault(step_id, []).append(node)
            else:
                dependency.dependents.append(node)
            if dependency is None or not _settled(dependency):
                node.waits += 1

    def _advance(self, node: Node, at: float) -> None:
        """Skip a waiting node, make it ready, or leave it waiting."""
        for step_id in node.dependencies:
            dependency = self._nodes.get(step_id)
            if (
                dependency is not None
                and dependency.status in UNSUCCESSFUL
                and node.requires(step_id)
            ):
                self._skip(node, step_id, at)
                return
        if node.waits == 0:
            self._make_ready(node)

    def _make_ready(self, node: Node) -> None:
        if self._stopped:
            return
        node.status = "ready"
        if node.step.for_each is None:
            heappush(self._ready, node)
        else:
            self._lists.append(node)

    # Running

    def _go_on(self, at: float) -> None:
        """Do all that can be done at this moment.

        A loop, since a step that cannot start settles at once and may free others: by
        recursion a chain of a thousand empty lists would exhaust the stack.
        """
        ready, running, slots = self._ready, self._running, self._slots
        while True:
            if self._lists:
                self._expand(self._lists.popleft(), at)
            elif ready and (slots is None or len(running) < slots):
                self._start(heappop(ready), at)
            else:
                return

    def _start(self, node: Node, at: float) -> None:
        try:
            call = self._call(node)
        except StepError as error:
            self._decide_failure(node, error, at)
            return
        node.status = "running"
        node.attempts += 1
        node.started = at
        self._running[node.id] = node
        self._commands.append(Tell(StepStarted(at, node.id, node.attempts)))
        self._commands.append(Start(call))

    def _call(self, node: Node) -> StepCall:
        step, lookup = node.step, partial(self._lookup, node)
        origin = node.parent or node
        inputs: dict[str, object] = {
            step_id: self._nodes[step_id].value for step_id in origin.dependencies
        }
        if node.parent is not None:
            inputs[ITEM] = node.item
        args = substitute(step.args, lookup) if step.args else {}
        return StepCall(
            id=node.id,
            step=step,
            task=interpolate(step.task, lookup),
            args=args if isinstance(args, dict) else {},
            inputs=inputs,
            attempt=node.attempts + 1,
            wanted=step.id in self._wanted,
            emit=self._emit,
        )

    def _lookup(self, node: Node, reference: Reference) -> object:
        if reference.step == ITEM and node.parent is not None:
            return resolve(node.item, reference)
        found = self.value(reference.step)
        return found if found is UNAVAILABLE else resolve(found, reference)

    def _end_attempt(self, step_id: str, at: float) -> Node | None:
        """Free the slot of an attempt; None where a revision dropped its step."""
        node = self._running.pop(step_id)
        if self._nodes.get(step_id) is not node:
            return None
        node.ended = at
        return node

    # Items of a `for_each` step

    def _expand(self, node: Node, at: float) -> None:
        try:
            items = self._items(node)
        except StepError as error:
            self._decide_failure(node, error, at)
            return
        node.status = "running"
        node.attempts = 1
        node.started = at
        node.unsettled = len(items)
        node.items = [
            Node(node.step, (node.order[0], index), parent=node, item=item)
            for index, item in enumerate(items)
        ]
        self._commands.append(Tell(StepStarted(at, node.id, items=len(items))))
        for child in node.items:
            self._nodes[child.id] = child
            child.status = "ready"
            heappush(self._ready, child)
        if not items:
            self._gather(node, at)

    def _items(self, node: Node) -> list[object]:
        reference = whole(node.step.for_each or "")
        items = None if reference is None else self._lookup(node, reference)
        if not isinstance(items, list):
            shown = "not available" if items is UNAVAILABLE else f"{short(items)}"
            raise StepError(f"for_each wants a list: {reference} is {shown}")
        return items

    def _gather(self, node: Node, at: float) -> None:
        """Settle a `for_each` step whose items have all settled."""
        children = node.items or []
        good = [child for child in children if child.status == "succeeded"]
        node.ended = at
        if len(good) < len(children) and not (node.step.partial and good):
            self._decide_failure(node, _items_failed(children), at)
            return
        value = [{"item": child.item, "value": child.value} for child in good]
        self._commands.append(Tell(StepSucceeded(at, node.id, value)))
        self._succeed(node, value, at)

    # Settling

    def _succeed(self, node: Node, value: object, at: float) -> None:
        node.status = "succeeded"
        node.value = value
        self._release(node, at)

    def _decide_failure(self, node: Node, error: StepError, at: float) -> None:
        """Fail a step that the machine itself finds unable to go on."""
        kind = type(error).__name__
        self._commands.append(Tell(StepFailed(at, node.id, str(error), kind)))
        self._fail(node, str(error), at)

    def _fail(self, node: Node, error: str, at: float) -> None:
        node.status = "failed"
        node.error = error
        self._release(node, at)

    def _skip(self, node: Node, because: str, at: float) -> None:
        """Skip a step and, in turn, all that require it."""
        pending = [(node, because)]
        while pending:
            skipped, reason = pending.pop()
            skipped.status = "skipped"
            skipped.error = f"needs {reason!r}, which has no value"
            self._commands.append(Tell(StepSkipped(at, skipped.id, reason)))
            for dependent in skipped.dependents:
                if dependent.status != "waiting":
                    continue
                if dependent.requires(skipped.id):
                    pending.append((dependent, skipped.id))
                else:
                    self._count_down(dependent)

    def _release(self, node: Node, at: float) -> None:
        """Let those go on that waited for a node which has just settled."""
        if node.parent is not None:
            node.parent.unsettled -= 1
            if node.parent.unsettled == 0 and node.parent.status == "running":
                self._gather(node.parent, at)
            return
        succeeded = node.status == "succeeded"
        for dependent in node.dependents:
            if dependent.status != "waiting":
                continue
            if succeeded or not dependent.requires(node.id):
                self._count_down(dependent)
            else:
                self._skip(dependent, node.id, at)

    def _count_down(self, node: Node) -> None:
        node.waits -= 1
        if node.waits == 0 and node.status == "waiting":
            self._make_ready(node)

    # Revision and end

    def _revise(self, event: Revised) -> None:
        """Change the graph, then let every step that has not begun wait anew."""
        for step_id in event.dropped:
            self._forget(step_id)
        for step in event.redefined:
            node = self._nodes[step.id]
            self._forget_items(node)
            node.step = step
            node.reset()
        fresh = [
            Node(step, (len(self._nodes) + index, -1))
            for index, step in enumerate(event.added)
        ]
        self._nodes.update((node.id, node) for node in fresh)
        self._relink(event.at)

    def _relink(self, at: float) -> None:
        """Count all dependencies again; what runs or has a result keeps its state."""
        roots = [node for node in self._nodes.values() if node.parent is None]
        self._awaited.clear()
        # In place: the heap keeps its identity. Items of what is gone go too.
        self._ready[:] = [
            node
            for node in self._ready
            if node.parent is not None and self._nodes.get(node.id) is node
        ]
        heapify(self._ready)
        before = {node.id: node.status for node in roots}
        for node in roots:
            node.dependents.clear()
            if node.status in ("ready", "skipped"):
                node.reset()
        for node in roots:
            self._link(node)
        started = len(self._commands)
        for node in roots:
            if node.status == "waiting":
                self._advance(node, at)
        # A step that was skipped and still is needs no second word about it.
        self._commands[started:] = [
            command
            for command in self._commands[started:]
            if not (
                isinstance(command, Tell)
                and isinstance(command.event, StepSkipped)
                and before[command.event.step_id] == "skipped"
            )
        ]

    def _forget(self, step_id: str) -> None:
        node = self._nodes.pop(step_id)
        self._forget_items(node)
        if step_id in self._running:
            self._commands.append(Cancel(step_id))

    def _forget_items(self, node: Node) -> None:
        for child in node.items or ():
            self._forget(child.id)

    def _stop(self, at: float) -> None:
        self._stopped = True
        self._ready.clear()
        for node in self._in_plan_order():
            if node.id in self._running:
                self._commands.append(Cancel(node.id))
            elif node.status in ("waiting", "ready", "running"):
                node.status = "cancelled"
                self._commands.append(Tell(StepCancelled(at, node.id)))

    def _in_plan_order(self) -> Iterator[Node]:
        for node in list(self._nodes.values()):
            if node.parent is None:
                yield node
                yield from node.items or ()


def _settled(node: Node) -> bool:
    return node.status == "succeeded" or node.status in UNSUCCESSFUL


def _items_failed(children: list[Node]) -> StepError:
    bad = [child for child in children if child.status != "succeeded"]
    first = bad[0]
    return StepError(
        f"{len(bad)} of {len(children)} items failed, "
        f"first {short(first.item)}: {first.error or first.status}"
    )
