"""dagplan alone: its agent with a planner, steps and a replanner that only wait.

No HTTP, no model library, no JSON: what is left is what dagplan itself needs. Each
part waits as long as the provider would take.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import anyio

from benchmarks.bound import closings
from benchmarks.provider.asked import compact
from benchmarks.provider.pace import Pace
from benchmarks.provider.pieces import pieces
from benchmarks.provider.scripts.dag import perfect_plan, plan_text
from benchmarks.provider.scripts.known import by_task
from benchmarks.questions.question import SEARCH, Question
from benchmarks.questions.tools import local_tools, tools
from dagplan import Plan, Revision, StepCall
from dagplan.agent import Agent
from dagplan.protocols import PlanRequest, ReplanRequest
from dagplan.steps import PlannedStepRunner
from dagplan.tools.spec import by_name

from . import Ask


async def _web_search(query: str) -> str:
    """Find what is asked for."""
    return query


@dataclass(frozen=True)
class Waiting:
    """A planner, the steps and a replanner of one question that only wait.

    Attributes:
        question: The question.
        pace: The simulated times.
        written: The plan that the planner gives.
        closed: When each of its steps is written, in seconds after the question.
        whole: When all of it is.
    """

    question: Question
    pace: Pace
    written: Plan
    closed: Sequence[float]
    whole: float

    @classmethod
    def of(cls, question: Question, pace: Pace) -> "Waiting":
        """Work out beforehand when what is written."""
        plan = perfect_plan(question)
        text = plan_text(plan)
        closed = [pace.token_at(index) for index in closings(text)]
        return cls(question, pace, plan, closed, pace.token_at(len(pieces(text)) - 1))

    async def plan(self, request: PlanRequest) -> Plan:
        """Offer each step when its brace would close; see `protocols.Planner`."""
        began = anyio.current_time()
        for step, seconds in zip(self.written.steps, self.closed, strict=True):
            await anyio.sleep_until(began + seconds)
            if request.offer is not None:
                request.offer(step)
        await anyio.sleep_until(began + self.whole)
        return self.written

    async def decide(self, request: ReplanRequest) -> Revision | str | None:
        """Answer; see `protocols.Replanner`."""
        answer = self.question.answer
        await anyio.sleep(self.pace.token_at(len(pieces(answer)) - 1))
        request.say(answer)
        return answer

    async def search(self, call: StepCall) -> object:
        """Search, and read the value where it is wanted."""
        query = str(call.args["query"])
        await anyio.sleep(self.pace.search_takes(query))
        name = by_task(self.question, query)
        if call.step.returns is None or not call.wanted(call.step.id):
            return self.question.passages[name]
        value = self.question.values[name]
        written = compact({"value": value})
        await anyio.sleep(self.pace.token_at(len(pieces(written)) - 1))
        return value


def prepare_quiet(question: Question, pace: Pace) -> Ask:
    """Return a question to an agent whose parts only wait."""
    waiting = Waiting.of(question, pace)
    run_locally = PlannedStepRunner(by_name(local_tools()))

    async def run_step(call: StepCall) -> object:
        searches = call.step.tool == SEARCH
        return await (waiting.search(call) if searches else run_locally(call))

    specs = [tool.spec for tool in tools(_web_search)]
    agent = Agent(waiting, waiting, run_step, specs)

    async def ask() -> str:
        answered = await agent.answer(question.text)
        return str(getattr(answered, "response", ""))

    return ask
