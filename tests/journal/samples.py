"""An event of every kind, and runs to record."""

from dagplan.events import (
    AnswerText,
    BudgetReached,
    Event,
    ModelCalled,
    PlanApproved,
    PlanFinished,
    PlanParked,
    QuestionAnswered,
    QuestionAsked,
    Revised,
    RunFinished,
    RunResumed,
    RunStarted,
    StepApproved,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepInDoubt,
    StepParked,
    StepPlanned,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepStuck,
    StepSucceeded,
    Throttled,
    Tokens,
)
from dagplan.plan.model import Step

STEPS = (
    Step(id="a", task="Find é \x00 \u2028 \U0001f600"),
    Step(
        id="b", tool="calculate", args={"expression": "${a} / 2", "n": [1, {"x": None}]}
    ),
    Step(id="c", tool="t", for_each="${a}", partial=True, returns={"x": ["number"]}),
    Step(id="d", depends_on=["a", "b"], optional=["c"], returns=[{"y": "text"}]),
)

EVENTS: tuple[Event, ...] = (
    RunStarted(0.0, "2026-01-02T03:04:05+00:00", "Which?", 16, {"mode": [1, None]}),
    RunStarted(0.0, "", "", None),
    RunResumed(1.5, "2026-01-02T03:04:05+00:00"),
    PlanParked(0.1, "d" * 32),
    PlanApproved(0.1, "d" * 32, approved=False),
    QuestionAsked(0.1, "d" * 32, "Which \u2028?"),
    QuestionAnswered(0.1, "d" * 32, "é\n"),
    *(StepPlanned(0.25, step.id, step) for step in STEPS),
    PlanFinished(0.3),
    PlanFinished(0.3, "It is ${a}."),
    StepParked(0.3, "a", "d" * 32, "mail", "Send it", {"to": ["x"]}),
    StepParked(0.3, "a", "d" * 32, None, "", {}),
    StepApproved(0.3, "a", "d" * 32, approved=True),
    StepApproved(0.3, "a", "d" * 32, approved=True, args={"to": []}),
    StepInDoubt(0.3, "a", "d" * 32),
    StepStarted(0.1 + 0.2, "a"),
    StepStarted(5e-324, "c[0]", 2, 3, "d" * 32, intent=True),
    StepSucceeded(1e300, "a", None),
    StepSucceeded(
        0.3, "a", {"x": [1.5, -0.0, 1e16, 2**64, -(2**70), True, "é\x00"]}, 2
    ),
    StepSucceeded(0.3, "a", "\u2028\U0001f600 \x7f\\\"'"),
    StepFailed(0.3, "a", "it broke", "ValueError"),
    StepSkipped(0.3, "b", "a"),
    StepCancelled(0.3, "a"),
    StepRetried(0.3, "a", 1, "again", "TimeoutError", 0.5),
    StepHedged(0.3, "a", 2),
    StepStuck(0.3, "a", 1),
    Throttled(0.3, None, "api.openai.com", 20.0),
    Throttled(0.3, "a", "api.openai.com", 20.0),
    Revised(0.3),
    Revised(0.3, STEPS[:2], STEPS[2:], ("x", "y")),
    ModelCalled(0.3, "planner", None, "m", None, 0.1, 0.3),
    ModelCalled(0.3, "step", "a", "m", Tokens(10, 2**40), 0.1, 0.3),
    ModelCalled(0.3, "reader", "a", "m", Tokens(10, 2, 8), 0.1, 0.3, 1.25e-05),
    BudgetReached(0.3, "max_model_calls", 5, 6),
    BudgetReached(0.3, "max_cost", 0.05, 0.1 + 0.2),
    AnswerText(0.3, "It is"),
    RunFinished(0.4, "answered", "It is so."),
    RunFinished(0.4, "paused"),
)


def work(number: int) -> list[Event]:
    """Return what is appended once a step is done and the next one begins."""
    return [
        StepSucceeded(number / 8, f"s{number}", {"n": number, "text": "x" * number}),
        StepStarted(number / 8, f"s{number + 1}"),
    ]
