"""What is run: the random plan of a seed, in terms that any engine can be given."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Literal
from zlib import crc32

from dagplan.plan import Plan, Step
from tests.simulate.plans import shape

Fate = Literal["ok", "flaky", "late", "fails"]
Backend = Literal["asyncio", "trio"]

Result = tuple[str, object]
"""Status and value of a step."""

BAD: Result = ("failed", None)

PAY = "pay"
"""Name of the tool that has side effects."""

ATTEMPTS = 3
"""How often a step may be tried in one process."""

_LETTERS = "abc"


@dataclass(frozen=True, slots=True)
class Task:
    """A step and what it does when it runs.

    Attributes:
        id: Id of the step.
        needs: Ids of its dependencies, but for `over`.
        optional: Those of them whose failure does not stop it.
        over: Id of the step whose list it goes over; None for a plain step.
        mapped: Whether the items are the values of another such step's items.
        partial: Whether items that fail are left out.
        makes: Its value is a list of so many; None for a text.
        plain: Whether that list has letters in it, some of them twice, rather than
            texts that no other execution makes.
        fate: Whether it succeeds; at its second attempt in a process; only from the
            second process on; or never.
        picky: Whether it fails for every third item.
        pays: Whether it has side effects.
        draws: Whether each execution makes a value of its own.
        wait: Seconds that it takes at most.
    """

    id: str
    needs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    over: str | None = None
    mapped: bool = False
    partial: bool = False
    makes: int | None = None
    plain: bool = False
    fate: Fate = "ok"
    picky: bool = False
    pays: bool = False
    draws: bool = True
    wait: float = 0.0

    @property
    def is_list(self) -> bool:
        """Whether others can go over its value."""
        return self.makes is not None or self.over is not None

    @property
    def sources(self) -> tuple[str, ...]:
        """All that it waits for."""
        return self.needs if self.over is None else (*self.needs, self.over)

    def items(self, found: object) -> list[object]:
        """Return what it goes over, given the value of `over`."""
        assert isinstance(found, list)
        return [item["value"] for item in found] if self.mapped else found

    def work(self, inputs: Mapping[str, object]) -> str:
        """Name the very work: this step on these inputs, wherever an item stands."""
        known = {name: v for name, v in inputs.items() if name != self.over}
        return f"{self.id} {canonical(known)}"

    def value(self, inputs: Mapping[str, object], nonce: str) -> object:
        """Return what an execution on these inputs makes."""
        drawn = nonce if self.draws else "-"
        number = crc32(self.work(inputs).encode())
        text = f"{self.id}~{drawn}~{number:08x}"
        if self.makes is None:
            return text
        if self.plain:
            letters = (_LETTERS[(number + n) % 3] for n in range(self.makes))
            return [text, *letters]
        return [f"{text}.{n}" for n in range(self.makes)]

    def refuses(self, inputs: Mapping[str, object]) -> bool:
        """Tell whether it fails for this item whenever it is tried."""
        return self.picky and crc32(canonical(inputs["item"]).encode()) % 3 == 0

    def fails(self, inputs: Mapping[str, object], process: int) -> bool:
        """Tell whether it fails in a process, however often it is tried."""
        never = self.fate == "fails" or (self.fate == "late" and process < 2)
        return never or (self.over is not None and self.refuses(inputs))

    def step(self) -> Step:
        """Return the step of a dagplan plan."""
        refers = self.needs[::2]
        args: dict[str, object] = {f"x_{name}": f"${{{name}}}" for name in refers}
        if self.over is not None:
            args["i"] = "${item}"
        path = ".*.value" if self.mapped else ""
        return Step(
            id=self.id,
            tool=PAY if self.pays else "work",
            args=args,
            depends_on=[name for name in self.needs[1::2] if name not in self.optional],
            optional=list(self.optional),
            for_each=None if self.over is None else f"${{{self.over}{path}}}",
            partial=self.partial,
        )


@dataclass(frozen=True, slots=True)
class Case:
    """One plan, and how it is run.

    Attributes:
        seed: What it was made of.
        tasks: The steps; dependencies first.
        slots: How many may run at once.
        backend: The event loop.
        written: Whether steps begin while the plan is still being written.
    """

    seed: int
    tasks: tuple[Task, ...]
    slots: int = 16
    backend: Backend = "asyncio"
    written: bool = False

    def plan(self) -> Plan:
        """Return the plan; its steps are in no particular order."""
        steps = [task.step() for task in self.tasks]
        Random(self.seed).shuffle(steps)
        return Plan(steps=steps)

    def lasting(self) -> "Case":
        """Return the same case in which what fails once fails in every process."""
        tasks = [
            replace(task, fate="fails") if task.fate == "late" else task
            for task in self.tasks
        ]
        return replace(self, tasks=tuple(tasks))

    def by_id(self) -> dict[str, Task]:
        """Return the tasks by id."""
        return {task.id: task for task in self.tasks}

    def ends(self) -> Iterator[str]:
        """Yield the ids of steps on which no other depends."""
        needed = {name for task in self.tasks for name in task.sources}
        return (task.id for task in self.tasks if task.id not in needed)


def gathered(task: Task, items: list[object], results: list[Result]) -> Result:
    """Return what becomes of a step that went over items, given what they became."""
    good = [status == "succeeded" for status, _ in results]
    if not all(good) and not (task.partial and any(good)):
        return BAD
    value = [
        {"item": item, "value": value}
        for item, (_, value), fine in zip(items, results, good, strict=True)
        if fine
    ]
    return "succeeded", value


def canonical(value: object) -> str:
    """Write plain JSON in the one way that equal values share."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def base(node: str) -> str:
    """Return the step of a node: `s1` for `s1` and for its item `s1[0]`."""
    return node.partition("[")[0]


