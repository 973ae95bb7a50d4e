"""One question, from plan to answer."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from dagplan.agent.approval import (
    Approver,
    Consent,
    Word,
    decisions,
)
from dagplan.agent.asking import Asker, Inquiry
from dagplan.agent.outcome import Answered, Outcome, paused, stopped, unplanned
from dagplan.agent.revising import Replanning, Revising
from dagplan.agent.within import planned
from dagplan.agent.wording import check_question, template_answer
from dagplan.errors import PlanError, Problem, QuestionError, SettingsError
from dagplan.events import Event
from dagplan.history import History
from dagplan.plan.model import Plan, Step
from dagplan.plan.references import short
from dagplan.plan.toolspec import ToolSpec
from dagplan.policy import Budget, Limits, Replan, Wording
from dagplan.protocols import (
    Observer,
    Planner,
    PlanRequest,
    Replanner,
    RunRecord,
    StepRunner,
)
from dagplan.scheduler import (
    Execution,
    Run,
    RunSettings,
    Throttle,
    open_execution,
)
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.settings import some_chance

_PLANNER = "(planner)"  # who calls models, for the limits of their providers


@dataclass(frozen=True)
class Invocation:
    """What comes with one call of an agent.

    Attributes:
        observer: Sees each event of the run.
        record: Where the run is recorded; what it holds is not done again.
        answers: What the user says to what the run waits for, by digest.
        note: Kept with the record of a new run.
        past: What happened in a run that was recorded nowhere else.
    """

    observer: Observer | None = None
    record: RunRecord | None = None
    answers: Mapping[str, Word] = field(default_factory=dict)
    note: Mapping[str, object] = field(default_factory=dict)
    past: Sequence[Event] = ()

    async def before(self, tools: Sequence[ToolSpec]) -> Sequence[Event]:
        """Return what is recorded of the run, with what the user says to it.

        Raises:
            SettingsError: Nothing waits for one of the answers.
            JournalError: They cannot be recorded.
        """
        record = self.record
        before = self.past if record is None else record.events
        if record is not None and self.past and not before:
            before = self.past
            await record.append(before)
        if not (self.answers and before):
            return before
        said = decisions(History.of(before), self.answers, tools)
        if said and record is not None:
            await record.append(said)
        return [*before, *said]


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
        budget: How much a run may spend, and how often it may revise its plan.
        replan: When the replanner may revise it.
        wording: Who words the answer.
        approves_plan: Whether the user approves of a plan before anything of it runs.
        approver: Asks the user while the run goes on; without one the run pauses where
            only the user can say how it goes on.
        asker: Puts the planner's question to the user, likewise.
    """

    planner: Planner
    replanner: Replanner
    run_step: StepRunner
    tools: Sequence[ToolSpec] = ()
    limits: Limits | Throttle = field(default_factory=Limits)
    rules: Rules = field(default_factory=lambda: Rules(some_chance()))
    budget: Budget = field(default_factory=Budget)
    replan: Replan = "idle"
    wording: Wording = "auto"
    approves_plan: bool = False
    approver: Approver | None = None
    asker: Asker | None = None

    async def answer(
        self, question: str, invocation: Invocation = Invocation()
    ) -> Outcome:
        """Plan, run, revise and answer, or go on where that was cut off.

        Args:
            question: The question; of a run that is resumed it may be left empty.
            invocation: Who looks on, where the run is recorded, what the user says.

        Raises:
            QuestionError: The question is empty, too long, or cannot be planned; or the
                run was begun with another one.
            PlanError: The planner or replanner found no valid plan.
            ModelError: A model could not be called.
            BudgetError: The budget was spent before there was anything to answer from.
            TemplateError: No model may word the answer, and the plan cannot.
            SettingsError: Nothing waits for one of the user's answers.
            JournalError: What happens cannot be recorded.
        """
        before = await invocation.before(self.tools)
        history = History.of(before) if before else None
        if history is None:
            check_question(question)
        else:
            question = _same_question(question, history)
            if history.outcome == "answered":
                run = Run(history.plan, history.results(), before)
                return Answered(history.response or "", run)
        settings = self._settings(invocation, question, before)
        async with open_execution(self.run_step, settings) as execution:
            consent = Consent(execution, self.approver, plans=self.approves_plan)
            execution.tasks.start_soon(consent.ask_about_steps)
            inquiry = Inquiry(execution, self.asker, question)
            plan = await inquiry.planned(partial(self._plan, execution))
            if plan is None:
                return await unplanned(execution, inquiry)
            return await self._finish(execution, consent, inquiry.question, plan)

    async def run(self, plan: Plan, invocation: Invocation = Invocation()) -> Outcome:
        """Run a plan that was written before, and answer from its template if it can.

        Args:
            plan: The plan; checked against the tools first.
            invocation: As for `answer`.

        Raises:
            PlanError: The plan cannot be run.
            JournalError: What happens cannot be recorded.
        """
        plan.check(self.tools)
        before = await invocation.before(self.tools)
        settings = self._settings(invocation, "", before)
        async with open_execution(self.run_step, settings) as execution:
            consent = Consent(execution, self.approver, plans=self.approves_plan)
            execution.tasks.start_soon(consent.ask_about_steps)
            execution.propose(plan)
            verdict, plan = await consent.plan(plan, may_edit=True)
            if verdict != "approved":
                return await stopped(execution, consent, plan, verdict)
            execution.plan(plan)
            if await consent.is_missing():
                await execution.over()
                return await paused(execution, consent, plan)
            await execution.over()
            response = template_answer(plan, execution.results(), self.tools) or ""
            if response:
                execution.say(response)
            await execution.finish("answered" if response else "failed", response)
        return Answered(response, Run(plan, execution.results(), execution.log.events))

    def _settings(
        self, invocation: Invocation, question: str, before: Sequence[Event]
    ) -> RunSettings:
        return RunSettings(
            self.limits,
            question,
            invocation.observer,
            replace(self.rules, budget=self.budget),
            invocation.record,
            before,
            invocation.note,
        )

    async def _plan(
        self, execution: Execution, question: str, /, *, may_ask: bool
    ) -> Plan:
        """Return the plan of the run: the recorded one, else a new one.

        Its steps start while it is being written, unless the user approves of it first.
        """
        history, requests = execution.history, execution.requests
        budget = execution.budget
        if history is not None and history.planned:
            return self._known(history.plan)
        kept: list[Step] = []

        def offer(step: Step) -> None:
            kept.append(step)
            execution.offer(step)

        if history is not None and not self.approves_plan:
            for step in self._known(history.plan).steps:
                offer(step)

        def work() -> Awaitable[Plan]:
            # What was offered when planning was cut off is not asked for again.
            asked = PlanRequest(
                question,
                self.tools,
                execution.emit,
                partial(requests.admit, _PLANNER),
                None if self.approves_plan else offer,
                tuple(kept),
                may_ask,
                self.wording,
            )
            return self.planner.plan(asked)

        def insist() -> Awaitable[Plan]:
            return requests.insist(_PLANNER, work, lambda: not budget.reached)

        plan = await planned(execution, insist, kept)
        _require_kept(plan, kept)
        return plan

    def _known(self, plan: Plan) -> Plan:
        """Return the plan of a run that goes on.

        Raises:
            SettingsError: It calls tools that are not there any more.
        """
        names = {tool.name for tool in self.tools}
        for step in plan.steps:
            if step.tool is not None and step.tool not in names:
                raise SettingsError(
                    f"step {step.id!r} of this run calls tool {step.tool!r}, which is "
                    "not there; go on with the tools that the run was begun with"
                )
        return plan

    async def _finish(
        self, execution: Execution, consent: Consent, question: str, plan: Plan
    ) -> Outcome:
        """Run the plan, and answer or revise it."""
        execution.propose(plan)
        verdict, plan = await consent.plan(plan, may_edit=True)
        if verdict != "approved":
            return await stopped(execution, consent, plan, verdict)
        execution.plan(plan)
        replanning = Replanning(
            self.replanner, self.tools, self.replan, self.budget, self.wording
        )
        return await Revising(replanning, execution, consent, question, plan).answer()


def _require_kept(plan: Plan, kept: Sequence[Step]) -> None:
    """Refuse a plan that changes what has begun.

    Raises:
        PlanError: A planner of the user's offered a step and then planned another.
    """
    steps = {step.id: step for step in plan.steps}
    remedy = "return every step that was offered, as it was offered"
    changed = [step.id for step in kept if steps.get(step.id) != step]
    if changed:
        problems = [Problem(name, "kept-step", repr(name), remedy) for name in changed]
        raise PlanError(problems)


def _same_question(question: str, history: History) -> str:
    """Return the question of a run that is resumed.

    Raises:
        QuestionError: It was begun with another one.
    """
    if question and question != history.question:
        raise QuestionError(
            f"this run was begun with another question, {short(history.question)}; "
            "ask that one, or give the new question a new run id"
        )
    return history.question
