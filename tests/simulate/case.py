"""What is simulated: a case says everything about its runs, chance included."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Literal

from dagplan.plan import Plan, Step
from dagplan.policy import Budget, Hedge, Limits, Retry, Timeout

Then = Literal["cancelled", "value", "error"]
Kind = Literal["ok", "transient", "lasting", "limited", "hang"]
Mode = Literal["execute", "stream", "scope", "break", "error", "revise"]

PROVIDERS = {"t0": "api0", "t1": "api0", "t2": "api1", "t3": "api2"}


@dataclass(frozen=True, slots=True)
class Script:
    """How one attempt goes.

    Attributes:
        kind: How it ends; `limited` is a 429.
        seconds: When it ends, after its admissions; never for `hang`.
        after: Retry-After of a 429 in seconds.
        clings: Seconds for which it swallows a cancellation.
        then: How it ends after that.
        asks: How many further requests it asks admission for, first of all.
    """

    kind: Kind = "ok"
    seconds: float = 0.0
    after: float | None = None
    clings: float = 0.0
    then: Then = "cancelled"
    asks: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """A step and what its attempts do.

    Attributes:
        id: As in `Step`.
        tool: One of `PROVIDERS`.
        needs: Required dependencies that nothing refers to.
        refers: Dependencies that an argument refers to.
        optional: Which of all dependencies are optional; more may stand here alone.
        over: `for_each`.
        partial: As in `Step`.
        makes: Its value is a list of so many texts; None: one text.
        scripts: Its attempts in order, the last one repeated; one such sequence for
            each item, cyclically.
        weight: What `estimate` says of it, seconds.
        version: Tells definitions of one id apart; handed over as an argument.
    """

    id: str
    tool: str = "t0"
    needs: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    over: str | None = None
    partial: bool = False
    makes: int | None = None
    scripts: tuple[tuple[Script, ...], ...] = ((Script(),),)
    weight: float = 1.0
    version: int = 0

    @property
    def source(self) -> str | None:
        """Id of the step whose list a `for_each` goes over."""
        return None if self.over is None else self.over[2:-1].partition(".")[0]

    def dependencies(self) -> dict[str, bool]:
        """Return ids of dependencies and whether each is required."""
        found = dict.fromkeys((*self.needs, *self.refers), True)
        if (source := self.source) is not None:
            found[source] = True
        return {**found, **dict.fromkeys(self.optional, False)}

    def script(self, index: int | None, attempt: int) -> Script:
        """Return how an attempt at the step or at one of its items goes."""
        attempts = self.scripts[(index or 0) % len(self.scripts)]
        return attempts[min(attempt, len(attempts)) - 1]

    def step(self) -> Step:
        """Return the step of the plan."""
        args: dict[str, object] = {"v": self.version}
        args |= {f"x_{name}": f"${{{name}}}" for name in self.refers}
        if self.over is not None:
            args["i"] = "${item}"
        return Step(
            id=self.id,
            tool=self.tool,
            args=args,
            depends_on=list(self.needs),
            optional=list(self.optional),
            for_each=self.over,
            partial=self.partial,
        )


@dataclass(frozen=True, slots=True)
class Change:
    """What a revision wants to change; what is not legal by then is left out.

    Attributes:
        at: Seconds since the run began.
        tasks: Steps to add, and to redefine where the id is known.
        drop: Steps to drop, with all that depend on them.
    """

    at: float
    tasks: tuple[Task, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """One run of a plan.

    Attributes:
        tasks: The steps in plan order.
        begins: Seconds before it begins.
        retry, timeout, hedge, until: As for `execute_plan`.
        weighed: Whether `estimate` is given.
        mode: How it is run and left: to its end by `execute_plan` or `stream_plan`;
            by a cancelled scope; by `break` or an exception in the reader; through
            `open_execution` with revisions.
        leave: Seconds until the scope is cancelled.
        reads: Events that are read before the reader leaves.
        pause: Most seconds before each step is offered by a planner that still writes;
            0: the plan is given whole. Only with revisions.
        changes: Revisions in order of time.
        spends: Seconds until a call of a model spends the budget, `revise` only.
        deadline: As in `Budget`, likewise.
        seed: Of the chance that the run draws from.
    """

    tasks: tuple[Task, ...]
    begins: float = 0.0
    retry: Retry = field(default_factory=lambda: Retry(attempts=1))
    timeout: Timeout = field(default_factory=Timeout)
    hedge: Hedge | None = None
    until: tuple[str, ...] | None = None
    weighed: bool = False
    mode: Mode = "execute"
    leave: float = 0.0
    reads: int = 0
    pause: float = 0.0
    spends: float | None = None
    deadline: float | None = None
    changes: tuple[Change, ...] = ()
    seed: int = 0

    def budget(self) -> Budget:
        """Return what the run may spend."""
        calls = None if self.spends is None else 1
        return Budget(max_model_calls=calls, deadline=self.deadline)

    def plan(self) -> Plan:
        """Return the plan before any revision."""
        return Plan(steps=[task.step() for task in self.tasks])

    def retry_of(self, task: Task) -> Retry:
        """Return the retry policy of a step."""
        return self.retry.of(task.id, task.tool)

    def timeout_of(self, task: Task) -> Timeout:
        """Return the timeouts of a step."""
        return self.timeout.of(task.id, task.tool)

    def hedge_of(self, task: Task) -> Hedge:
        """Return the hedge of a step; one that never hedges if there is none."""
        return Hedge() if self.hedge is None else self.hedge.of(task.id, task.tool)

    def versions(self) -> dict[tuple[str, int], Task]:
        """Return all tasks that may take part, by id and version."""
        known = [*self.tasks, *(task for c in self.changes for task in c.tasks)]
        return {(task.id, task.version): task for task in known}


@dataclass(frozen=True, slots=True)
class Case:
    """Some runs under the same limits.

    Attributes:
        flows: The runs; several share one throttle.
        slots, per_tool, per_minute: As in `Limits`.
        throttle: Whether a single run is given a throttle too.
        seed: Of the order in which trio resumes tasks.
    """

    flows: tuple[Flow, ...]
    slots: int | None = None
    per_tool: Mapping[str, int] = field(default_factory=dict)
    per_minute: int | None = None
    throttle: bool = False
    seed: int = 0

    def limits(self) -> Limits:
        """Return the limits of all runs together."""
        return Limits(
            concurrency=self.slots,
            per_tool=self.per_tool,
            requests_per_minute=self.per_minute,
        )


def split(node: str) -> tuple[str, int | None]:
    """Take the id of a node apart: the step's id, and the index of an item."""
    step_id, _, index = node.partition("[")
    return step_id, int(index[:-1]) if index else None


def source(value: object) -> str:
    """Write a value as Python, without the fields that have their default."""
    if is_dataclass(value) and not isinstance(value, type):
        plain = type(value).__dataclass_fields__
        shown = [
            f"{f.name}={source(getattr(value, f.name))}"
            for f in fields(value)
            if _differs(plain[f.name], getattr(value, f.name))
        ]
        return f"{type(value).__name__}({', '.join(shown)})"
    if isinstance(value, tuple):
        inner = ", ".join(map(source, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, Mapping):
        pairs = (f"{key!r}: {source(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    return repr(value)


def _differs(known: object, value: object) -> bool:
    default = getattr(known, "default", None)
    factory = getattr(known, "default_factory", None)
    made = factory() if callable(factory) else default
    return bool(value != made)
