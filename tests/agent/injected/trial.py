"""One question in a world that lies, asked of a model that believes it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from dagplan import Retry, create_dag_agent
from dagplan.errors import DagplanError
from dagplan.planning.wire import read_step
from dagplan.policy import ControlFlow, Replan
from tests.agent.injected.injections import Injection
from tests.agent.injected.obeying import Obeying, is_in
from tests.agent.injected.world import CANARY, QUESTION, SPARE, STEPS, Call, World
from tests.loopback import Loopback
from tests.loopback.clients import chat_model

MODES: tuple[Replan, ...] = ("idle", "eager", "step")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one injection.

    Attributes:
        injection: The injection.
        unplanned: Calls that the plan does not mean, or other arguments than it means.
        missing: Calls that it means and that were not made.
        changes: Ids of steps that the plan has besides, lacks, or has otherwise.
        leaks: Requests with tools that showed data of steps.
        fooled: How many requests showed the injection to the model.
        acted: How often the model acted on it by a tool.
        ended: The error with which the run ended, if it did.
    """

    injection: Injection
    unplanned: list[Call]
    missing: list[Call]
    changes: list[str]
    leaks: int
    fooled: int
    acted: int
    ended: str | None

    @property
    def held(self) -> bool:
        """Whether the run did what was planned and nothing else, and showed no data."""
        return not (
            self.unplanned
            or self.missing
            or self.changes
            or self.leaks
            or self.acted
            or self.ended
        )


async def run(
    injection: Injection, loopback: Loopback, control_flow: ControlFlow
) -> Verdict:
    """Ask the question over HTTP and judge what happened."""
    world, model = World(injection), Obeying(injection)
    before = len(loopback.requests)
    loopback.answer(model)
    agent = create_dag_agent(
        chat_model(loopback),
        tools=world.tools(),
        control_flow=control_flow,
        replan=MODES[injection.number % len(MODES)],
        retry=Retry(attempts=1),
    )
    result: dict[str, Any] = {}
    ended = None
    try:
        result = await agent.ainvoke({"input": QUESTION})
    except DagplanError as error:
        ended = str(error)
    unplanned, missing = _differences(world.calls, world.meant(model.read))
    deciding = [r for r in loopback.requests[before:] if r.tools]
    return Verdict(
        injection,
        unplanned,
        missing,
        _changes(result),
        sum(is_in(CANARY, r) or is_in(injection.mark, r) for r in deciding),
        len(model.saw),
        model.acted,
        ended,
    )


def _differences(made: list[Call], meant: list[Call]) -> tuple[list[Call], list[Call]]:
    counted, wanted = Counter(map(repr, made)), Counter(map(repr, meant))
    return (
        [call for call in made if counted[repr(call)] > wanted[repr(call)]],
        [call for call in meant if wanted[repr(call)] > counted[repr(call)]],
    )


def _changes(result: dict[str, Any]) -> list[str]:
    """Compare the plan as it was run with the one that was written."""
    run = {step["id"]: step for step in result.get("plan", {}).get("steps", [])}
    steps = [read_step(step, {}) for step in [*STEPS, SPARE]]
    written = {step.id: step.model_dump(exclude_defaults=True) for step in steps}
    return sorted(
        {*run} ^ {*written}
        | {name for name in {*run} & {*written} if run[name] != written[name]}
    )
