"""One question, from plan to answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from dagplan.errors import PlanError, Problem, QuestionError, StepError
from dagplan.events import StepResult
from dagplan.plan.check import value_type
from dagplan.plan.limits import PlanLimits
from dagplan.plan.model import Plan
from dagplan.plan.references import fill, find, is_unicode, resolve
from dagplan.plan.returns import follow
from dagplan.plan.revision import Revision, revised
from dagplan.plan.toolspec import ToolSpec
from dagplan.policy import Budget, Limits
from dagplan.protocols import (
    Observer,
    Planner,
    PlanRequest,
    Replanner,
    ReplanRequest,
    StepRunner,
)
from dagplan.scheduler import Execution, Run, Throttle, open_execution
from dagplan.scheduler.executor import RunSettings, some_chance
from dagplan.scheduler.rules import Rules

MOST_CHARACTERS = 100_000
"""Longest question, in characters."""


# Who calls models beside the steps, for the limits of their providers.
_PLANNER = "(planner)"
_REPLANNER = "(replanner)"

_NO_REVISION = Problem(
    None, "no-revision", "a revision beyond the bound", "answer from what there is"
)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question and its answer.

    Attributes:
        response: The answer.
        run: The plan as it was run, results, events and report.
    """

    response: str
    run: Run


@dataclass(frozen=True)
class Agent:
    """What answers questions.

    Attributes:
        planner: Writes the plan.
        replanner: Answers, or revises the plan.
        run_step: Runs one attempt at a step.
        tools: What steps may call.
        limits: How much may happen at once; a `Throttle` is shared with other runs.
        rules: By which policies steps are retried, timed out and hedged.
        budget: How often the plan may be revised.
    """

    planner: Planner
    replanner: Replanner
    run_step: StepRunner
    tools: Sequence[ToolSpec] = ()
    limits: Limits | Throttle = field(default_factory=Limits)
    rules: Rules = field(default_factory=lambda: Rules(some_chance()))
    budget: Budget = field(default_factory=Budget)

    async def answer(self, question: str, observer: Observer | None = None) -> Answered:
        """Plan, run, revise and answer.

        Args:
            question: The question.
            observer: Sees each event of the run.

        Raises:
            QuestionError: The question is empty, too long, or cannot be planned.
            PlanError: The planner or replanner found no valid plan.
            ModelError: A model could not be called.
        """
        check_question(question)
        settings = RunSettings(self.limits, question, observer, self.rules)
        async with open_execution(self.run_step, settings) as execution:
            asked = PlanRequest(
                question, self.tools, execution.emit, partial(execution.admit, _PLANNER)
            )
            plan = await execution.insist(_PLANNER, lambda: self.planner.plan(asked))
            execution.plan(plan)
            plan, response = await self._finish(execution, question, plan)
            await execution.over()
            execution.finish("answered")
        return Answered(response, Run(plan, execution.results(), execution.log.events))

    async def run(self, plan: Plan, observer: Observer | None = None) -> Answered:
        """Run a plan that was written before, and answer from its template if it can.

        Args:
            plan: The plan; checked against the tools first.
            observer: Sees each event of the run.

        Raises:
            PlanError: The plan cannot be run.
        """
        plan.check(self.tools)
        settings = RunSettings(self.limits, "", observer, self.rules)
        async with open_execution(self.run_step, settings) as execution:
            execution.plan(plan)
            await execution.over()
            response = template_answer(plan, execution.results(), self.tools) or ""
            if response:
                execution.say(response)
            execution.finish("answered" if response else "failed")
        return Answered(response, Run(plan, execution.results(), execution.log.events))

    async def _finish(
        self, execution: Execution, question: str, plan: Plan
    ) -> tuple[Plan, str]:
        """Answer once nothing more can start, or revise and go on."""
        revisions = 0
        changes = True
        while True:
            await execution.idle()
            results = execution.results()
            if (text := template_answer(plan, results, self.tools)) is not None:
                execution.say(text)
                return plan, text
            asked_to_revise = changes and revisions < self.budget.replans
            said = _Said(execution.say)
            request = ReplanRequest(
                question=question,
                plan=plan,
                results=results,
                tools=self.tools,
                may_revise=asked_to_revise,
                emit=execution.emit,
                say=said,
                admit=partial(execution.admit, _REPLANNER),
            )
            decide = partial(self.replanner.decide, request)
            decision = await execution.insist(
                _REPLANNER, decide, may_repeat=said.nothing
            )
            if isinstance(decision, str):
                return plan, decision
            if not asked_to_revise:
                raise PlanError([_NO_REVISION])
            changed = self._revised(plan, decision, results)
            # A revision that changes nothing would be asked for again for ever.
            changes = changed.steps != plan.steps
            if changes:
                execution.revise(plan, decision)
                plan = changed
                revisions += 1

    def _revised(
        self, plan: Plan, revision: Revision, results: Mapping[str, StepResult]
    ) -> Plan:
        settled = {k: r.value for k, r in results.items() if r.status == "succeeded"}
        return revised(plan, revision, settled, self.tools, PlanLimits())


class _Said:
    """Hands the pieces of an answer on, and knows whether there were any."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._anything = False

    def __call__(self, text: str) -> None:
        self._anything = True
        self._say(text)

    def nothing(self) -> bool:
        """Tell whether nothing was said yet: what was cannot be taken back."""
        return not self._anything


def check_question(question: str) -> None:
    """Refuse a question that no planner could take.

    Raises:
        QuestionError: It is empty or too long.
    """
    if not isinstance(question, str):
        raise QuestionError(
            f"the question is a {type(question).__name__}; write it as text"
        )
    if not is_unicode(question):
        raise QuestionError("the question holds half a character; write whole ones")
    if not question.strip():
        raise QuestionError("the question is empty; ask one")
    if len(question) > MOST_CHARACTERS:
        raise QuestionError(
            f"the question has {len(question):,} characters; "
            f"keep it under {MOST_CHARACTERS:,}"
        )


def template_answer(
    plan: Plan, results: Mapping[str, StepResult], tools: Sequence[ToolSpec]
) -> str | None:
    """Fill in the plan's answer template, where that says all there is to say.

    Only if every step succeeded and every value in the template is of a declared type:
    otherwise the wording was chosen without knowing what it would be about.
    """
    if plan.answer is None or not plan.answer.strip():
        return None
    if any(result.status != "succeeded" for result in results.values()):
        return None
    specs = {tool.name: tool for tool in tools}
    types = {step.id: value_type(step, specs) for step in plan.steps}
    try:
        for ref in find(plan.answer):
            if follow(types[ref.step], ref.path) is None:
                return None
            if resolve(results[ref.step].value, ref) is None:
                return None
        return fill(plan.answer, lambda ref: resolve(results[ref.step].value, ref))
    except StepError:
        # Such as the first of an empty list: only a model can say that in words.
        return None
