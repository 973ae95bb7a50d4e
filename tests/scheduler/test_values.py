"""What a step is called with: references become values, once."""

from contextvars import ContextVar

from dagplan import Limits, execute_plan
from tests.scheduler.plans import Worker, plan, step


async def run_with(worker, *steps):
    return await execute_plan(plan(*steps), worker)


async def test_a_lone_reference_keeps_the_type_of_the_value():
    worker = Worker()
    await run_with(
        worker,
        step("a", args={"value": {"n": [1, 2.5, None, True]}}),
        step("b", args={"whole": "${a}", "part": "${a.n.1}", "all": "${a.n.*}"}),
    )
    assert worker.call("b").args == {
        "whole": {"n": [1, 2.5, None, True]},
        "part": 2.5,
        "all": [1, 2.5, None, True],
    }


async def test_what_comes_out_of_a_step_is_never_scanned_again():
    worker = Worker()
    await run_with(
        worker,
        step("secret", args={"value": "password"}),
        step("a", args={"value": "\\${secret} and $5"}),
        step("b", args={"text": "got ${a}"}),
    )
    assert worker.call("a").args == {"value": "${secret} and $5"}
    assert worker.call("b").args == {"text": "got ${secret} and $5"}


async def test_inputs_are_the_values_of_all_dependencies():
    worker = Worker(errors={"bad": ValueError("no")})
    await run_with(
        worker,
        step("a", args={"value": 1}),
        step("bad"),
        step("b", "a", optional=("bad",)),
    )
    assert worker.call("b").inputs == {"a": 1, "bad": None}


async def test_a_path_that_leads_nowhere_fails_the_step_and_says_where():
    run = await run_with(
        Worker(),
        step("a", args={"value": {"name": "x"}}),
        step("b", args={"q": "${a.nam}"}),
        step("c", "b"),
    )
    assert run.results["b"].status == "failed"
    assert "${a.nam} leads to nothing" in (run.results["b"].error or "")
    assert "has the keys name" in (run.results["b"].error or "")
    assert run.results["b"].attempts == 0
    assert run.results["c"].status == "skipped"


async def test_a_failed_optional_dependency_is_none_alone_and_words_inside_text():
    worker = Worker(errors={"bad": ValueError("no")})
    await run_with(
        worker,
        step("bad"),
        step("b", optional=("bad",), args={"x": "${bad}", "y": "gdp ${bad.value} $"}),
    )
    assert worker.call("b").args == {"x": None, "y": "gdp (not available) $"}


async def test_only_values_that_something_refers_to_are_wanted():
    worker = Worker()
    shown = plan(
        step("a"),
        step("b", args={"q": "${a}"}),
        step("c", "b"),
        step("d"),
        answer="${d}",
    )
    await execute_plan(shown, worker)
    wanted = {call.id: call.wanted(call.id) for call in worker.calls}
    assert wanted == {"a": True, "b": False, "c": False, "d": True}


async def test_context_variables_of_a_step_do_not_leak_into_the_next():
    user: ContextVar[str] = ContextVar("user", default="nobody")
    seen = {}

    async def run_step(call):
        seen[call.id] = user.get()
        user.set(call.id)
        return call.id

    user.set("caller")
    chain = plan(step("a"), step("b", "a"), step("c"))
    await execute_plan(chain, run_step, limits=Limits(concurrency=1))
    assert seen == {"a": "caller", "b": "caller", "c": "caller"}
