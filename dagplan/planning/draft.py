"""A plan while it is being written: its steps are offered one by one."""

from collections.abc import Callable, Sequence

from dagplan.errors import PlanError, Problem
from dagplan.plan.check import check_plan, check_step
from dagplan.plan.limits import PlanLimits
from dagplan.plan.model import Plan, Step
from dagplan.plan.references import clip
from dagplan.plan.sizes import size_problems
from dagplan.plan.toolspec import ToolSpec
from dagplan.planning.scanner import StepScanner
from dagplan.planning.wire import read_plan, read_step

Offer = Callable[[Step], None]


class Draft:
    """What is known of a plan before all of it is written.

    A step is offered once its brace has closed, it is valid, and so is all that it
    depends on: what was offered needs no mending later, and no cycle is ever offered.
    Everything else is judged when the text is complete.

    Args:
        tools: What steps may call.
        limits: Bounds on the size of the plan.
        offer: Told of each step that may start; None to wait for the whole plan.
        kept: Steps that were offered before, which the plan keeps as they are.

    Attributes:
        kept: All steps that were offered, by id.
        text: What was heard since `begin`.
    """

    def __init__(
        self,
        tools: Sequence[ToolSpec],
        limits: PlanLimits,
        offer: Offer | None,
        kept: Sequence[Step] = (),
    ) -> None:
        self.kept = {step.id: step for step in kept}
        self._tools = tools
        self._specs = {tool.name: tool for tool in tools}
        self._limits = limits
        self._offer = offer
        self._edges = sum(len(step.waits_for(step.references())) for step in kept)
        self.begin()

    def begin(self) -> None:
        """Forget what was heard but not offered: the model starts to write anew."""
        self._scanner = StepScanner()
        self._heard: list[str] = []
        self._characters = 0
        # Steps by an id that they depend on and that has not been offered.
        self._waiting: dict[str, list[Step]] = {}

    @property
    def text(self) -> str:
        """What was heard since `begin`."""
        return "".join(self._heard)

    def hear(self, chunk: str) -> None:
        """Take the next piece of the text and offer the steps that it completes."""
        self._heard.append(chunk)
        self._characters += len(chunk)
        if self._offer is None or self._characters > self._limits.bytes:
            return
        for element in self._scanner.feed(chunk):
            try:
                self._take(read_step(element, self._specs))
            except PlanError:
                # It is in the whole text too, where all problems are told at once.
                continue

    def finish(self, text: str) -> Plan:
        """Return the whole plan: what was offered, and what else the text holds.

        Raises:
            PlanError: With every problem of the text.
        """
        written = read_plan(text, self._tools, self._limits)
        steps = [*self.kept.values(), *self._rest(written)]
        plan = Plan(steps=steps, answer=written.answer)
        check_plan(plan, self._tools, self._limits)
        return plan

    def _take(self, step: Step) -> None:
        """Offer a step if it can start, and then those that waited for it."""
        pending = [step]
        while pending:
            step = pending.pop()
            if step.id in self.kept:
                continue
            needed = step.waits_for(step.references())
            missing = next((name for name in needed if name not in self.kept), None)
            if missing is not None:
                self._waiting.setdefault(missing, []).append(step)
            elif self._offer is not None and self._is_good(step, len(needed)):
                self.kept[step.id] = step
                self._offer(step)
                pending += reversed(self._waiting.pop(step.id, ()))

    def _is_good(self, step: Step, edges: int) -> bool:
        self._edges += edges
        if len(self.kept) >= self._limits.steps or self._edges > self._limits.edges:
            return False
        if any(size_problems(Plan(steps=[step]), self._limits)):
            return False
        try:
            check_step(step, self.kept, self._specs)
        except PlanError:
            return False
        return True

    def _rest(self, written: Plan) -> list[Step]:
        """Return what the text holds beside the steps that are kept.

        Raises:
            PlanError: It would change one of those.
        """
        kept, rest, problems = dict(self.kept), list[Step](), list[Problem]()
        for step in written.steps:
            before = kept.pop(step.id, None)
            if before is None:
                rest.append(step)
            elif before != step:
                remedy = "it already runs; leave it out, and give new steps new ids"
                problems.append(Problem(clip(step.id), "kept-step", step.id, remedy))
        if problems:
            raise PlanError(problems)
        return rest
