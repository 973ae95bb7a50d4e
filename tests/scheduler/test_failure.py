"""A failed step stops only those that require it."""

from itertools import pairwise

from dagplan import execute_plan
from dagplan.events import StepSkipped
from tests.scheduler.plans import Worker, plan, step


async def test_siblings_of_a_failed_step_keep_their_results():
    worker = Worker({"a": 1.0, "bad": 0.5, "c": 2.0}, {"bad": RuntimeError("boom")})
    graph = plan(
        step("a"), step("bad"), step("c"), step("d", "bad"), step("e", "d", "a")
    )
    run = await execute_plan(graph, worker)
    assert {k: r.status for k, r in run.results.items()} == {
        "a": "succeeded",
        "bad": "failed",
        "c": "succeeded",
        "d": "skipped",
        "e": "skipped",
    }
    assert run.results["bad"].error == "RuntimeError: boom"
    assert run.results["d"].error == "needs 'bad', which has no value"
    assert run.results["e"].error == "needs 'd', which has no value"
    assert run.outcome == "failed"


async def test_a_step_is_skipped_as_soon_as_a_requirement_fails():
    worker = Worker({"slow": 9.0, "bad": 1.0}, {"bad": RuntimeError("boom")})
    run = await execute_plan(
        plan(step("slow"), step("bad"), step("j", "slow", "bad")), worker
    )
    skipped = [event for event in run.events if isinstance(event, StepSkipped)]
    assert skipped == [StepSkipped(1.0, "j", "bad")]


async def test_optional_dependents_go_on_without_a_failed_or_skipped_step():
    worker = Worker(errors={"bad": RuntimeError("boom")})
    graph = plan(
        step("bad"),
        step("skipped", "bad"),
        step("b", optional=("bad",)),
        step("c", optional=("skipped",)),
    )
    run = await execute_plan(graph, worker)
    assert run.results["b"].value == "b"
    assert run.results["c"].value == "c"
    assert run.outcome == "answered"


async def test_messages_of_errors_are_one_line():
    worker = Worker(errors={"a": ValueError("first\n  second"), "b": KeyError()})
    run = await execute_plan(plan(step("a"), step("b")), worker)
    assert run.results["a"].error == "ValueError: first second"
    assert run.results["b"].error == "KeyError"


async def test_a_chain_of_a_thousand_skips_needs_no_stack():
    ids = [f"s{i}" for i in range(3_000)]
    chain = [step(b, a) for a, b in pairwise(ids)]
    worker = Worker(errors={"s0": RuntimeError("boom")})
    run = await execute_plan(plan(step("s0"), *chain), worker)
    assert run.results["s2999"].status == "skipped"
    assert run.report.steps == {"failed": 1, "skipped": 2_999}


async def test_a_step_that_several_paths_skip_is_skipped_once():
    worker = Worker(errors={"a": RuntimeError("boom")})
    graph = plan(
        step("a"),
        step("b", "a"),
        step("d", "b", "e"),
        step("e", "b"),
        step("f", "d", "e"),
    )
    run = await execute_plan(graph, worker)
    skipped = [e.step_id for e in run.events if isinstance(e, StepSkipped)]
    assert sorted(skipped) == ["b", "d", "e", "f"]
