"""Plans and results that the tests of several views draw."""

import random
from collections.abc import Mapping

from dagplan.events import (
    AnswerText,
    Event,
    ModelCalled,
    PlanFinished,
    Revised,
    RunFinished,
    RunStarted,
    StepFailed,
    StepHedged,
    StepPlanned,
    StepResult,
    StepRetried,
    StepSkipped,
    StepStarted,
    StepStuck,
    StepSucceeded,
    Throttled,
    Tokens,
)
from dagplan.plan import Plan, Step

FIGURES: list[dict[str, object]] = [
    {"id": "pop_fr", "tool": "figure", "args": {"of": "France"}},
    {"id": "area_fr", "tool": "figure", "args": {"of": "France"}},
    {"id": "near", "tool": "neighbours", "args": {"of": "France"}},
    {"id": "pops", "tool": "figure", "for_each": "${near}", "args": {"of": "${item}"}},
    {"id": "density", "tool": "calculate", "args": {"x": "${pop_fr} / ${area_fr}"}},
    {"id": "end", "task": "Tell ${density}, ${pops}", "optional": ["pops"]},
]


def plan(*steps: Mapping[str, object], answer: str | None = None) -> Plan:
    return Plan.model_validate({"steps": steps, "answer": answer})


def figures() -> Plan:
    return plan(*FIGURES, answer="It is ${density}.")


def figures_results() -> dict[str, StepResult]:
    return {
        "pop_fr": StepResult("succeeded", 68_000_000, None, 1, 0.0, 1.0),
        "area_fr": StepResult("succeeded", 643_801, None, 2, 0.0, 2.0),
        "near": StepResult("succeeded", ["ES", "BE"], None, 1, 0.0, 0.5),
        "pops": StepResult("failed", None, "1 of 2 items failed", 1, 0.5, 1.5),
        "pops[0]": StepResult("succeeded", 48_000_000, None, 1, 0.5, 1.0),
        "pops[1]": StepResult("failed", None, "not <found>", 1, 0.5, 1.5),
        "density": StepResult("succeeded", 105.6, None, 1, 2.0, 2.5),
        "end": StepResult("running", None, None, 1, 2.5, None),
    }


def random_plan(seed: int, size: int, *, reach: int = 12, fan: int = 4) -> Plan:
    """Draw a plan whose steps depend on some of those shortly before them."""
    rng = random.Random(seed)
    steps: list[Mapping[str, object]] = []
    for i in range(size):
        near = range(max(0, i - reach), i)
        needs = [f"s{j}" for j in rng.sample(near, min(len(near), rng.randrange(fan)))]
        spared = [name for name in needs if rng.random() < 0.2]
        task = rng.choice(["Look it up", "Find the area", "Compare what was found"])
        steps.append(
            {"id": f"s{i}", "task": task, "depends_on": needs, "optional": spared}
        )
    return plan(*steps)


def eventful() -> list[Event]:
    """A run in which everything happens that a timeline tells."""
    a, b, c, d = (Step(id=name, task=f"do {name}") for name in "abcd")
    c = Step(id="c", task="use ${a}", for_each="${b}")
    end = Step(id="end", task="tell ${c}")
    return [
        RunStarted(0.0, "2026-01-01T00:00:00Z", "Why?", 4),
        *(StepPlanned(0.25, step.id, step) for step in (a, b, c, end)),
        ModelCalled(0.5, "planner", None, "m-1", Tokens(1200, 240), 0.0, 0.5),
        PlanFinished(0.5, "Because ${end}."),
        StepStarted(0.5, "a"),
        StepStarted(0.5, "b"),
        Throttled(1.0, "a", "api.example", 0.5),
        StepRetried(1.0, "a", 1, "busy", "RateLimitError", 0.5),
        StepHedged(1.25, "b", 2),
        StepStarted(1.5, "a", 2),
        ModelCalled(1.75, "step", "b", "m-2", None, 1.25, 1.75),
        StepSucceeded(2.0, "b", [1, 2], 2),
        StepStuck(2.25, "b", 1),
        StepSucceeded(2.5, "a", "x", 2),
        StepStarted(2.5, "c", items=2),
        StepStarted(2.5, "c[0]"),
        StepStarted(2.5, "c[1]"),
        StepSucceeded(3.0, "c[0]", 1),
        StepFailed(3.5, "c[1]", "not found", "LookupError"),
        StepFailed(3.5, "c", "1 of 2 items failed", "ItemsFailedError"),
        StepSkipped(3.5, "end", "c"),
        ModelCalled(4.0, "replanner", None, "m-1", Tokens(900, 80), 3.5, 4.0),
        Revised(4.0, added=(d,), dropped=("end",)),
        StepStarted(4.0, "d"),
        StepSucceeded(5.0, "d", "y"),
        AnswerText(5.5, "Because "),
        AnswerText(5.75, "y."),
        ModelCalled(6.0, "replanner", None, "m-1", Tokens(700, 20), 5.0, 6.0),
        RunFinished(6.0, "answered"),
    ]
