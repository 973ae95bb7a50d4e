"""The steps of a run and who waits for whom: the graph that the machine walks."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from math import isfinite

from dagplan.errors import StepError
from dagplan.events import Revised
from dagplan.plan.digest import digest, work_digest
from dagplan.plan.items import list_reference
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
)
from dagplan.protocols import Admit, Emit, StepCall, Wanted
from dagplan.scheduler.node import NO_DEPENDENCIES, SETTLED, Node
from dagplan.scheduler.rules import Estimate

_MANY = 16  # dependents, from where a list is cheaper than one more tuple


class StepGraph:
    """Nodes by id, linked from each dependency to those that wait for it.

    It knows the shape of the plan and the values of its steps, and decides nothing:
    statuses are the machine's.

    Attributes:
        nodes: Nodes by id, the items of `for_each` steps among them.
        wanted: Ids whose value a reference of a step or of the answer asks for.
        changed: Whether its shape has changed since `rank` was called.
    """

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.changed = False
        self.wanted: set[str] = set()
        self._planned = 0
        # Whether every step came after all that it depends on.
        self._in_order = True
        # Nodes that wait for a step which has not been planned yet.
        self._awaited: dict[str, list[Node]] = {}

    def __iter__(self) -> Iterator[Node]:
        """Visit nodes in plan order, items after their `for_each` step."""
        for node in list(self.nodes.values()):
            if node.parent is None:
                yield node
                yield from node.items or ()

    def add(self, step: Step) -> Node:
        """Enter a step, and link it to what it needs and to what waits for it."""
        node = self._enter(step)
        self._link(node)
        if self._awaited and (waiting := self._awaited.pop(step.id, None)):
            node.dependents = tuple(n.id for n in waiting)
        return node

    def unfold(
        self, node: Node, items: list[object], *, tell_apart: bool = False
    ) -> list[Node]:
        """Give a `for_each` step a node for each item.

        Args:
            node: The step.
            items: The items.
            tell_apart: Whether equal items are counted, so that digests differ.
        """
        node.items = [
            Node(node.step, node.place, index=index, parent=node, item=item)
            for index, item in enumerate(items)
        ]
        for child in node.items:
            child.rank = node.rank
            child.late = node.late
            self.nodes[child.id] = child
        if tell_apart:
            seen: Counter[str] = Counter()
            for child in node.items:
                name = digest(child.item)
                child.occurrence = seen[name]
                seen[name] += 1
        return node.items

    def rank(self, estimate: Estimate | None, goals: Collection[str] | None) -> None:
        """Work out how urgent each step is: the longest path that begins with it.

        Args:
            estimate: How long a step takes; None counts steps.
            goals: Steps that matter; others that they do not need come late. None: all.

        Raises:
            ValueError: An estimate is no length of time.
        """
        self.changed = False
        roots = [node for node in self.nodes.values() if node.parent is None]
        for node in roots:
            node.rank = 0.0
            node.late = goals is not None and node.id not in goals
        nodes = self.nodes
        for node in self._ends_first(roots):
            node.rank += 1.0 if estimate is None else _seconds(estimate, node.step)
            rank, late = node.rank, node.late
            for step_id in node.dependencies:
                before = nodes.get(step_id)
                if before is None:
                    continue
                if before.rank < rank:  # noqa: PLR1730 - max() takes thrice as long
                    before.rank = rank
                if before.late and not late:
                    before.late = False
        if len(roots) < len(nodes):
            for node in roots:
                for child in node.items or ():
                    child.rank, child.late = node.rank, node.late

    def revise(self, event: Revised, dropped: Callable[[Node], None]) -> list[Node]:
        """Change the graph and link it anew.

        Args:
            event: The change.
            dropped: Told of each node whose attempts are void, items included.

        Returns:
            The nodes that have not begun; they count their dependencies from scratch.
        """
        for step_id in event.dropped:
            self._remove(self.nodes[step_id], dropped)
        for step in event.redefined:
            node = self.nodes[step.id]
            for child in node.items or ():
                self._remove(child, dropped)
            dropped(node)
            self._planned += 1
            node.definition = self._planned
            node.step = step
            node.tool = step.tool
            node.reset()
        for step in event.added:
            self._enter(step)
        return self._link_all()

    def requirement_failed(self, node: Node) -> str | None:
        """Return a dependency that a node requires and that ended without a value."""
        for step_id in node.dependencies:
            dependency = self.nodes.get(step_id)
            if (
                dependency is not None
                and dependency.unsuccessful
                and node.requires(step_id)
            ):
                return step_id
        return None

    def items(self, node: Node) -> list[object]:
        """Return the list that a `for_each` step goes over.

        Raises:
            StepError: The value is no list, or not there.
        """
        over = node.step.for_each
        found: object = UNAVAILABLE
        if isinstance(over, list):
            found = substitute(over, partial(self._value, node))
        elif reference := list_reference(over):
            found = self._value(node, reference)
        if not isinstance(found, list):
            shown = "not available" if found is UNAVAILABLE else short(found)
            raise StepError(f"for_each wants a list: {over} is {shown}")
        return found

    def call(
        self, node: Node, run: str, emit: Emit, admit: Admit, wanted: Wanted
    ) -> StepCall:
        """Return the next attempt at a step, with values in place of references.

        Args:
            node: The step.
            run: Name of the run.
            emit: Tells the run of a model call.
            admit: Waits until one more request may go out.
            wanted: Tells whether the value of a step is referred to.

        Raises:
            StepError: A reference leads to nothing.
        """
        step, nodes, owner = node.step, self.nodes, node.parent or node
        inputs: dict[str, object] = {}
        for step_id in owner.dependencies:
            inputs[step_id] = nodes[step_id].value
        if node.parent is not None:
            inputs[ITEM] = node.item
        task: str = step.task
        args: Mapping[str, object] = step.args
        if args or node.approved_args is not None or "${" in task:
            task, args = self.filled(node)
        # What an idempotency key names: the work, or else the step as it was defined.
        work = node.digest or f"{owner.definition}-{node.id}"
        # By place: one of these is made for each attempt.
        return StepCall(
            node.id,
            step,
            task,
            args,
            inputs,
            node.attempts + 1,
            f"{run}-{work}",
            wanted,
            emit,
            admit,
        )

    def work(self, node: Node) -> str:
        """Name the work that a step would begin now, so that it is known again.

        Raises:
            StepError: A reference leads to nothing.
        """
        step = node.step
        task, args = self.filled(node)
        inputs = {name: self._digest_of(name) for name in self._given(node)}
        if node.parent is not None:
            inputs[ITEM] = digest(node.item)
        content = [step.tool, task, args, step.returns]
        return work_digest(step.id, content, inputs, node.occurrence)

    def whole_work(self, node: Node, items: list[object]) -> str:
        """Name the work of a `for_each` step: its items, and what is done with each."""
        step = node.step
        inputs = {name: self._digest_of(name) for name in node.dependencies}
        inputs[ITEM] = digest(items)
        content = [step.tool, step.task, step.args, step.returns, step.partial]
        return work_digest(step.id, content, inputs)

    def filled(self, node: Node) -> tuple[str, Mapping[str, object]]:
        """Return a step's task and arguments with values in place of references."""
        step = node.step
        task: str = step.task
        args: Mapping[str, object] = step.args
        if args or "${" in task:
            lookup = partial(self._value, node)
            task = interpolate(task, lookup)
            args = {key: substitute(value, lookup) for key, value in args.items()}
        return task, args if node.approved_args is None else node.approved_args

    def _given(self, node: Node) -> Iterable[str]:
        """Return the steps whose values are part of a step's work.

        The list from which an item comes is not part of the item's: it may have grown
        since, and the item is the same still.
        """
        if node.parent is None:
            return node.dependencies
        step = node.step
        used = {ref.step for text in (step.task, step.args) for ref in find(text)}
        named = used.union(step.depends_on, step.optional)
        return [name for name in node.parent.dependencies if name in named]

    def _digest_of(self, step_id: str) -> str:
        node = self.nodes[step_id]
        if not node.settled:
            return digest(node.value)
        if node.value_digest is None:
            node.value_digest = digest(node.value)
        return node.value_digest

    def _value(self, node: Node, reference: Reference) -> object:
        if reference.step == ITEM and node.parent is not None:
            return resolve(node.item, reference)
        origin = self.nodes[reference.step]
        if origin.status != "succeeded":
            return UNAVAILABLE
        return resolve(origin.value, reference)

    def _enter(self, step: Step) -> Node:
        self._planned += 1
        node = self.nodes[step.id] = Node(step, self._planned)
        return node

    def _link(self, node: Node) -> None:
        """Enter a node's dependencies and count those that have not settled."""
        self.changed = True
        step = node.step
        references = step.references()
        if references:
            self.wanted.update([reference.step for reference in references])
        elif not step.depends_on and not step.optional:
            node.dependencies, node.waits = NO_DEPENDENCIES, 0
            return
        # Most steps say themselves what they wait for: that need not be copied.
        dependencies: Collection[str] = step.depends_on
        if references or step.optional:
            dependencies = tuple(step.waits_for(references))
        node.dependencies = dependencies
        node_id, nodes, waits = node.id, self.nodes, len(dependencies)
        for step_id in dependencies:
            dependency = nodes.get(step_id)
            if dependency is None:
                self._in_order = False
                self._awaited.setdefault(step_id, []).append(node)
                continue
            dependents = dependency.dependents
            if isinstance(dependents, list):
                dependents.append(node_id)
            elif len(dependents) < _MANY:
                dependency.dependents = (*dependents, node_id)
            else:
                dependency.dependents = [*dependents, node_id]
            if dependency.status in SETTLED:
                waits -= 1
        node.waits = waits

    def _ends_first(self, roots: list[Node]) -> Iterable[Node]:
        """Return steps from the ends backwards, each after all that wait for it."""
        if self._in_order:
            return reversed(roots)
        waited_for = {n.id: len(n.dependents) for n in roots if n.dependents}
        ordered = [node for node in roots if not node.dependents]
        for node in ordered:  # which grows meanwhile
            for step_id in node.dependencies:
                before = self.nodes.get(step_id)
                if before is None:
                    continue
                waited_for[step_id] -= 1
                if not waited_for[step_id]:
                    ordered.append(before)
        return ordered

    def _link_all(self) -> list[Node]:
        roots = [node for node in self.nodes.values() if node.parent is None]
        self._awaited.clear()
        self.changed = True
        self._in_order = False
        for node in roots:
            node.dependents = ()
            if node.status == "skipped":
                node.reset()
            elif node.status in ("ready", "parked", "in_doubt"):
                node.status = "waiting"
        for node in roots:
            self._link(node)
        return [node for node in roots if node.status == "waiting"]

    def _remove(self, node: Node, dropped: Callable[[Node], None]) -> None:
        del self.nodes[node.id]
        dropped(node)
        for child in node.items or ():
            self._remove(child, dropped)


def _seconds(estimate: Estimate, step: Step) -> float:
    seconds = estimate(step)
    if not isfinite(seconds) or seconds < 0:
        raise ValueError(
            f"estimate({step.id!r}) must be at least 0 seconds, got {seconds!r}"
        )
    return seconds
