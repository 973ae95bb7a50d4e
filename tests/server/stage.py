"""A host whose runs go on only when a test opens the next gate."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import anyio

from dagplan.agent.answer import Agent
from dagplan.errors import StepError
from dagplan.journal import MemoryJournal
from dagplan.plan import Plan, Step, ToolSpec
from dagplan.plan.revision import Revision
from dagplan.policy import Budget, Limits, Mode
from dagplan.protocols import Archive, PlanRequest, ReplanRequest, StepCall
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.settings import some_chance
from dagplan.server.host import Host
from dagplan.testing.planners import words

PAY = ToolSpec(
    "pay",
    "Pay somebody.",
    parameters={
        "type": "object",
        "properties": {"to": {"type": "string"}},
        "required": ["to"],
    },
)


@dataclass
class Stage:
    """Plans, steps and answers by a script.

    Attributes:
        plan_steps: What is planned.
        answer: What is answered, once `answer` is open.
        revision: What is changed first, once `revise` is open.
        thought: What is said before that, as if it were the answer.
        outcomes: What steps find, by id; an exception is raised.
        gated: Whether steps wait for a gate of their own name.
        streams: Whether each step is planned only once `plan ID` is open.
        approves: What the user approves of: `plan`, or names of tools.
        journal: Where runs are recorded.
        trouble: What planning raises, one for each of the first runs.
        calls: The attempts at steps that have begun.
        planned: How often a plan was asked for.
    """

    plan_steps: Sequence[Step]
    answer: str = "All of it is found."
    revision: Revision | None = None
    thought: str = ""
    outcomes: Mapping[str, object] = field(default_factory=dict)
    gated: bool = True
    streams: bool = False
    approves: Collection[str] = ()
    journal: Archive = field(default_factory=MemoryJournal)
    calls: list[StepCall] = field(default_factory=list)
    planned: int = 0
    trouble: list[Exception] = field(default_factory=list)
    begins: anyio.Event = field(default_factory=anyio.Event)
    gates: dict[str, anyio.Event] = field(
        default_factory=partial(defaultdict, anyio.Event)
    )

    def open(self, *names: str) -> None:
        """Let what waits for these names go on, now or when it comes to them."""
        for name in names:
            self.gates[name].set()

    async def begun(self, step_id: str, times: int = 1) -> None:
        """Wait until a step has begun so many times."""
        while [call.id for call in self.calls].count(step_id) < times:
            await self.begins.wait()

    async def waiting(self, http: Any, run: str) -> str:
        """Wait until the user is asked about something; return its digest."""
        async with http.stream("GET", f"{run}/events") as answer:
            async for line in answer.aiter_lines():
                if line.startswith('data: [{"digest"'):
                    found: str = json.loads(line.removeprefix("data: "))[0]["digest"]
                    return found
        raise AssertionError("the run ended without a question")

    def host(self) -> Host:
        """Return the host to serve."""
        numbers = count(1)
        return Host(
            self.agent,
            self.journal,
            "planned by a script",
            lambda mode: {"command": "ask", "mode": mode},
            lambda: f"run{next(numbers)}",
        )

    def agent(self, mode: Mode) -> Agent:
        """Return the agent of a run."""
        slots = 1 if mode == "sequential" else 1_000
        asked = frozenset(self.approves) - {"plan"}
        return Agent(
            planner=self,
            replanner=self,
            run_step=self.run_step,
            tools=[PAY],
            limits=Limits(concurrency=slots),
            rules=Rules(
                some_chance(), ask_first=asked, side_effects=frozenset({"pay"})
            ),
            budget=Budget(replans=1),
            approves_plan="plan" in self.approves,
        )

    async def plan(self, request: PlanRequest, /) -> Plan:
        """Plan step by step."""
        self.planned += 1
        if self.trouble:
            raise self.trouble.pop(0)
        for step in self.plan_steps:
            if self.streams:
                await self.gates[f"plan {step.id}"].wait()
            if request.offer is not None and step not in request.kept:
                request.offer(step)
        return Plan(steps=[*self.plan_steps])

    async def run_step(self, call: StepCall, /) -> object:
        """Run a step once its gate is open."""
        self.calls.append(call)
        self.begins.set()
        self.begins = anyio.Event()
        if self.gated:
            await self.gates[call.id].wait()
        outcome = self.outcomes.get(call.id, f"found by {call.id}")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def decide(self, request: ReplanRequest, /) -> Revision | str:
        """Revise once, if there is something to, then answer word by word."""
        if self.revision is not None and request.may_revise:
            request.say(self.thought)
            await self.gates["revise"].wait()
            return self.revision
        for word in words(self.answer):
            if self.gated:
                await self.gates["answer"].wait()
            request.say(word)
        return self.answer


def step(step_id: str, *needs: str, task: str = "", **more: object) -> Step:
    """Return a step that needs others."""
    said = task or f"Do {step_id}"
    written = {"id": step_id, "task": said, "depends_on": [*needs], **more}
    return Step.model_validate(written)


def pays(step_id: str, to: str, *needs: str) -> Step:
    """Return a step that pays somebody."""
    return Step(id=step_id, tool="pay", args={"to": to}, depends_on=[*needs])


def failure(said: str) -> StepError:
    """Return an error that fails a step and is not tried again."""
    return StepError(said)


CHAIN = [step("a"), step("b"), step("c", "a", "b")]
