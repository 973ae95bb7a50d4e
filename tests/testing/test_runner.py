"""A scripted runner gives results by step and takes time by the loop's clock."""

from math import inf

import anyio
import pytest

from dagplan.plan import Plan, Step
from dagplan.policy import Hedge, Retry, Timeout
from dagplan.protocols import StepCall, StepRunner, always_wanted
from dagplan.scheduler import execute_plan
from dagplan.testing import Attempts, ScriptedRunner


def call(step_id: str, of: str | None = None, attempt: int = 1) -> StepCall:
    step = Step(id=of or step_id, task="x")
    return StepCall(
        step_id,
        step,
        task="x",
        args={},
        inputs={"n": 2},
        attempt=attempt,
        idempotency_key="k",
        wanted=always_wanted,
        emit=lambda _: None,
    )


async def doubled(asked: StepCall) -> object:
    await anyio.lowlevel.checkpoint()
    number = asked.inputs["n"]
    assert isinstance(number, int)
    return 2 * number


async def test_results_by_id() -> None:
    error = ValueError("broken")
    runner: StepRunner = ScriptedRunner(
        {
            "value": [1],
            "none": None,
            "error": error,
            "function": lambda asked: (asked.id, asked.inputs),
            "coroutine": doubled,
            "raises": lambda _: error,
        }
    )
    assert await runner(call("value")) == [1]
    assert await runner(call("none")) is None
    assert await runner(call("function")) == ("function", {"n": 2})
    assert await runner(call("coroutine")) == 4
    for step_id in ("error", "raises"):
        with pytest.raises(ValueError, match="broken"):
            await runner(call(step_id))


async def test_an_item_falls_back_to_its_step() -> None:
    runner = ScriptedRunner({"a": "step", "a[1]": "item"})
    assert await runner(call("a[0]", of="a")) == "step"
    assert await runner(call("a[1]", of="a")) == "item"


async def test_a_step_without_a_result_says_so() -> None:
    runner = ScriptedRunner({"a": 1, "b": 2})
    with pytest.raises(AssertionError, match=r"for step 'c'; there are .* for a, b"):
        await runner(call("c"))
    assert [asked.id for asked in runner.calls] == ["c"]


@pytest.mark.parametrize("anyio_backend", ["jumping trio"], indirect=True)
async def test_seconds_are_those_of_a_clock_that_jumps() -> None:
    plan = Plan(
        steps=[
            Step(id="a", task="x"),
            Step(id="b", task="x"),
            Step(id="c", task="${a} and ${b}"),
        ]
    )
    runner = ScriptedRunner(
        {"a": 1, "b": 2, "c": lambda asked: asked.task}, {"a": 3600, "b": 60, "c": 1}
    )
    run = await execute_plan(plan, runner)
    assert run.results["c"].value == "1 and 2"
    assert run.results["b"].ended == 60
    assert run.results["c"].ended == 3601
    first, second, last = (asked.id for asked in runner.calls)
    assert ({first, second}, last) == ({"a", "b"}, "c")  # trio starts in any order


async def test_each_attempt_has_its_own_outcome() -> None:
    runner = ScriptedRunner({"a": Attempts(ValueError("broken"), [2], doubled)})
    with pytest.raises(ValueError, match="broken"):
        await runner(call("a"))
    assert await runner(call("a", attempt=2)) == [2]
    assert await runner(call("a", attempt=3)) == 4
    # Each item has attempts of its own.
    assert await runner(call("a[7]", of="a", attempt=2)) == [2]


async def test_an_attempt_more_than_the_script_holds_says_so() -> None:
    runner = ScriptedRunner({"a": Attempts(1)})
    with pytest.raises(
        AssertionError, match=r"1 attempts at step 'a' .* attempt 2; add"
    ):
        await runner(call("a", attempt=2))


@pytest.mark.parametrize("anyio_backend", ["jumping trio"], indirect=True)
async def test_retries_and_timeouts_can_be_tried_out() -> None:
    runner = ScriptedRunner(
        {"a": Attempts(None, ConnectionError("gone"), 3)},
        seconds={"a": Attempts(inf, 5, 1)},
    )
    run = await execute_plan(
        Plan(steps=[Step(id="a", task="x")]),
        runner,
        retry=Retry(backoff=2, jitter=0),
        timeout=Timeout(attempt=60),
    )
    result = run.results["a"]
    assert (result.value, result.attempts) == (3, 3)
    assert result.ended == 60 + 2 + 5 + 4 + 1
    assert [asked.attempt for asked in runner.calls] == [1, 2, 3]


@pytest.mark.parametrize("anyio_backend", ["jumping trio"], indirect=True)
async def test_a_hedge_can_be_tried_out() -> None:
    runner = ScriptedRunner({"a": "done"}, seconds={"a": Attempts(100, 1)})
    run = await execute_plan(
        Plan(steps=[Step(id="a", task="x")]), runner, hedge=Hedge(after=10)
    )
    assert run.results["a"].ended == 11
    assert run.report.hedges == 1
