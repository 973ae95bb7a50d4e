"""From a plan that runs to its answer: wait, revise while the rest goes on, answer."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from dagplan.agent.approval import Consent
from dagplan.agent.news import News
from dagplan.agent.outcome import Outcome, answered, paused
from dagplan.agent.standing import standing
from dagplan.agent.wording import Said, answer_of
from dagplan.errors import BudgetError, ModelError, PlanError, Problem
from dagplan.events import Revised, StepFailed
from dagplan.plan.digest import digest
from dagplan.plan.limits import PlanLimits
from dagplan.plan.model import Plan, Step
from dagplan.plan.revision import Revision, revised
from dagplan.plan.toolspec import ToolSpec
from dagplan.policy import Budget, Replan, Wording
from dagplan.protocols import Replanner, ReplanRequest
from dagplan.scheduler import Execution

logger = logging.getLogger("dagplan")

Moment = Literal["idle", "news", "held"]
"""Nothing more can start; or steps ended while others go on; or only the user can say
how it goes on."""

_REPLANNER = "(replanner)"  # who calls models, for the limits of their providers
_STALE = 2
"""How often a revision that came too late goes back with all its problems."""
_NO_REVISION = Problem(
    None, "no-revision", "a revision beyond the bound", "answer from what there is"
)


@dataclass(frozen=True, slots=True)
class Replanning:
    """How a run comes to its answer.

    Attributes:
        replanner: Answers, or revises the plan.
        tools: What steps may call.
        when: When it may revise.
        budget: How often it may.
        wording: Who words the answer.
    """

    replanner: Replanner
    tools: Sequence[ToolSpec]
    when: Replan = "idle"
    budget: Budget = field(default_factory=Budget)
    wording: Wording = "auto"


class Revising:
    """Sees a plan that has begun to its answer.

    The replanner is asked while steps run, and they run on while it thinks. What it
    decides is checked against the steps as they stand when it is applied, and then
    applied as one event: a revision is made as a whole or not at all.

    Args:
        replanning: Who revises, and when.
        execution: The run.
        consent: What the user has to say.
        question: The question.
        plan: The plan that has begun.
    """

    def __init__(
        self,
        replanning: Replanning,
        execution: Execution,
        consent: Consent,
        question: str,
        plan: Plan,
    ) -> None:
        self._replanning = replanning
        self._execution = execution
        self._consent = consent
        self._question = question
        self._plan = plan
        history = execution.history
        self._revisions = 0 if history is None else history.replans
        # What was decided before, so that nothing is decided in circles.
        self._earlier = {
            _signature((*event.added, *event.redefined), event.dropped)
            for event in execution.log.events
            if isinstance(event, Revised)
        }
        self._ended = replanning.when == "never"
        # Where no model may word the answer, none is asked at all.
        self._asks_early = replanning.wording != "template"
        self._problems: tuple[Problem, ...] = ()
        self._stale = 0
        self._news = News(execution, replanning.when)

    async def answer(self) -> Outcome:
        """Wait, revise and answer.

        Raises:
            PlanError: The replanner found no valid revision.
            ModelError: It could not be called when nothing more could start.
            TemplateError: No model may word the answer, and the plan cannot.
            JournalError: What happens cannot be recorded.
        """
        execution = self._execution
        execution.tasks.start_soon(self._news.watch)
        while True:
            moment = await self._moment()
            if moment == "held":
                await execution.over()
                return await paused(execution, self._consent, self._plan)
            if moment == "idle" and (text := self._own_words()) is not None:
                execution.say(text)
                return await answered(execution, self._plan, text)
            outcome = await self._ask(still_running=moment == "news")
            if outcome is not None:
                return outcome

    # Waiting

    async def _moment(self) -> Moment:
        """Wait until the replanner has to be asked, or the user."""
        execution = self._execution
        while True:
            await execution.idle(unless=self._is_news)
            waits = bool(execution.held)
            if self._is_news() and (waits or not execution.is_idle):
                return "news"
            if not waits:
                return "idle"
            if not self._consent.is_asking:
                return "held"
            await execution.decided()

    def _is_news(self) -> bool:
        # Where no revision is possible there is nothing to ask before all is known.
        return self._asks_early and self._may_revise and self._news.is_there()

    @property
    def _may_revise(self) -> bool:
        if self._ended or self._execution.budget.reached:
            return False
        return self._revisions < self._replanning.budget.replans

    def _own_words(self) -> str | None:
        results, replanning = self._execution.results(), self._replanning
        return answer_of(self._plan, results, replanning.tools, replanning.wording)

    # Asking

    async def _ask(self, *, still_running: bool) -> Outcome | None:
        """Ask the replanner and do what it decides; None where the run goes on."""
        may_revise = self._may_revise
        self._news.considered()
        try:
            decision = await self._decide(still_running=still_running)
        except BudgetError:
            if not may_revise:
                raise
            # It may still answer, once nothing runs any more: that comes on top.
            return None
        except ModelError as error:
            if not still_running:
                raise
            # What runs is worth more than an early word: it is asked again when nothing
            # more can start, and must answer then.
            self._asks_early = False
            logger.warning("the replanner was not heard while steps ran: %s", error)
            return None
        if isinstance(decision, str):
            return await answered(self._execution, self._plan, decision)
        # It may have thought for so long, or for so much, that the budget is spent.
        too_late = may_revise and not self._may_revise
        if too_late or (decision is None and still_running):
            return None
        if not may_revise:
            raise PlanError([_NO_REVISION])
        if decision is None or self._changes_nothing(decision):
            # It would be asked for again for ever.
            self._ended = True
            return None
        return await self._revise(decision)

    async def _decide(self, *, still_running: bool) -> Revision | str | None:
        execution, replanning = self._execution, self._replanning
        requests, said = execution.requests, Said(execution.say)
        problems, self._problems = self._problems, ()
        may_revise = self._may_revise
        request = ReplanRequest(
            question=self._question,
            plan=self._plan,
            results=execution.results(),
            tools=replanning.tools,
            may_revise=may_revise,
            emit=execution.emit,
            say=said,
            admit=partial(requests.admit, _REPLANNER, on_top=not may_revise),
            still_running=still_running,
            kinds={
                event.step_id: event.kind
                for event in execution.log.events
                if isinstance(event, StepFailed)
            },
            problems=problems,
            check=self._check,
            reached=execution.budget.reached,
        )
        decide = partial(replanning.replanner.decide, request)
        return await requests.insist(_REPLANNER, decide, may_repeat=said.nothing)

    # Revising

    def _check(self, revision: Revision) -> None:
        if not self._changes_nothing(revision):
            self._revised(revision)

    def _changes_nothing(self, revision: Revision) -> bool:
        known = {step.id: step for step in self._plan.steps}
        return _signature(revision.steps, revision.drop) in self._earlier or (
            not revision.drop
            and all(known.get(step.id) == step for step in revision.steps)
        )

    def _revised(self, revision: Revision) -> Plan:
        """Return the plan that a revision would make of this one now.

        Raises:
            PlanError: As the steps stand, it cannot be made.
        """
        tools = self._replanning.tools
        execution, plan = self._execution, self._plan
        effects = {tool.name for tool in tools if tool.side_effects}
        settled, running = standing(execution, plan, effects)
        return revised(plan, revision, settled, tools, PlanLimits(), running=running)

    async def _revise(self, revision: Revision) -> Outcome | None:
        """Change the plan if the user lets it be changed and the steps still do."""
        execution, consent = self._execution, self._consent
        try:
            changed = self._revised(revision)
            if consent.asks_later:
                # Nobody can be asked now, so everything else goes on first.
                await execution.over()
                changed = self._revised(revision)
            verdict, _ = await consent.plan(changed)
            changed = self._revised(revision)
        except PlanError as error:
            self._too_late(error)
            return None
        if verdict == "refused":
            self._ended = True
            return None
        if not self._may_revise:
            return None  # the user took until the budget was spent
        # From here on nothing is waited for: what was checked is what is changed.
        change = execution.propose_change(self._plan, revision)
        if verdict == "asked":
            return await paused(execution, consent, changed)
        execution.change(change)
        self._plan = changed
        self._revisions += 1
        self._stale = 0
        self._earlier.add(_signature(revision.steps, revision.drop))
        return None

    def _too_late(self, error: PlanError) -> None:
        """Have the replanner asked again, told why its revision cannot be made.

        Raises:
            PlanError: It was told twice already.
        """
        self._stale += 1
        if self._stale > _STALE:
            raise error
        self._problems = error.problems
        self._news.again()


def _signature(steps: Iterable[Step], dropped: Iterable[str]) -> str:
    """Name a change, so that it is known again in whatever order it is written."""
    written = {step.id: step.model_dump(mode="json") for step in steps}
    return digest([written, sorted(set(dropped))])
