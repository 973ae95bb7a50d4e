"""Every seam of the library in one place.

Whoever plans, revises, runs a step or watches a run implements one of these; the
rest of the library knows them by nothing else.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dagplan.errors import Problem
from dagplan.events import BudgetReached, Event, ModelCalled, StepResult
from dagplan.frozen import setters
from dagplan.plan.model import Plan, Step
from dagplan.plan.revision import Revision
from dagplan.plan.toolspec import ToolSpec
from dagplan.policy import Wording

Observer = Callable[[Event], None]
"""Sees each event of a run. What it raises is logged once and never stops the run."""

Admit = Callable[[], Awaitable[None]]
"""Waits until one more request may go out, by the limits per minute and by what the
provider asks for. Each attempt at a step begins with one such request granted. Raises a
`BudgetError` once the run may spend no more."""


async def at_once() -> None:
    """Admit a request where nothing limits them."""


Wanted = Callable[[str], bool]
"""Tells of a step whether another one or the answer template refers to its value, or
may: the plan may still be being written."""


def always_wanted(step_id: str) -> bool:
    """Say that every value is referred to, where nobody knows a plan."""
    del step_id
    return True


Emit = Callable[[ModelCalled], None]
"""Tells the run of a model call.

Its times are those of `anyio.current_time()`; the run turns them into its own.
"""


@dataclass(frozen=True, slots=True)
class StepCall:
    """One attempt at a step.

    Attributes:
        id: Id of the step, or `id[0]` for an item of a `for_each` step.
        step: The step as it was planned.
        task: Its task with the references put in.
        args: Its arguments with the references put in.
        inputs: Values of its dependencies by id; None for one that failed and is
            optional. For an item of a `for_each` step also `item`. Values are those
            that other steps see, not copies: read them and leave them as they are.
        attempt: 1 for the first attempt.
        idempotency_key: The same for all attempts at this step, and for no other step
            of this or another run: what a provider may know a repeated request by.
        wanted: Tells whether another step or the answer template refers to the value
            of the step whose id it is given, or may.
        emit: Tells the run of a model call that this step makes.
        admit: Waits until one request more than the first may go out.
    """

    id: str
    step: Step
    task: str
    args: Mapping[str, object]
    inputs: Mapping[str, object]
    attempt: int
    idempotency_key: str
    wanted: Wanted
    emit: Emit
    admit: Admit = at_once

    def __init__(  # noqa: PLR0913, PLR0917 - a field each
        self,
        id: str,  # noqa: A002
        step: Step,
        task: str,
        args: Mapping[str, object],
        inputs: Mapping[str, object],
        attempt: int,
        idempotency_key: str,
        wanted: Wanted,
        emit: Emit,
        admit: Admit = at_once,
    ) -> None:
        (
            set_id,
            set_step,
            set_task,
            set_args,
            set_inputs,
            set_attempt,
            set_idempotency_key,
            set_wanted,
            set_emit,
            set_admit,
        ) = _CALL
        set_id(self, id)
        set_step(self, step)
        set_task(self, task)
        set_args(self, args)
        set_inputs(self, inputs)
        set_attempt(self, attempt)
        set_idempotency_key(self, idempotency_key)
        set_wanted(self, wanted)
        set_emit(self, emit)
        set_admit(self, admit)


_CALL = setters(StepCall)


class StepRunner(Protocol):
    """Runs one attempt at a step and returns its value."""

    async def __call__(self, call: StepCall, /) -> object:
        """Run the step; any `Exception` fails it and nothing else."""
        ...


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a planner is given.

    Attributes:
        question: The question to answer.
        tools: What steps may call.
        emit: Tells the run of a model call.
        admit: Waits until one request may go out.
        offer: Takes steps that may start while the rest is still being planned, each
            valid, after all that it depends on; None where nothing may start yet.
        kept: Steps that were offered before, when planning was cut off.
        may_ask: Whether the user can be asked one question first.
        wording: Who words the answer: `"template"` needs a plan with a template in
            which every value has a declared type, and `"model"` needs none.
    """

    question: str
    tools: Sequence[ToolSpec]
    emit: Emit
    admit: Admit = at_once
    offer: Callable[[Step], None] | None = None
    kept: Sequence[Step] = ()
    may_ask: bool = False
    wording: Wording = "auto"


