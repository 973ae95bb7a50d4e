"""Replanners that take their time, and agents made of scripts, on a clock that jumps."""

from collections.abc import Mapping, Sequence
from typing import Any

import anyio

from dagplan import Plan, Revision, Step
from dagplan.agent import Agent
from dagplan.agent.outcome import Answered
from dagplan.protocols import ReplanRequest
from dagplan.testing import ScriptedPlanner, ScriptedRunner

Decision = Revision | str | BaseException | None


class Thinking:
    """Takes decisions in turn, each after some seconds; then answers.

    Args:
        decisions: What it decides, in turn; `"done"` once there is no more.
        seconds: How long it thinks each time.

    Attributes:
        asked: When it was asked, with the statuses that it was shown.
        requests: What it was asked.
    """

    def __init__(self, *decisions: Decision, seconds: float = 0.5) -> None:
        self._decisions = list(decisions)
        self._seconds = seconds
        self.asked: list[tuple[float, dict[str, str]]] = []
        self.requests: list[ReplanRequest] = []

    async def decide(self, request: ReplanRequest, /) -> Revision | str | None:
        statuses = {name: result.status for name, result in request.results.items()}
        self.asked.append((anyio.current_time(), dict(statuses)))
        self.requests.append(request)
        await anyio.sleep(self._seconds)
        decision = self._decisions.pop(0) if self._decisions else "done"
        if isinstance(decision, BaseException):
            raise decision
        if isinstance(decision, str):
            request.say(decision)
        return decision

    def moments(self) -> list[float]:
        """When it was asked."""
        return [at for at, _ in self.asked]


def step(step_id: str, *depends_on: str, **more: Any) -> Step:
    return Step(id=step_id, task=step_id, depends_on=list(depends_on), **more)


def adding(*steps: Step | str, drop: Sequence[str] = ()) -> Revision:
    made = [each if isinstance(each, Step) else step(each) for each in steps]
    return Revision(steps=made, drop=list(drop))


SIBLING = Plan(steps=[step("bad"), step("slow"), step("after", "slow")])
"""One step fails early, beside one that takes long."""
SECONDS = {"bad": 1.0, "slow": 3.0, "after": 1.0, "new": 1.0}


def agent(
    replanner: Any,
    plan: Plan,
    seconds: Mapping[str, Any],
    *bad: str,
    values: Mapping[str, Any] | None = None,
    **options: Any,
) -> Agent:
    """An agent whose steps take scripted seconds, and the `bad` ones then fail."""
    results: dict[str, Any] = {name: name for name in seconds}
    results.update(values or {})
    results.update((name, LookupError("nothing there")) for name in bad)
    return Agent(
        planner=ScriptedPlanner(plan),
        replanner=replanner,
        run_step=ScriptedRunner(results, seconds),
        **options,
    )


async def answered(made: Agent, *invocation: Any) -> Answered:
    outcome = await made.answer("why?", *invocation)
    assert isinstance(outcome, Answered)
    return outcome


def starts(made: Agent) -> list[str]:
    """Which steps were started, one entry for each attempt; trio shuffles its tasks."""
    runner = made.run_step
    assert isinstance(runner, ScriptedRunner)
    return sorted(call.id for call in runner.calls)
