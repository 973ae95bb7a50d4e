"""What waits for the user, and what the user has said."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StepParked:
    """A step that could start waits for the user to approve of its call.

    Attributes:
        at: Seconds since the run began.
        step_id: The step.
        digest: Names the very call; another one is asked for anew.
        tool: The tool that it would call; None for an agent step.
        task: Its task with the references put in.
        args: Its arguments with the references put in.
    """

    at: float
    step_id: str
    digest: str
    tool: str | None
    task: str
    args: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StepApproved:
    """The user has decided about a parked step.

    Attributes:
        at: Seconds since the run began.
        step_id: The step.
        digest: The call that was decided about.
        approved: Whether it may start; if not, it fails.
        args: Arguments to call it with instead; None for those that were shown.
    """

    at: float
    step_id: str
    digest: str
    approved: bool
    args: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class StepInDoubt:
    """A step with side effects had begun when the run was cut off, or on other inputs.

    Whether it was done nobody knows, so it is not run again until the user says so.

    Attributes:
        at: Seconds since the run began.
        step_id: The step.
        digest: The work that had begun.
    """

    at: float
    step_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class PlanParked:
    """Nothing starts until the user approves of the plan.

    Attributes:
        at: Seconds since the run began.
        digest: Names the plan, revisions included; another one is asked for anew.
    """

    at: float
    digest: str


@dataclass(frozen=True, slots=True)
class PlanApproved:
    """The user has decided about the plan.

    Attributes:
        at: Seconds since the run began.
        digest: The plan that was decided about.
        approved: Whether it may be run.
    """

    at: float
    digest: str
    approved: bool


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """The planner asks the user for something without which it cannot plan.

    Attributes:
        at: Seconds since the run began.
        digest: Names the question.
        question: What it asks.
    """

    at: float
    digest: str
    question: str


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """The user has answered the planner's question, which plans again.

    Attributes:
        at: Seconds since the run began.
        digest: The question that was answered.
        answer: What the user says.
    """

    at: float
    digest: str
    answer: str
