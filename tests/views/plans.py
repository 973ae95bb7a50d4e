"""Plans and results that the tests of several views draw."""

import random
from collections.abc import Mapping

from dagplan.events import StepResult
from dagplan.plan import Plan

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