def case_of(seed: int) -> Case:
    """Return the case of a seed, always the same one."""
    dice = Random(seed)
    backend: Backend = "trio" if dice.random() < 0.15 else "asyncio"
    slots = dice.choice((1, 2, 3, 16, 16, 16))
    size = dice.randint(2, 12)
    calm = dice.random() < 0.3
    made = {task.id: task for task in _moving(dice)} if dice.random() < 0.25 else {}
    for index, needs in enumerate(shape(dice, size)):
        step_id = f"s{index}"
        if step_id in made:
            continue
        made[step_id] = _task(dice, step_id, [made[f"s{n}"] for n in needs], calm=calm)
    written = Random(f"{seed} written").random() < 0.3
    return Case(seed, tuple(made.values()), slots, backend, written)


def _moving(dice: Random) -> list[Task]:
    """Return steps over a list whose items move once another step makes good."""
    late = Task("s0", fate="late")
    makes = dice.randint(2, 5)
    over = Task("s1", ("s0",), optional=("s0",), makes=makes, plain=True)
    pays = dice.random() < 0.3
    return [late, over, Task("s2", over="s1", pays=pays, partial=dice.random() < 0.5)]


def _task(dice: Random, step_id: str, needs: list[Task], *, calm: bool) -> Task:
    """Draw a task that depends on others; where it is calm, nothing fails."""
    lists = [task for task in needs if task.is_list]
    over = dice.choice(lists) if lists and dice.random() < 0.7 else None
    rest = [task for task in needs if task is not over]
    makes = None
    if over is None and dice.random() < 0.4:
        makes = dice.choice((0, 1, 2, 3, 5))
    return Task(
        id=step_id,
        needs=tuple(task.id for task in rest),
        optional=tuple(task.id for task in rest if _is_optional(dice, task)),
        over=None if over is None else over.id,
        mapped=over is not None and over.over is not None and dice.random() < 0.6,
        partial=over is not None and dice.random() < 0.6,
        makes=makes,
        plain=dice.random() < 0.5,
        fate="ok" if calm else _fate(dice),
        picky=over is not None and not calm and dice.random() < 0.3,
        pays=dice.random() < 0.25,
        draws=dice.random() < 0.8,
        wait=dice.choice((0.0, 0.001, 0.003, 0.003)),
    )


def _is_optional(dice: Random, needed: Task) -> bool:
    # What others cannot do without ends most of the plan when it fails.
    return dice.random() < (0.8 if needed.fate in ("late", "fails") else 0.2)


def _fate(dice: Random) -> Fate:
    fates: tuple[Fate, ...] = ("flaky", "late", "late", "fails")
    return dice.choice(fates) if dice.random() < 0.4 else "ok"
