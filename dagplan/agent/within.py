"""What the budget of a run means for planning and for the answer."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import anyio

from dagplan.errors import BudgetError
from dagplan.plan.model import Plan, Step
from dagplan.plan.revision import Revision
from dagplan.scheduler import Execution


class Ask(Protocol):
    """Asks the replanner."""

    async def __call__(self, *, may_revise: bool) -> Revision | str | None:
        """Return an answer, or a revision where that may be; None changes nothing."""
        ...


async def planned(
    execution: Execution,
    work: Callable[[], Awaitable[Plan]],
    begun: Sequence[Step],
) -> Plan:
    """Plan until that is done, or a bound is reached: then what has begun is the plan.

    Args:
        execution: The run.
        work: Writes the plan.
        begun: Steps that began meanwhile.

    Raises:
        BudgetError: Nothing had begun by then: there is nothing to answer from.
    """
    budget = execution.budget
    try:
        with anyio.CancelScope(deadline=budget.deadline):
            return await work()
    except BudgetError:
        if not begun:
            raise
    budget.check()
    if not begun:
        raise execution.requests.refusal("there is no plan to answer from")
    return Plan(steps=[*begun])


async def decided(
    execution: Execution, ask: Ask, *, may_revise: bool
) -> Revision | str | None:
    """Ask for an answer or a revision; once a bound is reached for an answer only.

    A revision that came too late is dropped, and the answer asked for on top.
    """
    budget = execution.budget
    if may_revise and not budget.reached:
        try:
            decision = await ask(may_revise=True)
        except BudgetError:
            pass
        else:
            if isinstance(decision, str) or not budget.reached:
                return decision
    return await ask(may_revise=False)
