"""What can happen in a run, as frozen values.

One list of events tells all of a run: the live view, the report, the timeline, resuming
and the tests are folds over it. `at` is in seconds since the run began, times in which
nobody ran it left out; events of a step carry its `step_id`, which is `id[0]`, `id[1]`,
… for the items of a `for_each` step.

Files:
    values.py: statuses, outcomes, tokens, results of steps.
    run.py: what happens to the run as a whole.
    steps.py: what happens to a step.
    asking.py: what waits for the user, and what the user has said.
"""

from dagplan.events.asking import (
    PlanApproved,
    PlanParked,
    QuestionAnswered,
    QuestionAsked,
    StepApproved,
    StepInDoubt,
    StepParked,
)
from dagplan.events.run import (
    AnswerText,
    BudgetReached,
    ModelCalled,
    PlanFinished,
    Revised,
    RunFinished,
    RunResumed,
    RunStarted,
    Throttled,
)
from dagplan.events.steps import (
    StepCancelled,
    StepFailed,
    StepHedged,
    StepPlanned,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepStuck,
    StepSucceeded,
)
from dagplan.events.values import (
    Bound,
    Outcome,
    Role,
    StepResult,
    StepStatus,
    Tokens,
)

Event = (
    RunStarted
    | RunResumed
    | PlanParked
    | PlanApproved
    | QuestionAsked
    | QuestionAnswered
    | StepParked
    | StepApproved
    | StepInDoubt
    | StepPlanned
    | PlanFinished
    | StepStarted
    | StepSucceeded
    | StepFailed
    | StepSkipped
    | StepCancelled
    | StepRetried
    | StepHedged
    | StepStuck
    | Throttled
    | Revised
    | ModelCalled
    | BudgetReached
    | AnswerText
    | RunFinished
)

__all__ = [
    "AnswerText",
    "Bound",
    "BudgetReached",
    "Event",
    "ModelCalled",
    "Outcome",
    "PlanApproved",
    "PlanFinished",
    "PlanParked",
    "QuestionAnswered",
    "QuestionAsked",
    "Revised",
    "Role",
    "RunFinished",
    "RunResumed",
    "RunStarted",
    "StepApproved",
    "StepCancelled",
    "StepFailed",
    "StepHedged",
    "StepInDoubt",
    "StepParked",
    "StepPlanned",
    "StepResult",
    "StepRetried",
    "StepSkipped",
    "StepStarted",
    "StepStatus",
    "StepStuck",
    "StepSucceeded",
    "Throttled",
    "Tokens",
]
