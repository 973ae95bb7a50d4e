"""Every decision of a run: events in, commands out; no clock, no event loop."""

from collections import deque
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

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
from dagplan.plan.references import (
    find,
    short,
)
from dagplan.protocols import Emit, StepCall
from dagplan.scheduler.graph import StepGraph
from dagplan.scheduler.node import Node


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
        self._graph = StepGraph()
        self._ready: list[Node] = []
        # `for_each` steps whose list is known; going over to their items needs no slot.
        self._lists: deque[Node] = deque()
        self._running: dict[str, Node] = {}
        self._complete = False
        self._stopped = False
        self._commands: list[Command] = []

    @property
    def idle(self) -> bool:
        """Whether the plan is complete and nothing runs or can start."""
        return self._complete and not self._running and not self._ready

    def results(self) -> dict[str, StepResult]:
        """Return what became of each step, items after their `for_each` step."""
        return {node.id: node.result() for node in self._graph}

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
                self._advance(self._graph.add(stimulus.step), stimulus.at)
            case PlanFinished():
                self._complete = True
                self._graph.wanted.update(ref.step for ref in find(stimulus.answer))
            case Revised():
                self._revise(stimulus)
            case Stop():
                self._stop(stimulus.at)
            case _:
                # What observers alone are told changes nothing here.
                pass

    # Waiting

    def _advance(self, node: Node, at: float) -> None:
        """Skip a waiting node, make it ready, or leave it waiting."""
        failed = self._graph.requirement_failed(node)
        if failed is not None:
            self._skip(node, failed, at)
        elif node.waits == 0:
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
            call = self._graph.call(node, self._emit)
        except StepError as error:
            self._decide_failure(node, error, at)
            return
        node.status = "running"
        node.attempts += 1
        node.started = at
        self._running[node.id] = node
        self._commands.append(Tell(StepStarted(at, node.id, node.attempts)))
        self._commands.append(Start(call))

    def _end_attempt(self, step_id: str, at: float) -> Node | None:
        """Free the slot of an attempt; None where a revision dropped its step."""
        node = self._running.pop(step_id)
        if self._graph.nodes.get(step_id) is not node:
            return None
        node.ended = at
        return node

    # Items of a `for_each` step

    def _expand(self, node: Node, at: float) -> None:
        try:
            items = self._graph.items(node)
        except StepError as error:
            self._decide_failure(node, error, at)
            return
        node.status = "running"
        node.attempts = 1
        node.started = at
        node.unsettled = len(items)
        self._commands.append(Tell(StepStarted(at, node.id, items=len(items))))
        for child in self._graph.unfold(node, items):
            child.status = "ready"
            heappush(self._ready, child)
        if not items:
            self._gather(node, at)

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
            if skipped.status != "waiting":
                continue  # another path led here first
            skipped.status = "skipped"
            skipped.error = f"needs {reason!r}, which has no value"
            self._commands.append(Tell(StepSkipped(at, skipped.id, reason)))
            for dependent in skipped.dependents:
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
        skipped = {node.id for node in self._graph if node.status == "skipped"}
        waiting = self._graph.revise(event, self._drop)
        # In place: the heap keeps its identity. Steps come back when they are counted
        # below; items stay, unless their step is gone.
        self._ready[:] = [
            node
            for node in self._ready
            if node.parent is not None and self._graph.nodes.get(node.id) is node
        ]
        heapify(self._ready)
        told = len(self._commands)
        for node in waiting:
            if node.status == "waiting":
                self._advance(node, event.at)
        # A step that was skipped and still is needs no second word about it.
        self._commands[told:] = [
            command
            for command in self._commands[told:]
            if not _tells_skip_of(command, skipped)
        ]

    def _drop(self, step_id: str) -> None:
        if step_id in self._running:
            self._commands.append(Cancel(step_id))

    def _stop(self, at: float) -> None:
        self._stopped = True
        self._ready.clear()
        for node in self._graph:
            if node.id in self._running:
                self._commands.append(Cancel(node.id))
            elif node.status in ("waiting", "ready", "running"):
                node.status = "cancelled"
                self._commands.append(Tell(StepCancelled(at, node.id)))


def _items_failed(children: list[Node]) -> StepError:
    bad = [child for child in children if child.status != "succeeded"]
    first = bad[0]
    return StepError(
        f"{len(bad)} of {len(children)} items failed, "
        f"first {short(first.item)}: {first.error or first.status}"
    )


def _tells_skip_of(command: Command, step_ids: set[str]) -> bool:
    event = command.event if isinstance(command, Tell) else None
    return isinstance(event, StepSkipped) and event.step_id in step_ids
