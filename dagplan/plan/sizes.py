"""How large a plan is, told before any work whose cost its size decides."""

from collections.abc import Iterator
from dataclasses import replace

from dagplan.errors import Problem
from dagplan.plan.limits import PlanLimits
from dagplan.plan.model import Plan, Step
from dagplan.plan.references import clip, walk

_MENTIONS = 2  # references that one dependency may take, on average


def size_problems(plan: Plan, limits: PlanLimits) -> Iterator[Problem]:
    """Find the first bound that a plan exceeds; nothing is counted beyond it.

    Edges are not among them: whoever counts them has to read every reference.
    """
    if len(plan.steps) > limits.steps:
        yield too("many-steps", f"{len(plan.steps):,} steps", limits.steps)
        return
    count = _Count(limits)
    count.text(plan.answer or "")
    for step in (None, *plan.steps):
        if step is not None:
            count.step(step)
        if (problem := count.problem(step)) is not None:
            yield problem
            return


def too(rule: str, found: str, limit: int) -> Problem:
    """Say that a plan has too much of something."""
    return Problem(None, f"too-{rule}", found, f"write at most {limit:,}")


class _Count:
    """About how many bytes a plan takes, what it holds, and how deeply it nests."""

    def __init__(self, limits: PlanLimits) -> None:
        self.limits = limits
        self.bytes = self.mentions = self.values = self.depth = 0

    def step(self, step: Step) -> None:
        """Count a step, up to where it exceeds a bound."""
        for value in (step.id, step.tool, step.depends_on, step.optional, step.returns):
            self._value(value)
        self._value(step.task)
        self._value(step.for_each, is_argument=isinstance(step.for_each, list))
        self._value(step.args, is_argument=True)

    def _value(self, value: object, *, is_argument: bool = False) -> None:
        for depth, node in walk(value):
            self.depth = max(self.depth, depth)
            self.values += is_argument
            self.bytes += 2
            if isinstance(node, str):
                self.text(node)
            elif isinstance(node, dict):
                self.bytes += sum(_bytes(str(key)) + 3 for key in node)
            # Python objects can hold themselves, and then the walk has no end.
            if self._rule() is not None:
                return

    def text(self, text: str) -> None:
        """Count a text."""
        self.bytes += _bytes(text)
        self.mentions += text.count("${")

    def _rule(self) -> tuple[str, str, int] | None:
        limits = self.limits
        if self.depth > limits.depth:
            return "deep", "lists and objects in one another", limits.depth
        if self.bytes > limits.bytes:
            return "large", f"more than {limits.bytes:,} bytes", limits.bytes
        if self.mentions > (most := _MENTIONS * limits.edges):
            return "many-references", f"more than {most:,} references", most
        if self.values > (most := limits.values):
            return "many-values", f"more than {most:,} values in arguments", most
        return None

    def problem(self, step: Step | None) -> Problem | None:
        """Return the bound that is exceeded, at this step at the latest."""
        if (broken := self._rule()) is None:
            return None
        rule, found, limit = broken
        problem = too(rule, found, limit)
        if rule != "deep" or step is None:
            return problem
        return replace(problem, step=clip(step.id))


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="replace"))
