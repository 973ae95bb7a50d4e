"""A plan as the nodes and links that every picture of it draws."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from dagplan.events import StepResult, StepStatus
from dagplan.plan.model import Plan, Step

_WAITING = StepResult("waiting")


@dataclass(frozen=True, slots=True)
class Node:
    """A step in a picture, or a dependency that the plan lacks.

    Attributes:
        name: Its generated name, `n0`, `n1`, …: ids of plans never become ids of
            pictures.
        label: Its id as the plan has it.
        step: The step; None for a dependency that no step of the plan has.
        result: What became of it; None where only the plan is drawn.
        items: For a `for_each` step, how many of its items stand where.
        critical: Whether it lies on the path that the run's time is due to.
    """

    name: str
    label: str
    step: Step | None
    result: StepResult | None = None
    items: Mapping[StepStatus, int] | None = None
    critical: bool = False

    @property
    def status(self) -> StepStatus | None:
        """Where it stands; None where only the plan is drawn."""
        return None if self.result is None else self.result.status

    @property
    def each(self) -> bool:
        """Whether it runs once per item of a list."""
        return self.step is not None and self.step.for_each is not None


@dataclass(frozen=True, slots=True)
class Link:
    """A dependency in a picture.

    Attributes:
        source: Index of the node that is depended on.
        target: Index of the node that depends on it.
        required: Whether it stops its target when it fails.
        critical: Whether it lies on the path that the run's time is due to.
    """

    source: int
    target: int
    required: bool
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Diagram:
    """What a picture of a plan shows.

    Attributes:
        nodes: The steps in plan order, then the dependencies that the plan lacks.
        links: From dependency to dependent.
    """

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


def diagram(
    plan: Plan,
    results: Mapping[str, StepResult] | None = None,
    path: Sequence[str] | None = None,
) -> Diagram:
    """Read a plan, valid or not, into nodes and links.

    Args:
        plan: The plan.
        results: Where its steps stand, items included; steps that are missing are
            waiting. None draws the plan alone.
        path: The ids on the critical path, in order, where more is known than the
            results tell; None for what they tell.
    """
    steps = unique(plan.steps)
    needs = {key: step.dependencies() for key, step in steps.items()}
    names = {name: None for found in needs.values() for name in found}
    lacking = [name for name in names if name not in steps]
    place = {key: index for index, key in enumerate([*steps, *lacking])}
    path = critical_keys(needs, results or {}) if path is None else path
    on_path, links_on_path = set(path), set(pairwise(path))
    nodes = [
        Node(f"n{place[key]}", step.id, step, critical=key in on_path)
        for key, step in steps.items()
    ]
    if results is not None:
        items = items_by_status(results)
        nodes = [
            _with_result(node, results.get(key, _WAITING), items.get(key))
            for node, key in zip(nodes, steps, strict=True)
        ]
    links = [
        Link(place[name], place[key], required, (name, key) in links_on_path)
        for key, found in needs.items()
        for name, required in found.items()
    ]
    missing = [Node(f"n{place[name]}", name, None) for name in lacking]
    return Diagram((*nodes, *missing), tuple(links))


def _with_result(
    node: Node, result: StepResult, items: Mapping[StepStatus, int] | None
) -> Node:
    return replace(node, result=result, items=items if node.each else None)


def unique(steps: Sequence[Step]) -> dict[str, Step]:
    """Return steps by id; ids that occur again, in a plan unchecked, get a number."""
    found: dict[str, Step] = {}
    for index, step in enumerate(steps):
        found[step.id if step.id not in found else f"{step.id}\0{index}"] = step
    return found


def items_by_status(
    results: Mapping[str, StepResult],
) -> defaultdict[str, Counter[StepStatus]]:
    """Count the items of `for_each` steps by status."""
    items: defaultdict[str, Counter[StepStatus]] = defaultdict(Counter)
    for key, result in results.items():
        step, bracket, _ = key.partition("[")
        if bracket:
            items[step][result.status] += 1
    return items


def critical_keys(
    needs: Mapping[str, Iterable[str]], results: Mapping[str, StepResult]
) -> list[str]:
    """Walk back from the step that ended last, each time to what it waited for longest.

    Returns:
        The keys in the order of their times; none where the results have no times.
    """
    ended = {
        key: (results[key].ended or 0.0, results[key].started or 0.0)
        for key in needs
        if key in results and results[key].ended is not None
    }
    path: list[str] = []
    key = max(ended, key=ended.__getitem__, default=None)
    while key is not None:
        path.append(key)
        # A cycle, in a plan unchecked, must end as well.
        del ended[key]
        waited = [name for name in needs[key] if name in ended]
        key = max(waited, key=ended.__getitem__, default=None)
    return path[::-1]
