"""Which attempts have begun and not ended."""

import anyio
import pytest

from dagplan.cli.underway import Underway
from dagplan.plan import Step
from dagplan.protocols import StepCall, always_wanted


def call(step_id: str, attempt: int = 1) -> StepCall:
    return StepCall(
        id=step_id,
        step=Step(id=step_id, task="x"),
        task="x",
        args={},
        inputs={},
        attempt=attempt,
        idempotency_key="k",
        wanted=always_wanted,
        emit=lambda _: None,
    )


async def test_steps_are_named_once_from_their_first_attempt_to_the_end_of_the_last():
    underway = Underway()
    gates = {"b": anyio.Event(), "a": anyio.Event()}

    async def pass_gate(asked: StepCall) -> object:
        await gates[asked.id].wait()
        if asked.attempt == 2:
            raise ValueError("no")
        return asked.id

    run = underway.around(pass_gate)
    results = []

    async def keep(asked: StepCall) -> None:
        results.append(await run(asked))

    async with anyio.create_task_group() as tasks:
        for asked in (call("b"), call("a"), call("b")):
            tasks.start_soon(keep, asked)
        await anyio.wait_all_tasks_blocked()
        assert underway.steps == ["b", "a"]
        gates["a"].set()
        await anyio.wait_all_tasks_blocked()
        assert underway.steps == ["b"]
        gates["b"].set()
    assert results == ["a", "b", "b"]
    with pytest.raises(ValueError, match="no"):
        await run(call("b", attempt=2))
    assert underway.steps == []
