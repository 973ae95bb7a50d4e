"""Two runs of one question have one plan."""

from dataclasses import replace

import anyio
import pytest

from dagplan.errors import QuestionError
from dagplan.plan import Plan, Step
from dagplan.protocols import PlanRequest
from dagplan.server.one_plan import OnePlan

pytestmark = pytest.mark.anyio

A, B = Step(id="a", task="Do a"), Step(id="b", task="Do b")


class Planner:
    """Offers A, waits for its gate, offers B; or raises instead."""

    def __init__(self, *errors: Exception) -> None:
        self.gate = anyio.Event()
        self.begun = anyio.Event()
        self.errors = [*errors]
        self.requests: list[PlanRequest] = []

    async def plan(self, request: PlanRequest) -> Plan:
        self.requests.append(request)
        self._offer(request, A)
        self.begun.set()
        await self.gate.wait()
        if self.errors:
            raise self.errors.pop()
        self._offer(request, B)
        return Plan(steps=[A, B])

    @staticmethod
    def _offer(request: PlanRequest, step: Step) -> None:
        if request.offer is not None and step not in request.kept:
            request.offer(step)


def request(offered: list[Step] | None) -> PlanRequest:
    offer = None if offered is None else offered.append
    return PlanRequest("Why?", (), emit=lambda _: None, offer=offer)


async def test_both_get_each_step_when_it_is_planned_and_the_same_plan():
    planner = Planner()
    one = OnePlan(planner)
    first: list[Step] = []
    second: list[Step] = []
    plans: list[Plan] = []

    async def plan(offered: list[Step]) -> None:
        plans.append(await one.plan(request(offered)))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(plan, first)
        await planner.begun.wait()
        tasks.start_soon(plan, second)
        await anyio.wait_all_tasks_blocked()
        assert (first, second) == ([A], [A])
        planner.gate.set()

    assert (first, second) == ([A, B], [A, B])
    assert plans[0] is plans[1]
    assert len(planner.requests) == 1


async def test_one_that_comes_when_all_is_planned_gets_the_plan():
    planner = Planner()
    planner.gate.set()
    one = OnePlan(planner)
    offered: list[Step] = []

    plan = await one.plan(request([]))

    assert await one.plan(request(offered)) is plan
    assert len(planner.requests) == 1


async def test_where_the_first_is_cancelled_the_second_goes_on_from_what_it_has():
    planner = Planner()
    one = OnePlan(planner)
    offered: list[Step] = []
    plans: list[Plan] = []

    async def first() -> None:
        with scope:
            await one.plan(request([]))

    async def second() -> None:
        plans.append(await one.plan(request(offered)))

    scope = anyio.CancelScope()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(first)
        await planner.begun.wait()
        tasks.start_soon(second)
        await anyio.wait_all_tasks_blocked()
        scope.cancel()
        await anyio.wait_all_tasks_blocked()
        planner.gate.set()

    assert offered == [A, B]
    assert plans == [Plan(steps=[A, B])]
    assert planner.requests[1].kept == (A,)


async def test_an_error_is_that_of_whoever_planned():
    planner = Planner(QuestionError("no such place"))
    planner.gate.set()
    one = OnePlan(planner)

    with pytest.raises(QuestionError, match="no such place"):
        await one.plan(request([]))
    assert await one.plan(request([])) == Plan(steps=[A, B])


async def test_steps_are_not_offered_to_who_wants_none_yet():
    planner = Planner()
    planner.gate.set()

    await OnePlan(planner).plan(request(None))

    assert planner.requests[0].offer is None


async def test_who_plans_for_two_runs_cannot_ask_the_user_for_one_of_them():
    planner = Planner()
    planner.gate.set()
    await OnePlan(planner).plan(replace(request(None), may_ask=True))
    assert [asked.may_ask for asked in planner.requests] == [False]
