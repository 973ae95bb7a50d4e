"""Steps that were done before, may have been, or need the user's word to begin."""

from dagplan.errors import RefusedError, StepError
from dagplan.events import (
    StepApproved,
    StepInDoubt,
    StepParked,
    StepStarted,
    StepSucceeded,
)
from dagplan.history import Past
from dagplan.scheduler.failure import one_line
from dagplan.scheduler.memory import Memory
from dagplan.scheduler.node import Node
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.settling import Settling


class Weighing(Settling):
    """The storey between what waits for what and attempts: has this step to start?

    A ready step whose very work was done before takes over what it found. One with side
    effects that had begun is in doubt, and one whose tool is asked about first is
    parked; both wait for the user without a slot, while everything else goes on. And
    while the plan is still being written, what has effects is held back: the rest of the
    plan may turn out not to be one.
    """

    def __init__(self, rules: Rules, memory: Memory) -> None:
        super().__init__()
        self._rules = rules
        self._memory = memory
        # Calls about which the user has been asked.
        self._asked: set[str] = set()
        # Looked up once: most runs have nothing to weigh.
        self._remembers = bool(memory)
        self._considers = self._remembers or bool(rules.ask_first)
        self._weighs = self._considers or bool(rules.side_effects)
        self._names_work = rules.recorded or self._considers
        # Whether all steps are known.
        self._complete = False
        # Steps that are ready, and wait until they are.
        self._held_back: list[Node] = []

    @property
    def held(self) -> list[Node]:
        """Steps that wait for the user, items included, in plan order."""
        if not self._names_work:
            return []
        return [n for n in self._graph if n.status in ("parked", "in_doubt")]

    def wants(self, step_id: str) -> bool:
        """Tell whether a step's value is referred to, or may be.

        While the plan is still being written a value counts as wanted: a model that
        declares its type does so since it will refer to it, and to wait for that would
        cost more than to be wrong now and then.
        """
        return not self._complete or step_id in self._graph.wanted

    def _is_weighed(self, node: Node) -> bool:
        if self._remembers or node.step.tool in self._rules.ask_first:
            return True
        return not self._complete and node.step.tool in self._rules.side_effects

    def _queue(self, node: Node) -> None:
        """Let a step start as soon as there is room."""
        if self._graph.changed:
            self._fresh.append(node)
        else:
            self._ready.push(node)

    def _weigh(self, node: Node) -> None:
        """Decide how a ready step goes on."""
        if not (self._complete or self._holds) and self._has_effects(node):
            self._held_back.append(node)
        elif self._considers:
            self._consider(node)
        else:
            self._queue(node)

    def _has_effects(self, node: Node) -> bool:
        tool = node.step.tool
        return tool in self._rules.side_effects or tool in self._rules.ask_first

    def _consider(self, node: Node) -> None:
        """Find out whether a ready step was done before, or needs the user's word."""
        try:
            call = node.digest = self._graph.work(node)
            decision = self._memory.decisions.get(call)
            if decision is not None and decision.args is not None:
                node.approved_args = decision.args
                node.digest = self._graph.work(node)
        except StepError as error:
            self._decide_failure(node, error)
            return
        except Exception as error:  # noqa: BLE001 - values of the user's, no one else's
            text = f"its arguments cannot be put together: {one_line(error)}"
            self._decide_failure(node, StepError(text))
            return
        past = self._past(node)
        if past is not None and past.status == "succeeded" and _is_same(past, node):
            self._recall(node, past)
        elif self._holds:
            return  # to be called off, if it has not ended
        elif past is not None and _may_have_effects(past):
            self._doubt(node)
        elif node.step.tool in self._rules.ask_first and decision is None:
            self._park(node, call)
        elif decision is not None and not decision.approved:
            self._decide_failure(node, RefusedError("the user refused this call"))
        else:
            node.attempts = node.earlier = self._memory.attempts(node.id)
            if past is not None:
                self._memory.forget(past)
            self._queue(node)

    def _past(self, node: Node) -> Past | None:
        is_item = node.parent is not None
        return self._memory.of(node.id, node.digest or "", is_item=is_item)

    def _recall(self, node: Node, past: Past) -> None:
        """Take over what a step found before; nobody has to be told again."""
        node.attempts = past.attempts
        node.started, node.ended = past.started, past.ended
        node.recalled = True
        if node.parent is not None and not node.parent.told:
            # It is an item of another list now, perhaps in another place.
            at, number = self._now, past.attempts
            told = StepStarted(at, node.id, number, None, node.digest, past.intent)
            self._tell(told)
            self._tell(StepSucceeded(at, node.id, past.value, number))
        self._succeed(node, past.value)

    def _doubt(self, node: Node) -> None:
        node.status = "in_doubt"
        node.error = "it had begun before, and may or may not have had its effects"
        if node.digest is not None and node.digest not in self._asked:
            self._asked.add(node.digest)
            self._tell(StepInDoubt(self._now, node.id, node.digest))

    def _park(self, node: Node, call: str) -> None:
        node.status = "parked"
        node.digest = call
        if call not in self._asked:
            self._asked.add(call)
            task, args = self._graph.filled(node)
            tool = node.step.tool
            self._tell(StepParked(self._now, node.id, call, tool, task, args))

    def _approved(self, event: StepApproved) -> None:
        """Take what the user decided about a call; it reaches that call and no other."""
        self._memory.decide(event)
        node = self._graph.nodes.get(event.step_id)
        if node is not None and node.status == "parked" and node.digest == event.digest:
            node.status = "ready"
            self._weighed.append(node)

    # Lists

    def _was_begun(self, node: Node, items: list[object]) -> bool:
        if self._names_work:
            self._name_list(node, items)
        return node.told

    def _begin_list(self, node: Node, items: list[object]) -> None:
        if not (self._names_work or self._is_weighed(node)):
            super()._begin_list(node, items)
            return
        if self._names_work:
            self._name_list(node, items)
        if not node.told:
            started = StepStarted(
                self._now, node.id, items=len(items), digest=node.digest
            )
            self._tell(started)
        children = self._graph.unfold(node, items, tell_apart=self._names_work)
        for child in children:
            if node.recalled and not self._was_done(child):
                self._leave_out(child)
                continue
            child.status = "ready"
            if self._is_weighed(child):
                self._weighed.append(child)
            else:
                self._queue(child)

    def _name_list(self, node: Node, items: list[object]) -> None:
        """Name the work of a list, and find out whether it was begun before."""
        node.digest = self._graph.whole_work(node, items)
        past = self._past(node)
        node.told = past is not None and _is_same(past, node)
        if past is not None and node.told and past.status == "succeeded":
            node.recalled = True
            node.attempts = past.attempts
            node.started, node.ended = past.started, past.ended

    def _was_done(self, child: Node) -> bool:
        child.digest = self._graph.work(child)
        past = self._past(child)
        return past is not None and past.status == "succeeded"

    def _leave_out(self, child: Node) -> None:
        """Leave an item out that was left out when its list had been gone through.

        What others have built on it since is the value without that item.
        """
        past = self._past(child)
        child.status = "failed"
        child.error = "it was left out before"
        if past is not None:
            child.error, child.attempts = past.error, past.attempts
            child.started, child.ended = past.started, past.ended
        if child.parent is not None:
            child.parent.unsettled -= 1


def _is_same(past: Past, node: Node) -> bool:
    return past.digest == node.digest


def _may_have_effects(past: Past) -> bool:
    """Tell whether something may have come about that nobody knows or that is done.

    A step with effects that succeeded on other inputs would have them once more.
    """
    return past.is_in_doubt or (past.intent and past.status == "succeeded")
