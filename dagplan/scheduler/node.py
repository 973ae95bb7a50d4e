"""A step while it runs: the state that the machine changes."""

from dagplan.events import StepResult, StepStatus
from dagplan.plan.model import Step


class Node:
    """A step of a running plan, or one item of a `for_each` step.

    Attributes:
        id: The step's id, or `id[0]` for an item.
        step: The step as planned.
        order: Place in the plan; earlier steps go first when slots are short.
        status: Where it stands.
        waits: How many dependencies have not settled yet.
        dependencies: Ids that it waits for.
        dependents: Nodes that wait for it.
        parent: For an item: the node of its `for_each` step.
        item: For an item: its value.
        items: For a `for_each` step that went over to its items: their nodes.
        unsettled: How many of those have not settled.
        value, error, attempts, started, ended: As in `StepResult`.
    """

    __slots__ = (
        "attempts",
        "dependencies",
        "dependents",
        "ended",
        "error",
        "id",
        "item",
        "items",
        "order",
        "parent",
        "started",
        "status",
        "step",
        "unsettled",
        "value",
        "waits",
    )

    def __init__(
        self,
        step: Step,
        order: tuple[int, int],
        *,
        parent: "Node | None" = None,
        item: object = None,
    ) -> None:
        self.id: str = step.id if parent is None else f"{parent.id}[{order[1]}]"
        self.step = step
        self.order = order
        self.parent = parent
        self.item = item
        self.dependencies: tuple[str, ...] = ()
        self.dependents: list[Node] = []
        self.reset()

    def reset(self) -> None:
        """Forget all attempts: the step waits as if it had just been planned."""
        self.status: StepStatus = "waiting"
        self.waits = 0
        self.items: list[Node] | None = None
        self.unsettled = 0
        self.value: object = None
        self.error: str | None = None
        self.attempts = 0
        self.started: float | None = None
        self.ended: float | None = None

    def __lt__(self, other: "Node") -> bool:
        return self.order < other.order

    def __repr__(self) -> str:
        return f"<Node {self.id} {self.status} waits={self.waits} error={self.error!r}>"

    @property
    def unsuccessful(self) -> bool:
        """Whether the step ended without a value."""
        return self.status in ("failed", "skipped", "cancelled")

    @property
    def settled(self) -> bool:
        """Whether nobody needs to wait for the step any more."""
        return self.status == "succeeded" or self.unsuccessful

    def requires(self, step_id: str) -> bool:
        """Tell whether the failure of a dependency keeps this step from running."""
        return self.step.dependencies().get(step_id, False)

    def result(self) -> StepResult:
        """Return what became of the step so far."""
        return StepResult(
            status=self.status,
            value=self.value,
            error=self.error,
            attempts=self.attempts,
            started=self.started,
            ended=self.ended,
        )
