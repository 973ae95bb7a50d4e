"""Short ways to write plans, and the step runner that the tests share."""

from collections.abc import Mapping
from typing import Any

import anyio

from dagplan.plan import Plan, Step
from dagplan.protocols import StepCall


def step(
    step_id: str,
    *depends_on: str,
    optional: tuple[str, ...] = (),
    args: Mapping[str, object] | None = None,
    for_each: str | list[Any] | None = None,
    partial: bool = False,
    tool: str | None = "work",
) -> Step:
    return Step(
        id=step_id,
        tool=tool,
        task="" if tool else step_id,
        args=dict(args or {}),
        depends_on=list(depends_on),
        optional=list(optional),
        for_each=for_each,
        partial=partial,
    )


def plan(*steps: Step, answer: str | None = None) -> Plan:
    return Plan(steps=list(steps), answer=answer)


class Worker:
    """Takes as long as it is told, then returns or raises what it is told.

    Without an instruction a step returns its argument `value`, else its id, at once.
    """

    def __init__(
        self,
        seconds: Mapping[str, float] | None = None,
        errors: Mapping[str, Exception] | None = None,
    ) -> None:
        self.seconds = seconds or {}
        self.errors = errors or {}
        self.calls: list[StepCall] = []
        self.running = 0
        self.most_running = 0
        self.cancelled: list[str] = []

    async def __call__(self, call: StepCall) -> object:
        self.calls.append(call)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await anyio.sleep(self.seconds.get(call.id, 0))
            if call.id in self.errors:
                raise self.errors[call.id]
        except anyio.get_cancelled_exc_class():
            self.cancelled.append(call.id)
            raise
        finally:
            self.running -= 1
        return call.args.get("value", call.id)

    def call(self, step_id: str) -> StepCall:
        return next(call for call in self.calls if call.id == step_id)
