"""Asks the user on the page whether a plan or a call may be run."""

import json
from collections.abc import Sequence

from dagplan.agent.approval import Answer, plan_digest
from dagplan.errors import SettingsError
from dagplan.events import StepParked
from dagplan.plan import Plan, ToolSpec, load_plan
from dagplan.server.live_run import Asked, LiveRun
from dagplan.views import one_line


class PageApprover:
    """An `Approver` whose questions stand on the page of a run.

    Args:
        run: The run.
        tools: What steps may call, to check an edited plan.
    """

    def __init__(self, run: LiveRun, tools: Sequence[ToolSpec]) -> None:
        self._run = run
        self._tools = tools

    async def plan(self, plan: Plan, /, *, may_edit: bool) -> bool | Plan:
        """Tell whether a plan may be run, or which one instead."""
        count = len(plan.steps)
        asked = Asked(
            plan_digest(plan),
            f"Run this plan of {count:,} step{'' if count == 1 else 's'}?",
            plan.model_dump_json(indent=2, exclude_defaults=True),
            self._read_plan if may_edit else None,
        )
        reply = await self._run.ask(asked)
        return reply if isinstance(reply, Plan) else bool(reply)

    async def step(self, parked: StepParked, /) -> Answer:
        """Tell whether a call may be made, or with which arguments instead."""
        what = one_line(parked.tool or parked.task[:1_000])
        content = json.dumps(dict(parked.args), ensure_ascii=False, indent=2)
        asked = Asked(
            parked.digest, f"Run {parked.step_id}: {what}?", content, _read_arguments
        )
        reply = await self._run.ask(asked)
        return bool(reply) if isinstance(reply, Plan | str) else reply

    def _read_plan(self, text: str) -> Plan:
        plan = load_plan(text)
        plan.check(self._tools)
        return plan


def _read_arguments(text: str) -> Answer:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"that is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise SettingsError('arguments are a JSON object, such as {"to": "Ann"}')
    return {"args": found}