class Planner(Protocol):
    """Turns a question into a plan."""

    async def plan(self, request: PlanRequest, /) -> Plan:
        """Return a plan that `check_plan` accepts.

        It holds every step that was offered, now or before, as it was offered.

        Raises:
            PlanError: No valid plan could be made.
            UnclearQuestionError: The user has to say something first. Where
                `request.may_ask` the user is asked, and the planner called again with a
                question that ends in what was asked and answered.
            QuestionError: The question cannot be planned.
            ModelError: The model could not be called.
        """
        ...


def _unchecked(revision: Revision) -> None:
    """Accept a revision; whoever applies it checks it in any case."""


@dataclass(frozen=True, slots=True)
class ReplanRequest:
    """What a replanner is given once nothing more can start, or while steps still run.

    Attributes:
        question: The question to answer.
        plan: The plan as it stands, revisions included.
        results: What became of each step, items of `for_each` steps included.
        tools: What steps may call.
        may_revise: False where the bound on revisions is reached: only an answer
            will do.
        emit: Tells the run of a model call.
        say: Takes the answer piece by piece as it is written.
        admit: Waits until one request may go out.
        still_running: Whether steps still run or wait. An answer then ends the run and
            cancels them; None lets them go on.
        kinds: Class name of the error of each step and item that failed, by id.
        problems: Why a revision that was decided upon could not be made after all: the
            steps went on while it was waited for.
        check: Raises `PlanError` with every problem that a revision has, as the steps
            stand when it is called.
        reached: The bounds of the run's budget that are reached. Where something is
            missing because of that, the answer says so.
    """

    question: str
    plan: Plan
    results: Mapping[str, StepResult]
    tools: Sequence[ToolSpec]
    may_revise: bool
    emit: Emit
    say: Callable[[str], None]
    admit: Admit = at_once
    still_running: bool = False
    kinds: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    check: Callable[[Revision], None] = _unchecked
    reached: Sequence[BudgetReached] = ()


class Replanner(Protocol):
    """Answers from what was found, or revises the plan to find more."""

    async def decide(self, request: ReplanRequest, /) -> Revision | str | None:
        """Return the answer's text, a revision, or None where nothing is to change now.

        An answer was also given to `request.say`, piece by piece. A revision is one
        that `request.check` accepts.

        Raises:
            PlanError: No valid revision could be made.
            ModelError: The model could not be called.
        """
        ...


class RunRecord(Protocol):
    """One run in a journal, owned by whoever opened it until it is closed."""

    @property
    def run_id(self) -> str:
        """Its id."""
        ...

    @property
    def events(self) -> Sequence[Event]:
        """What was recorded before it was opened, in order; empty for a new run."""
        ...

    async def append(self, events: Sequence[Event], /) -> None:
        """Record events, all of them or none, and return once no crash can undo that.

        Raises:
            JournalError: They could not be recorded.
        """
        ...

    async def close(self) -> None:
        """Give the run up; others may open it."""
        ...


class Journal(Protocol):
    """What survives a crash: the events of runs, each run by its id."""

    async def open(self, run_id: str, /) -> RunRecord:
        """Open a run, new or not, and own it.

        Raises:
            RunBusy: Somebody else owns it.
            JournalError: The journal cannot be read or written.
        """
        ...


class Archive(Journal, Protocol):
    """A journal that can be looked into, whoever owns its runs."""

    async def read(self, run_id: str, /) -> Sequence[Event]:
        """Return the events of a run.

        Raises:
            UnknownRunError: There is no such run.
            JournalError: The journal cannot be read.
        """
        ...

    async def run_ids(self, most: int | None = None, /) -> Sequence[str]:
        """Return the ids of the runs, the newest first, at most so many.

        Raises:
            JournalError: The journal cannot be read.
        """
        ...

    async def owner(self, run_id: str, /) -> object | None:
        """Return who goes on with a run just now; None if nobody does."""
        ...
