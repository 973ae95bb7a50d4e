"""How a run of the agent ends: with an answer, or held until the user has spoken."""

from dataclasses import dataclass

from dagplan.agent.approval import Consent, Held, Verdict
from dagplan.agent.asking import Inquiry
from dagplan.plan.model import Plan
from dagplan.scheduler import Execution, Run

_REFUSED = "The plan was not approved, so it was not run."


@dataclass(frozen=True, slots=True)
class Answered:
    """A question and its answer.

    Attributes:
        response: The answer.
        run: The plan as it was run, results, events and report.
    """

    response: str
    run: Run


Outcome = Answered | Held


async def answered(execution: Execution, plan: Plan, response: str) -> Answered:
    """End a run with its answer; what still runs or waits is cancelled."""
    execution.stop()
    await execution.over()
    await execution.finish("answered", response)
    return Answered(response, Run(plan, execution.results(), execution.log.events))


async def paused(execution: Execution, consent: Consent, plan: Plan) -> Held:
    """End a run for now: only the user can say how it goes on."""
    consent.say_what_waits()
    await execution.finish("paused")
    run = Run(plan, execution.results(), execution.log.events)
    return Held(execution.name, run, *consent.waiting())


async def unplanned(execution: Execution, inquiry: Inquiry) -> Held:
    """End a run for now: the user has to answer before there is a plan."""
    await execution.finish("paused")
    run = Run(Plan(steps=[]), execution.results(), execution.log.events)
    return Held(execution.name, run, asked=inquiry.open)


async def stopped(
    execution: Execution, consent: Consent, plan: Plan, verdict: Verdict
) -> Outcome:
    """End a run whose plan waits for the user, or was refused."""
    if verdict == "asked":
        return await paused(execution, consent, plan)
    execution.say(_REFUSED)
    await execution.finish("cancelled", _REFUSED)
    return Answered(_REFUSED, Run(plan, execution.results(), execution.log.events))
