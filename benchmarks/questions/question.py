"""A question with all that is known of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import anyio

from dagplan import Plan, Step, StepCall, execute_plan
from dagplan.plan.references import fill, find, interpolate, resolve
from dagplan.steps import PlannedStepRunner
from dagplan.tools.spec import by_name

from .tools import local_tools

SEARCH, CALCULATE = "web_search", "calculate"


@dataclass(frozen=True)
class Question:
    """A question, the plan that a perfect model writes for it, and the answer.

    Attributes:
        id: A short name.
        text: The question.
        plan: Its steps, one for each search and calculation; those that search and are
            referred to say what they return. Its `answer` is None where the wording
            depends on what is found.
        values: The value of each step.
        answer: The answer that is expected, word for word.
        written: The plan that a perfect model writes in dagplan's format. It may make
            several searches of one step, once per item of a list.
    """

    id: str
    text: str
    plan: Plan
    values: Mapping[str, object]
    answer: str
    written: Plan

    @cached_property
    def searches(self) -> Mapping[str, Step]:
        """The steps that search, by id."""
        return {step.id: step for step in self.plan.steps if step.tool == SEARCH}

    @cached_property
    def works(self) -> Mapping[str, Step]:
        """The steps that everybody makes, by id: those that search and calculate.

        To put what was found in order is left to whoever answers; dagplan has a tool
        for that too.
        """
        return {s.id: s for s in self.plan.steps if s.tool in (SEARCH, CALCULATE)}

    @cached_property
    def queries(self) -> Mapping[str, str]:
        """What each search asks once its references are put in, by id."""
        return {name: self._filled(step) for name, step in self.searches.items()}

    @cached_property
    def expressions(self) -> Mapping[str, str]:
        """What is to be calculated once its references are put in, by id."""
        steps = self.works.items()
        return {n: self._filled(step) for n, step in steps if step.tool == CALCULATE}

    @cached_property
    def passages(self) -> Mapping[str, str]:
        """What each of them finds, by id; no two are alike."""
        return {
            name: f"{query[:1].upper()}{query[1:]}: {shown(self.values[name])}."
            for name, query in self.queries.items()
        }

    @cached_property
    def leaves(self) -> list[str]:
        """The ids of the works on which no other of them depends."""
        needed = {name for step in self.works.values() for name in step.dependencies()}
        return [name for name in self.works if name not in needed]

    @cached_property
    def layers(self) -> list[list[str]]:
        """The ids of the steps that search, level by level."""
        level: dict[str, int] = {}
        for name, step in self.searches.items():
            needs = step.dependencies()
            level[name] = 1 + max((level[need] for need in needs), default=-1)
        rows: list[list[str]] = [[] for _ in range(1 + max(level.values()))]
        for name, place in level.items():
            rows[place].append(name)
        return rows

    @property
    def is_parallel(self) -> bool:
        """Whether two of its searches can run at the same time."""
        return any(len(row) > 1 for row in self.layers)

    def _filled(self, step: Step) -> str:
        text = template(step)
        return interpolate(text, lambda ref: resolve(self.values[ref.step], ref))


def template(step: Step) -> str:
    """Return what a step asks or calculates, its references as they stand."""
    return str(step.args["query" if step.tool == SEARCH else "expression"])


def shown(value: object) -> str:
    """Write a value as a page would: text as it is, numbers in full."""
    return value if isinstance(value, str) else str(value)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a question is made of.

    Attributes:
        id: A short name.
        text: The question.
        steps: One for each search and calculation, without types.
        facts: What each search finds, by step id.
        answer: The answer, with references to steps.
        worded: Whether a plan can word it before anything is found.
        grouped: The steps of a plan that makes several searches of one step, with ids
            of their own; None if it is written like `steps`.
        grouped_answer: The answer with references to those.
    """

    id: str
    text: str
    steps: Sequence[Step]
    facts: Mapping[str, object]
    answer: str
    worded: bool
    grouped: Sequence[Step] | None = None
    grouped_answer: str | None = None

    def question(self) -> Question:
        """Work everything out."""
        plan = _plan(self.steps, self.answer if self.worded else None, self._kind_of)
        searches_only = len(self.facts) == len(plan.steps)
        values = self.facts if searches_only else anyio.run(_values, plan, self.facts)
        answer = fill(self.answer, lambda ref: resolve(values[ref.step], ref))
        written = plan
        if self.grouped is not None:
            words = (self.grouped_answer or self.answer) if self.worded else None
            written = _plan(self.grouped, words, lambda _: "number")
        return Question(self.id, self.text, plan, values, answer, written)

    def _kind_of(self, name: str) -> str:
        return "text" if isinstance(self.facts[name], str) else "number"


def _plan(
    steps: Sequence[Step], answer: str | None, kind_of: Callable[[str], str]
) -> Plan:
    """Make a plan in which searches say what they return where that is needed."""
    named = {ref.step for step in steps for ref in step.references()}
    named |= {ref.step for ref in find(answer or "")}
    typed = [
        step.model_copy(update={"returns": kind_of(step.id)})
        if step.tool == SEARCH and step.id in named
        else step
        for step in steps
    ]
    return Plan(steps=typed, answer=answer)


async def _values(plan: Plan, facts: Mapping[str, object]) -> dict[str, object]:
    """Work out every step from what the searches find."""
    runner = PlannedStepRunner(by_name(local_tools()))

    async def run_step(call: StepCall) -> object:
        return facts[call.id] if call.step.tool == SEARCH else await runner(call)

    run = await execute_plan(plan, run_step)
    failed = {k: r.error for k, r in run.results.items() if r.status != "succeeded"}
    assert not failed, failed
    return {name: result.value for name, result in run.results.items()}
