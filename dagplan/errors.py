"""Every error that dagplan raises, as one tree.

    DagplanError
    ├── PlanError                 a plan or a revision breaks rules; `.problems` has all
    ├── SettingsError             what was configured cannot work
    │   ├── MissingKeyError       a provider's key is not set
    │   └── UnsupportedToolError  a tool that a plan's step could never call
    ├── QuestionError             the question cannot be planned
    │   ├── UnclearQuestionError  ... without an answer of the user
    │   └── UnsupportedQuestionError   ... by the rule-based planner
    ├── TemplateError             the plan's own wording cannot be the answer
    ├── ModelError                a call to a model failed
    ├── BudgetError               the run may spend no more, and this needed more
    ├── JournalError              a journal cannot be read or written
    │   ├── CorruptJournalError   ... since it does not hold what was written to it
    │   └── UnknownRunError       ... since it holds no run of that id
    ├── RunBusy                   somebody else goes on with that run
    ├── RunInDoubtError           only the user knows whether a step was done
    └── StepError                 why one step failed; it never stops its siblings
        ├── ToolError             the tool refused its arguments or raised
        ├── NotFoundError         ... because it knows no thing of that name
        ├── TaskLeftCancelledError   something cancelled its task; may be retried
        ├── RefusedError          the user did not approve of its call
        ├── UnrecordableValueError   the journal cannot hold the value
        ├── MissingValueError     a reference leads to nothing
        └── WrongValueError       the value is not what `returns` promises

Messages are one line: what is wrong, the value, and what to do about it. What a
program may want to act on is an attribute.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class DagplanError(Exception):
    """The root of every error that dagplan raises on purpose."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One rule that a plan breaks.

    Attributes:
        step: Id of the offending step; None where the plan as a whole is at fault.
        rule: The rule as a slug, e.g. ``"unknown-dependency"``.
        value: What was found, shortened to stay readable.
        remedy: What to write instead.
    """

    step: str | None
    rule: str
    value: str
    remedy: str

    def __str__(self) -> str:
        where = f"step {self.step!r}: " if self.step is not None else ""
        return f"{where}{self.rule}: {self.value}; {self.remedy}"


class PlanError(DagplanError):
    """A plan or a revision breaks rules of the plan language.

    Attributes:
        problems: All of them, in plan order.
        source: The text that was offered as a plan, where there was one.
    """

    def __init__(
        self, problems: Sequence[Problem], *, source: str | None = None
    ) -> None:
        self.problems = tuple(problems)
        self.source = source
        super().__init__(self.problems)

    def __str__(self) -> str:
        first = str(self.problems[0]) if self.problems else "unknown problem"
        more = len(self.problems) - 1
        tail = f" (and {more} more)" if more > 0 else ""
        return f"invalid plan: {first}{tail}"


class SettingsError(DagplanError):
    """What was configured cannot work; the message names the setting."""


class MissingKeyError(SettingsError):
    """A provider's key is not set.

    Attributes:
        variable: The environment variable that would hold it.
    """

    def __init__(self, message: str, *, variable: str) -> None:
        self.variable = variable
        super().__init__(message)


class UnsupportedToolError(SettingsError):
    """A tool that no step could call, e.g. one that wants injected arguments."""


class QuestionError(DagplanError):
    """The question cannot be planned: it is empty or too long."""


class UnclearQuestionError(QuestionError):
    """The planner has to ask the user something; raised where nobody can be asked.

    Attributes:
        asked: What it asks.
    """

    def __init__(self, asked: str) -> None:
        self.asked = asked
        super().__init__(
            f"to plan this question the planner has to know from you: {asked!r}; say "
            "it in the question, or give the agent a checkpointer and answer with "
            "Command(resume=…)"
        )


class UnsupportedQuestionError(QuestionError):
    """The rule-based planner cannot parse the question.

    Attributes:
        part: The part of the question that no rule matched.
    """

    def __init__(self, message: str, *, part: str) -> None:
        self.part = part
        super().__init__(message)


class TemplateError(DagplanError):
    """The plan's own wording cannot be the answer, and no model may be asked for one.

    Attributes:
        reason: Why it cannot.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"the answer cannot be taken from the plan's template: {reason}; "
            "answer='auto' has a model word it then"
        )


