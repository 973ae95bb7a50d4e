"""Calls of steps, as the scheduler would make them."""

from typing import Any

from dagplan.plan.model import Step
from dagplan.protocols import Admit, Emit, StepCall, always_wanted, at_once


def call_of(
    emit: Emit = lambda _: None, admit: Admit = at_once, **fields: Any
) -> StepCall:
    """One attempt at a step `a`; an agent step unless `fields` say otherwise."""
    step = Step(id="a", **{"task": "Find out how many", **fields})
    return StepCall(
        id="a",
        step=step,
        task=step.task or "",
        args=step.args,
        inputs={},
        attempt=1,
        idempotency_key="key",
        wanted=always_wanted,
        emit=emit,
        admit=admit,
    )
