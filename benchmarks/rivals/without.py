"""dagplan with one of its mechanisms switched off; `WAYS` names them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from benchmarks.questions.tools import tools
from dagplan import Hedge, Plan, Revision, StepCall
from dagplan.agent import Agent
from dagplan.agent.create import AgentConfig, agent_factory
from dagplan.plan.graph import layers
from dagplan.planning import ModelPlanner, ModelReplanner
from dagplan.protocols import PlanRequest, ReplanRequest, always_wanted

from . import Ask
from .dagplan import ask_agent
from .site import Site


def prepare(site: Site, what: str, *told: str) -> Ask:
    """Return a question to an agent without something.

    Args:
        site: Where the question is answered.
        what: One of `WAYS`.
        told: What that one is told.
    """
    return WAYS[what](site, *told)


def _script(name: str) -> Callable[[Site], Ask]:
    return lambda site: ask_agent(site, name)


def _streaming(site: Site) -> Ask:
    planner = Unstreamed(_planner(site))
    return ask_agent(site, planner_model=planner)


def _eager(site: Site) -> Ask:
    planner = Layered(Unstreamed(_planner(site)))
    return ask_agent(site, planner_model=planner)


def _one_call(site: Site) -> Ask:
    replanner = AskedTwice(site.model("dagplan"), _replanner(site))
    return ask_agent(site, replanner_model=replanner)


def _needed_only(site: Site) -> Ask:
    """Read a value out of whatever a search finds."""
    make = agent_factory(
        AgentConfig(site.model("dagplan-typed"), tools(site.search().web_search))
    )

    async def ask() -> str:
        agent = make()
        eager = replace(agent, run_step=_reading_all(agent))
        answered: Any = await eager.answer(site.question.text)
        return str(answered.response)

    return ask


def _reading_all(agent: Agent) -> Callable[[StepCall], Any]:
    async def run_step(call: StepCall) -> object:
        return await agent.run_step(replace(call, wanted=always_wanted))

    return run_step


def _hedged(site: Site, seconds: str) -> Ask:
    return ask_agent(site, hedge=Hedge(after=float(seconds)))


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _planner(site: Site) -> ModelPlanner:
    return ModelPlanner(site.model("dagplan"), today=_today())


def _replanner(site: Site) -> ModelReplanner:
    return ModelReplanner(site.model("dagplan"), today=_today())


class Unstreamed:
    """Gives a plan only once it is whole."""

    def __init__(self, planner: ModelPlanner) -> None:
        self._planner = planner

    async def plan(self, request: PlanRequest) -> Plan:
        """Return a plan; see `protocols.Planner`."""
        return await self._planner.plan(replace(request, offer=None))


class Layered:
    """Has each step wait for all steps of the level before its own, as waves do."""

    def __init__(self, planner: Unstreamed) -> None:
        self._planner = planner

    async def plan(self, request: PlanRequest) -> Plan:
        """Return a plan; see `protocols.Planner`."""
        plan = await self._planner.plan(request)
        before = {
            name: earlier
            for earlier, later in pairwise(map(list, layers(plan)))
            for name in later
        }
        steps = [
            step.model_copy(update={"depends_on": before.get(step.id, [])})
            for step in plan.steps
        ]
        return Plan(steps=steps, answer=plan.answer)


class Enough(BaseModel):
    """Whether what was found is enough."""

    enough: bool


class AskedTwice:
    """Asks first whether what was found is enough, and then for the answer."""

    def __init__(self, model: Any, replanner: ModelReplanner) -> None:
        self._judge: Any = model.with_structured_output(Enough)
        self._replanner = replanner

    async def decide(self, request: ReplanRequest) -> Revision | str | None:
        """Return what the replanner says; see `protocols.Replanner`."""
        told = f"Is what was found enough to answer {request.question!r}?"
        found = await self._judge.ainvoke([("user", told)])
        assert found.enough
        return await self._replanner.decide(request)


WAYS: dict[str, Callable[..., Ask]] = {
    "streaming": _streaming,
    "eager": _eager,
    "lean": _script("dagplan-full"),
    "toolsteps": _script("dagplan-agents"),
    "needed": _needed_only,
    "onecall": _one_call,
    "template": _script("dagplan-untemplated"),
    "hedged": _hedged,
}
"""What is switched off: streaming the plan; starting a step before all of its level's
predecessors are done (and streaming); the lean wire format; searches without an agent;
reading only what is needed; one call that answers or revises; the answer's template.
`hedged` is the other way round: hedging switched on, after so many seconds."""
