"""What only the user can say: whether a call may be made, or was made already."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, cast

from dagplan.agent.asking import answer_to
from dagplan.errors import (
    DagplanError,
    RunInDoubtError,
    SettingsError,
    UnclearQuestionError,
)
from dagplan.events import (
    Event,
    PlanApproved,
    PlanFinished,
    PlanParked,
    QuestionAsked,
    StepApproved,
    StepFailed,
    StepParked,
    StepSucceeded,
)
from dagplan.history import History, Past, difference
from dagplan.plan.digest import digest
from dagplan.plan.json_values import as_recorded
from dagplan.plan.load import load_plan
from dagplan.plan.model import Plan
from dagplan.plan.references import short
from dagplan.plan.toolspec import ToolSpec
from dagplan.scheduler import Execution, Run

Answer = bool | Mapping[str, object]
"""True, False, or `{"args": …}` for other arguments, `{"plan": …}` for another plan; of
a step in doubt `{"retry": True}` or `{"value": …}`."""

Word = Answer | str
"""An answer, or what the user says to a question of the planner."""

PLAN = "plan"
QUESTION = "question"
SIDE_EFFECTS = "side_effects"


class Approver(Protocol):
    """Asks the user while a run goes on; about several things at once, if need be."""

    async def plan(self, plan: Plan, /, *, may_edit: bool) -> bool | Plan:
        """Tell whether a plan may be run; where it may be edited, or which instead."""
        ...

    async def step(self, parked: StepParked, /) -> Answer:
        """Tell whether a call may be made: True, False, or `{"args": …}`."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """A run that waits for the user.

    Attributes:
        run_id: Its id.
        run: The run so far.
        plan_digest: Names the plan, where that is what waits; else None.
        parked: Calls that wait.
        in_doubt: Steps that may have been done.
        asked: What the planner asks before there is a plan, where that is what waits.
    """

    run_id: str
    run: Run
    plan_digest: str | None = None
    parked: Sequence[StepParked] = ()
    in_doubt: Sequence[Past] = ()
    asked: QuestionAsked | None = None

    def questions(self) -> list[dict[str, object]]:
        """Describe what waits in plain JSON, each with the digest to answer by."""
        asked: list[dict[str, object]] = []
        if self.asked is not None:
            asked.append(
                {
                    "digest": self.asked.digest,
                    "kind": QUESTION,
                    "question": self.asked.question,
                }
            )
        if self.plan_digest is not None:
            plan = self.run.plan.model_dump(mode="json", exclude_defaults=True)
            asked.append({"digest": self.plan_digest, "kind": "plan", "plan": plan})
        asked += [
            {
                "digest": each.digest,
                "kind": "step",
                "step": each.step_id,
                "tool": each.tool,
                "task": each.task,
                "args": dict(each.args),
            }
            for each in self.parked
        ]
        asked += [
            {"digest": past.digest, "kind": "in_doubt", "step": past.step_id}
            for past in self.in_doubt
        ]
        return asked

    def error(self) -> RunInDoubtError | UnclearQuestionError:
        """Return what to raise where nobody can be asked."""
        if self.asked is not None:
            return UnclearQuestionError(self.asked.question)
        return RunInDoubtError(self.run_id, [past.step_id for past in self.in_doubt])


Verdict = Literal["approved", "refused", "asked"]


class Consent:
    """What the user has to say while a run goes on.

    Args:
        execution: The run.
        approver: Asks the user; None pauses the run instead.
        plans: Whether plans are asked about.
    """

    def __init__(
        self, execution: Execution, approver: Approver | None, *, plans: bool
    ) -> None:
        self._execution = execution
        self._approver = approver
        self._plans = plans
        self._plan_digest: str | None = None

    @property
    def asks_later(self) -> bool:
        """Whether plans are asked about, but only when the run stops for it."""
        return self._plans and self._approver is None

    @property
    def is_asking(self) -> bool:
        """Whether the user is being asked about steps."""
        return self._approver is not None and any(
            node.status == "parked" for node in self._execution.held
        )

    async def plan(self, plan: Plan, *, may_edit: bool = False) -> tuple[Verdict, Plan]:
        """Tell whether a plan that was proposed may be run, or which one instead.

        Where nobody can be asked now, it waits.
        """
        if not self._plans:
            return "approved", plan
        execution, name = self._execution, plan_digest(plan)
        history = execution.history
        known = None if history is None else history.plan_decisions.get(name)
        if known is None and self._approver is not None:
            said = await self._approver.plan(plan, may_edit=may_edit)
            if isinstance(said, Plan):
                plan, known = said, True
                execution.propose(plan)
            else:
                known = said
            name = plan_digest(plan)
            execution.tell(PlanApproved(execution.now(), name, known))
        if known is None:
            self._plan_digest = name
            return "asked", plan
        return ("approved" if known else "refused"), plan

    async def ask_about_steps(self) -> None:
        """Ask about each call as it is parked, while everything else goes on."""
        if self._approver is None:
            return
        asked: set[str] = set()
        index = 0
        while (event := await self._execution.log.at(index)) is not None:
            index += 1
            if isinstance(event, StepParked) and event.digest not in asked:
                if not self._is_parked(event):
                    continue  # told before the run was resumed, and decided since
                asked.add(event.digest)
                execution = self._execution
                execution.tasks.start_soon(self._ask, self._approver, event)

    async def _ask(self, approver: Approver, event: StepParked) -> None:
        answer = await approver.step(event)
        execution = self._execution
        execution.approve(step_decision(event, answer, execution.now()))

    async def is_missing(self) -> bool:
        """Wait until nothing more can start; tell whether the user has to say more."""
        execution = self._execution
        while True:
            await execution.idle()
            if not self.is_asking:
                return bool(execution.held)
            await execution.decided()

    def say_what_waits(self) -> None:
        """Record that the plan waits, if it does; of a step that is recorded already."""
        if self._plan_digest is not None:
            execution = self._execution
            execution.tell(PlanParked(execution.now(), self._plan_digest))

    def waiting(self) -> tuple[str | None, Sequence[StepParked], Sequence[Past]]:
        """Return what waits: the plan by its digest, calls, steps in doubt."""
        if self._plan_digest is not None:
            return self._plan_digest, (), ()
        history = History.of(self._execution.log.events)
        names = {node.digest for node in self._execution.held}
        parked = [each for each in history.parked.values() if each.digest in names]
        return None, parked, [p for p in history.in_doubt() if p.digest in names]

    def _is_parked(self, event: StepParked) -> bool:
        return any(
            node.status == "parked" and node.digest == event.digest
            for node in self._execution.held
        )


def plan_digest(plan: Plan) -> str:
    """Name a plan, so that a changed one is asked about anew."""
    return digest(plan.model_dump(mode="json", exclude_defaults=True))


def decisions(
    history: History, answers: Mapping[str, Word], tools: Sequence[ToolSpec]
) -> list[Event]:
    """Return what the user's answers mean, as events; each reaches what it names.

    Args:
        history: The run that waits.
        answers: By digest.
        tools: What steps may call, to check an edited plan.

    Raises:
        SettingsError: Nothing waits for one of them, or it is no answer to that.
        PlanError: The edited plan cannot be run.
    """
    doubts = {past.digest: past for past in history.in_doubt()}
    # An answer that was recorded before a crash may come once more.
    known = {past.digest for past in history.steps.values()}
    known.update(history.decisions, history.plan_decisions)
    found: list[Event] = []
    for name, answer in answers.items():
        if name == history.parked_plan:
            found += _about_plan(history, name, answer, tools)
        elif name in history.parked:
            found.append(step_decision(history.parked[name], answer, history.at))
        elif history.asked is not None and name == history.asked.digest:
            # The first answer counts: by that the planner may have planned.
            if history.reply is None:
                found.append(answer_to(history.asked, answer, history.at))
        elif name in doubts:
            past = doubts[name]
            found.append(_doubt_event(past.step_id, answer, history.at, past.attempts))
        elif name not in known:
            asked = None if history.asked is None else history.asked.digest
            names = (asked, history.parked_plan, *history.parked, *doubts)
            waiting = filter(None, names)
            raise _unknown(name, waiting)
    return found


def problem_with(
    answers: object,
    questions: Sequence[Mapping[str, object]],
    tools: Sequence[ToolSpec],
) -> str | None:
    """Say on one line what is wrong with answers to questions; None if nothing is."""
    if not isinstance(answers, Mapping):
        return f"answer with {{digest: True or False}}, got {short(answers)}"
    asked = {question["digest"]: question for question in questions}
    try:
        for name, answer in answers.items():
            if name not in asked:
                raise _unknown(name, map(str, asked))
            _check_answer(asked[name], answer, tools)
    except DagplanError as error:
        return str(error)
    return None


def _check_answer(
    question: Mapping[str, object], answer: Word, tools: Sequence[ToolSpec]
) -> None:
    step = str(question.get("step", "the plan"))
    if question["kind"] == QUESTION:
        asked = QuestionAsked(0.0, str(question["digest"]), str(question["question"]))
        answer_to(asked, answer, 0.0)
    elif question["kind"] == "in_doubt":
        _doubt_event(step, answer, 0.0, 1)
    elif not isinstance(answer, Mapping):
        if not isinstance(answer, bool):
            raise _no_answer(step, answer, "True or False")
    elif question["kind"] == "plan":
        _edited_plan(answer, tools)
    else:
        _other_arguments(step, answer)


def _unknown(name: object, waiting: Iterable[str]) -> SettingsError:
    return SettingsError(
        f"nothing waits for an answer to {short(name)}; "
        f"what waits: {', '.join(waiting) or 'nothing'}"
    )


def step_decision(parked: StepParked, answer: Word, at: float) -> StepApproved:
    """Return what an answer about a call means.

    Raises:
        SettingsError: It is no answer to that.
    """
    args = None
    if isinstance(answer, str):
        raise _no_answer(parked.step_id, answer, "True or False")
    if isinstance(answer, Mapping):
        args = _other_arguments(parked.step_id, answer)
    approved = args is not None or bool(answer)
    return StepApproved(at, parked.step_id, parked.digest, approved, args)


def _other_arguments(step: str, answer: Mapping[str, object]) -> dict[str, object]:
    args = answer.get("args")
    if not isinstance(args, Mapping):
        raise _no_answer(step, answer, 'True, False or {"args": {…}}')
    found = as_recorded(dict(args), f"the answer about {step!r}")
    return cast("dict[str, object]", found)


def _about_plan(
    history: History, name: str, answer: Word, tools: Sequence[ToolSpec]
) -> list[Event]:
    if isinstance(answer, str):
        raise _no_answer("the plan", answer, "True or False")
    if not isinstance(answer, Mapping):
        return [PlanApproved(history.at, name, bool(answer))]
    plan = _edited_plan(answer, tools)
    return [
        PlanApproved(history.at, name, approved=False),
        difference(history.plan, plan, history.at),
        PlanFinished(history.at, plan.answer),
        PlanApproved(history.at, plan_digest(plan), approved=True),
    ]


def _edited_plan(answer: Mapping[str, object], tools: Sequence[ToolSpec]) -> Plan:
    edited = answer.get("plan")
    if not isinstance(edited, Mapping):
        raise _no_answer("the plan", answer, 'True, False or {"plan": {…}}')
    plan = load_plan(json.dumps(edited))
    plan.check(tools)
    return plan


def _doubt_event(step: str, answer: Word, at: float, attempts: int) -> Event:
    if isinstance(answer, Mapping) and "value" in answer:
        value = as_recorded(answer["value"], f"the answer about {step!r}")
        return StepSucceeded(at, step, value, attempts)
    if isinstance(answer, Mapping) and answer.get("retry") is True:
        text = "it was in doubt, and the user has it run again"
        return StepFailed(at, step, text, "InDoubt")
    raise _no_answer(step, answer, '{"retry": True} or {"value": …}')


def _no_answer(what: str, answer: object, wanted: str) -> SettingsError:
    return SettingsError(f"{short(answer)} is no answer about {what}; give {wanted}")
