"""What the replanner is shown of the steps: within its bound, whatever they found."""

from random import Random
from typing import Any

import pytest

from dagplan.events import StepResult
from dagplan.plan.model import Plan, Step
from dagplan.planning.found import results_text


def search(step_id: str, query: str = "x", **more: Any) -> Step:
    return Step(id=step_id, tool="search", args={"query": query}, **more)


def found(value: object) -> StepResult:
    return StepResult("succeeded", value, attempts=1)


def failed(error: str) -> StepResult:
    return StepResult("failed", error=error, attempts=1)


def test_each_step_is_shown_with_what_it_was_to_do_and_what_it_found():
    plan = Plan(steps=[search("fr", "France"), search("jp", "Japan")])
    text = results_text(plan, {"fr": found({"people": 68}), "jp": failed("no answer")})
    first, second = text.split("\n\n")
    assert first.startswith("fr (succeeded) {")
    assert '"France"' in first
    assert first.endswith('\n{"people": 68}')
    assert second.startswith("jp (failed) {")
    assert second.endswith("\nno answer")


def test_items_that_failed_are_named_and_those_beyond_twenty_counted():
    plan = Plan(steps=[search("all", for_each="${x}", partial=True)])
    items = {f"all[{n}]": failed(f"no {n}") for n in range(30)}
    text = results_text(plan, {"all": found([]), **items, "all[30]": found(1)})
    assert text.count(" failed: no ") == 20
    assert "all[19] failed: no 19\n… and 10 more failed" in text


@pytest.mark.parametrize("steps", [1, 200, 1_000])
def test_steps_that_found_50_kb_each_keep_within_the_bound(steps):
    plan = Plan(steps=[search(f"s{n}", f"what is {n}") for n in range(steps)])
    results = {step.id: found(f"{step.id} " * 17_000) for step in plan.steps}
    text = results_text(plan, results, 60_000)
    assert 29_000 < len(text) <= 60_000
    assert all(f"{step.id} (succeeded)" in text for step in plan.steps)
    assert text.count("…") >= steps


@pytest.mark.parametrize("seed", range(10))
def test_long_ids_errors_and_items_count_as_well(seed):
    random = Random(seed)
    steps, results = [], {}
    for n in range(300):
        step = search(f"s{n}_{'x' * random.randrange(50)}", "q" * random.randrange(999))
        steps.append(step)
        results[step.id] = random.choice([found("v" * 5_000), failed("e" * 5_000)])
        for item in range(random.choice([0, 0, 40])):
            results[f"{step.id}[{item}]"] = failed("i" * 900)
    most = random.randrange(5_000, 60_000)
    assert len(results_text(Plan(steps=steps), results, most)) <= most


def test_where_not_all_can_be_named_failures_stay_and_then_what_no_step_needed():
    sources = [search(f"source{n}") for n in range(300)]
    ends = [
        search(f"end{n}", depends_on=[f"source{n * 6 + k}" for k in range(6)])
        for n in range(50)
    ]
    plan = Plan(steps=[*sources, *ends])
    results = {step.id: found("v") for step in plan.steps}
    results["source7"] = failed("no source")
    text = results_text(plan, results, 6_000)
    assert len(text) <= 6_000
    assert "source7 (failed)" in text
    assert "end49 (succeeded)" in text
    assert "source0 (succeeded)" in text
    assert "source250 (succeeded)" not in text
    assert "more left out …]" in text
