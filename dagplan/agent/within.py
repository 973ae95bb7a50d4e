"""What the budget of a run means while its plan is written."""

from collections.abc import Awaitable, Callable, Sequence

import anyio

from dagplan.errors import BudgetError
from dagplan.plan.model import Plan, Step
from dagplan.scheduler import Execution


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
