"""A scripted runner gives results by step and takes time by the loop's clock."""

import anyio
import pytest

from dagplan.plan import Plan, Step
from dagplan.protocols import StepCall, StepRunner
from dagplan.scheduler import execute_plan
from dagplan.testing import ScriptedRunner


def call(step_id: str, of: str | None = None) -> StepCall:
    step = Step(id=of or step_id, task="x")
    return StepCall(
        step_id,
        step,
        task="x",
        args={},
        inputs={"n": 2},
        attempt=1,
        wanted=True,
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
