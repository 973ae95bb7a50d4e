"""Who waits, who may start, and what the end of one step means for the others."""

from collections import deque

from dagplan.errors import StepError
from dagplan.events import (
    StepCancelled,
    StepFailed,
    StepSkipped,
    StepStarted,
    StepSucceeded,
)
from dagplan.plan.references import short
from dagplan.scheduler.graph import StepGraph
from dagplan.scheduler.node import Node
from dagplan.scheduler.ready import ReadyQueue
from dagplan.scheduler.stimuli import Command, Decided
from dagplan.scheduler.timers import Timers

_MOST_NAMED = 5  # items that failed, in one line


class Settling:
    """The lowest storey of the machine: from dependencies to final statuses.

    It knows nothing of attempts, limits or policies.
    """

    def __init__(self) -> None:
        self._graph = StepGraph()
        self._timers = Timers()
        self._ready = ReadyQueue()
        # Steps that became ready before it was known how urgent they are.
        self._fresh: list[Node] = []
        # `for_each` steps whose list is known; going over to their items needs no slot.
        self._lists: deque[Node] = deque()
        # Whether there are steps for which it takes more than room to start.
        self._weighs = False
        # Steps that are ready, but may have been done before or need the user's word.
        self._weighed: deque[Node] = deque()
        # How many steps wait for their next attempt.
        self._backing_off = 0
        # Steps whose end is the end of the run, as far as they have not ended.
        self._goals: set[str] | None = None
        self._stopped = False
        # Whether nothing begins any more, and whether what has not is to be called off.
        self._holds = False
        self._calls_off = False
        self._now = 0.0
        self._commands: list[Command] = []

    def _tell(self, event: Decided) -> None:
        self._commands.append(event)

    # Waiting

    def _advance(self, node: Node) -> None:
        """Skip a waiting node, make it ready, or leave it waiting."""
        if node.waits < len(node.dependencies):
            # Where none has settled, none has failed.
            failed = self._graph.requirement_failed(node)
            if failed is not None:
                self._skip(node, failed)
                return
        if node.waits == 0 and node.may_go_on:
            self._make_ready(node)

    def _make_ready(self, node: Node) -> None:
        if self._stopped:
            return
        node.status = "ready"
        if node.step.for_each is not None and node.parent is None:
            self._lists.append(node)
        elif self._weighs and self._is_weighed(node):
            self._weighed.append(node)
        elif self._graph.changed:
            self._fresh.append(node)
        else:
            self._ready.push(node)

    def _is_weighed(self, node: Node) -> bool:
        """Tell whether it takes more than room for a ready step to start."""
        del node
        return False

    def _call_off_retry(self, node: Node) -> None:
        if node.retry is not None:
            node.retry.off = True
            node.retry = None
            self._backing_off -= 1

    def _call_off_deadline(self, node: Node) -> None:
        if node.deadline is not None:
            node.deadline.off = True
            node.deadline = None

    # Items of a `for_each` step

    def _expand(self, node: Node) -> None:
        at = self._now
        try:
            items = self._graph.items(node)
        except StepError as error:
            self._decide_failure(node, error)
            return
        if self._holds and not self._was_begun(node, items):
            return
        node.status = "running"
        node.attempts = 1
        node.started = at
        node.unsettled = len(items)
        self._begin_list(node, items)
        if not node.unsettled:
            self._gather(node)

    def _was_begun(self, node: Node, items: list[object]) -> bool:
        """Tell whether a list was gone over to before the run was resumed."""
        del node, items
        return False

    def _begin_list(self, node: Node, items: list[object]) -> None:
        """Go over to the items of a list."""
        self._tell(StepStarted(self._now, node.id, items=len(items)))
        children = self._graph.unfold(node, items)
        for child in children:
            child.status = "ready"
        (self._fresh if self._graph.changed else self._ready).extend(children)

    def _gather(self, node: Node) -> None:
        """Settle a `for_each` step whose items have all settled."""
        children = node.items or []
        good = [child for child in children if child.status == "succeeded"]
        if not node.recalled:
            node.ended = self._now
        if len(good) < len(children) and not (node.step.partial and good):
            self._decide_failure(node, _items_failed(children))
            return
        value = [{"item": child.item, "value": child.value} for child in good]
        node.error = _left_out(children) if len(good) < len(children) else None
        if not node.recalled:
            self._tell(StepSucceeded(self._now, node.id, value))
        self._succeed(node, value)

    # Settling

    def _succeed(self, node: Node, value: object) -> None:
        node.status = "succeeded"
        node.value = value
        self._release(node)

    def _decide_failure(self, node: Node, error: StepError) -> None:
        """Fail a step that the machine itself finds unable to go on."""
        kind = type(error).__name__
        self._tell(StepFailed(self._now, node.id, str(error), kind))
        self._fail(node, str(error))

    def _fail(self, node: Node, error: str) -> None:
        node.status = "failed"
        node.error = error
        self._release(node)

    def _cancelled(self, node: Node) -> None:
        self._call_off_retry(node)
        self._settled(node)
        node.status = "cancelled"
        node.error = None
        if node.started is not None:
            node.ended = self._now
        self._tell(StepCancelled(self._now, node.id))

    def _skip(self, node: Node, because: str) -> None:
        """Skip a step and, in turn, all that require it."""
        pending = [(node, because)]
        while pending:
            skipped, reason = pending.pop()
            if skipped.status != "waiting":
                continue  # another path led here first
            skipped.status = "skipped"
            skipped.error = f"needs {reason!r}, which has no value"
            self._tell(StepSkipped(self._now, skipped.id, reason))
            self._settled(skipped)
            for dependent_id in skipped.dependents:
                dependent = self._graph.nodes[dependent_id]
                if dependent.requires(skipped.id):
                    pending.append((dependent, skipped.id))
                    continue
                dependent.waits -= 1
                if dependent.waits or not dependent.may_go_on:
                    continue
                # Asked again, since while a revision is taken in another of its
                # dependencies may have failed long ago.
                failed = self._graph.requirement_failed(dependent)
                if failed is not None:
                    pending.append((dependent, failed))
                else:
                    self._make_ready(dependent)

    def _release(self, node: Node) -> None:
        """Let those go on that waited for a node which has just settled."""
        if node.deadline is not None or self._goals is not None:
            self._settled(node)
        if node.parent is not None:
            node.parent.unsettled -= 1
            if node.parent.unsettled == 0 and node.parent.status == "running":
                self._gather(node.parent)
            return
        if not node.dependents:
            return
        nodes, succeeded = self._graph.nodes, node.status == "succeeded"
        for dependent_id in node.dependents:
            dependent = nodes[dependent_id]
            if dependent.status != "waiting":
                continue
            if succeeded or not dependent.requires(node.id):
                dependent.waits -= 1
                if not dependent.waits and dependent.retry is None:
                    self._make_ready(dependent)
            else:
                self._skip(dependent, node.id)

    def _settled(self, node: Node) -> None:
        self._call_off_deadline(node)
        if self._goals is not None:
            self._goals.discard(node.id)


def _items_failed(children: list[Node]) -> StepError:
    bad = [child for child in children if child.status != "succeeded"]
    first = bad[0]
    return StepError(
        f"{len(bad)} of {len(children)} items failed, "
        f"first {short(first.item)}: {first.error or first.status}"
    )


def _left_out(children: list[Node]) -> str:
    """Name the items that `partial` leaves out."""
    bad = [child for child in children if child.status != "succeeded"]
    names = ", ".join(short(child.item) for child in bad[:_MOST_NAMED])
    more = f" and {len(bad) - _MOST_NAMED} more" if len(bad) > _MOST_NAMED else ""
    return f"{len(bad)} of {len(children)} items left out: {names}{more}"