class ModelError(DagplanError):
    """A call to a model failed; the cause is chained.

    Attributes:
        role: ``"planner"``, ``"replanner"``, ``"reader"`` or ``"step"``.
        cut_off: Whether the model reached its token limit before it was done.
    """

    def __init__(self, message: str, *, role: str, cut_off: bool = False) -> None:
        self.role = role
        self.cut_off = cut_off
        super().__init__(message)


class BudgetError(DagplanError):
    """A run may spend no more, and what was to be done needed more.

    Attributes:
        bound: The bound that is reached, by its name in `Budget`.
    """

    def __init__(self, message: str, *, bound: str) -> None:
        self.bound = bound
        super().__init__(message)


class JournalError(DagplanError):
    """A journal cannot be read or written; what was recorded before is still there.

    Attributes:
        path: The file; None for a journal that is none.
    """

    def __init__(self, message: str, *, path: str | None = None) -> None:
        self.path = path
        super().__init__(message)


class CorruptJournalError(JournalError):
    """A journal does not hold what was written to it; nothing of it was taken over."""


class UnknownRunError(JournalError):
    """A journal holds no run of that id.

    Attributes:
        run_id: The id.
    """

    def __init__(self, message: str, *, run_id: str, path: str | None = None) -> None:
        self.run_id = run_id
        super().__init__(message, path=path)


class RunBusy(DagplanError):  # noqa: N818 - a state of affairs rather than a fault
    """Somebody else goes on with that run just now.

    Attributes:
        run_id: The run.
        pid: Process that does; None while it is not known yet.
        host: Its machine; None while it is not known yet.
    """

    def __init__(
        self, run_id: str, *, pid: int | None = None, host: str | None = None
    ) -> None:
        self.run_id = run_id
        self.pid = pid
        self.host = host
        owner = f"process {pid} on {host}" if pid is not None else "another process"
        super().__init__(
            f"run {run_id!r} is being run by {owner}; wait for it or end it first"
        )


class RunInDoubtError(DagplanError):
    """Steps with side effects had begun when a run was cut off.

    Nobody but the user can tell whether they were done.

    Attributes:
        run_id: The run.
        steps: Their ids.
    """

    def __init__(self, run_id: str, steps: Sequence[str]) -> None:
        self.run_id = run_id
        self.steps = tuple(steps)
        named = ", ".join(map(repr, self.steps))
        super().__init__(
            f"run {run_id!r} was cut off while {named} ran, with effects that may or "
            "may not have come about; say for each whether to run it again or what it "
            "found (dagplan.journal.settle, or dagplan resume with --retry or --accept)"
        )


class StepError(DagplanError):
    """Why one step failed."""


class ToolError(StepError):
    """A tool refused its arguments or raised."""


class NotFoundError(ToolError):
    """A tool knows no thing of that name.

    Attributes:
        kind: What was looked up, e.g. ``"country"``.
        name: The name that was asked for.
        nearest: Known names that resemble it, best first.
    """

    def __init__(self, kind: str, name: str, nearest: Sequence[str] = ()) -> None:
        self.kind = kind
        self.name = name
        self.nearest = tuple(nearest)
        hint = (
            f"did you mean {' or '.join(map(repr, self.nearest))}?"
            if self.nearest
            else "check the spelling"
        )
        super().__init__(f"no {kind} named {name!r}; {hint}")


class TaskLeftCancelledError(StepError):
    """Something that is no part of the run cancelled the task in which a step ran."""


class RefusedError(StepError):
    """The user did not approve of a step's call."""


class UnrecordableValueError(StepError):
    """A step returned what a journal cannot hold, so that no crash would leave it."""


class MissingValueError(StepError):
    """A reference leads to nothing: the value has no such key or index."""


class WrongValueError(StepError):
    """A value is not of the type that the step's `returns` promises."""
