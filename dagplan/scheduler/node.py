"""A step while it runs: the state that the machine changes."""

from collections.abc import Collection, Mapping

from dagplan.events import StepResult, StepStatus
from dagplan.plan.model import Step
from dagplan.scheduler.gates import Gate
from dagplan.scheduler.timers import Timer

NO_DEPENDENCIES: Collection[str] = ()
"""Those of a step that waits for none."""
_NO_TIMERS: tuple[Timer, ...] = ()
_UNSUCCESSFUL = frozenset[StepStatus](("failed", "skipped", "cancelled"))
SETTLED = frozenset[StepStatus](("succeeded", *_UNSUCCESSFUL))
"""Where nobody needs to wait for a step any more."""


class Attempt:
    """One attempt at a step, from its start until it has really ended.

    Attributes:
        key: Number of the attempt within the run.
        node: The step.
        number: Number of the attempt at its step, from 1.
        started: Seconds since the run began.
        grant: What it took of the limits.
        left: Whether its outcome no longer counts: it was too late, another was first,
            or its step is gone. It holds its slot until it has ended.
        cancelled: Whether it was told to end.
        hedged: Whether another attempt has joined it, or it has joined another.
        timers: What is to be done about it later.
    """

    __slots__ = (
        "cancelled",
        "grant",
        "hedged",
        "key",
        "left",
        "node",
        "number",
        "started",
        "timers",
    )

    def __init__(
        self, key: int, node: "Node", started: float, grant: tuple[Gate, ...]
    ) -> None:
        self.key = key
        self.node = node
        self.number = node.attempts
        self.started = started
        self.grant = grant
        self.left = False
        self.cancelled = False
        self.hedged = False
        self.timers = _NO_TIMERS


class Node:
    """A step of a running plan, or one item of a `for_each` step.

    Attributes:
        id: The step's id, or `id[0]` for an item.
        step: The step as planned.
        tool: Name of its tool.
        place: Place in the plan, of an item that of its step.
        index: Place in the list for an item; else -1.
        definition: Number of the step's definition; another one is other work.
        occurrence: For an item: how many equal items stand before it in the list.
        digest: Names the work; None where nobody asked for it.
        value_digest: Names its value; None where nobody asked for it.
        approved_args: Arguments that the user put in place of the planned ones.
        earlier: How many of its attempts were made before the run was resumed.
        recalled: Whether its value comes from the run's record.
        told: For a `for_each` step: whether the record tells of the same list already.
        rank: Length of the longest path from its start to an end of the plan.
        late: Whether others go first, since no goal of the run needs it.
        ticket: Tells its entry in the ready queue from earlier ones.
        status: Where it stands.
        waits: How many dependencies have not settled yet.
        dependencies: Ids that it waits for.
        dependents: Ids of the nodes that wait for it. Ids and not nodes, and a tuple
            where they are few: Python's garbage collector need not go through these.
        parent: For an item: the node of its `for_each` step.
        item: For an item: its value.
        items: For a `for_each` step that went over to its items: their nodes.
        unsettled: How many of those have not settled.
        active: Attempts whose outcome counts.
        hedges: How many of its attempts were hedges.
        refusals: How often a provider refused it, asking to slow down.
        retry: What starts the next attempt, while it waits for that.
        deadline: What ends the step when its time is up.
        kind: Class name of the error of its last attempt that is tried again.
        value, error, attempts, started, ended: As in `StepResult`.
    """

    __slots__ = (
        "active",
        "approved_args",
        "attempts",
        "deadline",
        "definition",
        "dependencies",
        "dependents",
        "digest",
        "earlier",
        "ended",
        "error",
        "hedges",
        "id",
        "index",
        "item",
        "items",
        "kind",
        "late",
        "occurrence",
        "parent",
        "place",
        "rank",
        "recalled",
        "refusals",
        "retry",
        "started",
        "status",
        "step",
        "ticket",
        "told",
        "tool",
        "unsettled",
        "value",
        "value_digest",
        "waits",
    )

    def __init__(
        self,
        step: Step,
        place: int,
        *,
        index: int = -1,
        parent: "Node | None" = None,
        item: object = None,
    ) -> None:
        self.id: str = step.id if parent is None else f"{parent.id}[{index}]"
        self.step = step
        self.tool = step.tool
        self.place = place
        self.index = index
        self.definition = place
        self.occurrence = 0
        self.rank = 0.0
        self.late = False
        self.ticket = 0
        self.parent = parent
        self.item = item
        self.dependencies = NO_DEPENDENCIES
        self.dependents: tuple[str, ...] | list[str] = ()
        self.retry: Timer | None = None
        self.deadline: Timer | None = None
        self.reset()

    def reset(self) -> None:
        """Forget all attempts: the step waits as if it had just been planned."""
        self.status: StepStatus = "waiting"
        self.waits = 0
        self.items: list[Node] | None = None
        self.unsettled = 0
        self.active: tuple[Attempt, ...] = ()
        self.hedges = 0
        self.refusals = 0
        self.digest: str | None = None
        self.value_digest: str | None = None
        self.approved_args: Mapping[str, object] | None = None
        self.earlier = 0
        self.recalled = False
        self.told = False
        self.value: object = None
        self.error: str | None = None
        self.kind: str | None = None
        self.attempts = 0
        self.started: float | None = None
        self.ended: float | None = None

    def __repr__(self) -> str:
        return f"<Node {self.id} {self.status} waits={self.waits} error={self.error!r}>"

    @property
    def unsuccessful(self) -> bool:
        """Whether the step ended without a value."""
        return self.status in _UNSUCCESSFUL

    @property
    def settled(self) -> bool:
        """Whether nobody needs to wait for the step any more."""
        return self.status in SETTLED

    @property
    def may_go_on(self) -> bool:
        """Whether it waits for nothing but its dependencies."""
        return self.status == "waiting" and self.retry is None

    def requires(self, step_id: str) -> bool:
        """Tell whether the failure of a dependency keeps this step from running."""
        return step_id not in self.step.optional

    def result(self) -> StepResult:
        """Return what became of the step so far."""
        return StepResult(
            self.status,
            self.value,
            self.error,
            self.attempts,
            self.started,
            self.ended,
        )
