"""One plan for several runs of one question, so that their times can be compared."""

from collections.abc import Callable
from dataclasses import replace

import anyio

from dagplan.plan.model import Plan, Step
from dagplan.protocols import Planner, PlanRequest


class OnePlan:
    """A planner that plans once for all that ask.

    Whoever asks first pays for it. The others get each step when he does, and the same
    plan; if his planning fails or is cancelled, each goes on for itself from the steps
    that it was offered.

    Args:
        planner: Does it.
    """

    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self._over: anyio.Event | None = None
        self._plan: Plan | None = None
        self._offered: list[Step] = []
        self._offers: list[Callable[[Step], None]] = []

    async def plan(self, request: PlanRequest, /) -> Plan:
        """Return the plan; see `protocols.Planner`."""
        # Two runs that went on from two answers could not be compared.
        request = replace(request, may_ask=False)
        if self._over is not None:
            return await self._follow(request, self._over)
        self._over = anyio.Event()
        try:
            self._plan = await self._planner.plan(self._leading(request))
        finally:
            self._over.set()
        return self._plan

    def _leading(self, request: PlanRequest) -> PlanRequest:
        if request.offer is None:
            return request
        self._offers.append(request.offer)
        return replace(request, offer=self._offer)

    def _offer(self, step: Step) -> None:
        self._offered.append(step)
        for offer in self._offers:
            offer(step)

    async def _follow(self, request: PlanRequest, over: anyio.Event) -> Plan:
        offer = request.offer
        if offer is not None and not over.is_set():
            for step in self._offered:
                offer(step)
            self._offers.append(offer)
        await over.wait()
        if self._plan is not None:
            return self._plan
        kept = request.kept if offer is None else (*request.kept, *self._offered)
        return await self._planner.plan(replace(request, kept=kept))
