"""The `StepRunner` of an agent: tools, a reading model, a small agent."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import anyio

from dagplan.errors import StepError, WrongValueError
from dagplan.plan.references import short
from dagplan.plan.returns import Returns, describe
from dagplan.protocols import StepCall
from dagplan.steps.threads import PATIENCE
from dagplan.steps.tool_step import arguments_of, call_tool
from dagplan.steps.values import coerce
from dagplan.structured import JsonModel
from dagplan.tools.effects import known_by
from dagplan.tools.spec import Tool

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_MOST_THREADS = 1_000  # far above any sensible number of slots


class PlannedStepRunner:
    """Runs tool steps and agent steps.

    Args:
        tools: What steps may call, by name.
        model: Reads values out of results and carries out agent steps; without one
            both fail with a line that says so.
        reader: The same model, where it is known already how it writes JSON.
        apart: Names of tools that agents of other steps do not get, beside those with
            side effects.
        agents_only_write: Whether agents of steps get no tools at all.
        patience: Seconds for which the thread of a sync tool is waited for after its
            step was cancelled.
    """

    def __init__(
        self,
        tools: Mapping[str, Tool],
        model: "BaseChatModel | None" = None,
        *,
        reader: JsonModel | None = None,
        apart: Collection[str] = (),
        agents_only_write: bool = False,
        patience: float = PATIENCE,
    ) -> None:
        self._apart = frozenset(tools) if agents_only_write else frozenset(apart)
        self._tools = tools
        self._model = model
        self._reader = reader
        if reader is None and model is not None:
            self._reader = JsonModel(model)
        self._patience = patience
        self._threads = anyio.CapacityLimiter(_MOST_THREADS)

    async def __call__(self, call: StepCall) -> object:
        """Run one attempt at a step; see `StepRunner`."""
        if call.step.tool is None:
            return await self._run_agent(call)
        tool = self._tools[call.step.tool]
        with known_by(call.idempotency_key):
            found = await call_tool(
                tool, arguments_of(tool, call), self._threads, self._patience
            )
        good, value = coerce(found, call.step.returns)
        # What only the answering model will read goes to it raw: it can read.
        if good or not call.wanted(call.step.id):
            return value
        return await self._read(call, found, call.step.returns)

    async def _read(self, call: StepCall, found: object, returns: Returns) -> object:
        if self._reader is None:
            raise WrongValueError(
                f"the step promised {describe(returns)} and tool {call.step.tool!r} "
                f"returned {short(found)}; set a model to read it out"
            )
        from dagplan.steps.reader import read_value

        return await read_value(self._reader, call, found, returns)

    async def _run_agent(self, call: StepCall) -> object:
        if self._model is None:
            raise StepError(
                "this step needs a model: set OPENAI_API_KEY, or name a tool for it"
            )
        from dagplan.steps.agent_step import run_agent

        # What has effects is for steps that say so: they are approved of, and known to
        # have begun before they do.
        tools = [
            tool
            for name, tool in self._tools.items()
            if not tool.spec.side_effects and name not in self._apart
        ]
        return await run_agent(self._model, tools, call, self._threads)
