"""Options → the agent that does it, and who plans."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dagplan.cli.options import ModeName, Options
from dagplan.cli.tools_option import load_tools
from dagplan.policy import Budget, Limits, Retry, Timeout

if TYPE_CHECKING:
    from dagplan.agent import Agent

_OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Crew:
    """The agent, and what to call it.

    Attributes:
        make: Makes the agent, inside the event loop that runs it.
        model: Name of the model that plans and answers; None for rules.
        slots: How many steps may run at once.
        asked_for: Whether it was the user who wanted no model.
    """

    make: "Callable[[], Agent]"
    model: str | None
    slots: int | None
    asked_for: bool = False

    @property
    def header(self) -> str:
        """Who plans, for people."""
        if self.model is not None:
            return f"planned by {self.model}"
        why = "as asked for" if self.asked_for else "no model set"
        return f"planned by rules, {why}"


def assemble(options: Options, *, plans: bool = True) -> Crew:
    """Resolve model and tools.

    Args:
        options: What was asked for.
        plans: Whether a plan is to be written; a saved one needs no model for that,
            whatever its tools are.

    Raises:
        SettingsError: Tools without a model, a missing key, an unknown provider.
        UnsupportedToolError: A tool that no step could call.
    """
    from dagplan.agent.create import AgentConfig, agent_factory
    from dagplan.models import model_name
    from dagplan.offline import RulePlanner, RuleReplanner
    from dagplan.providers import Settings, resolve_model

    settings = Settings.read()
    tools = load_tools(options.tools)
    model = resolve_model(options.model, settings)
    limits = limits_of(options)
    config = AgentConfig(
        model=_OFFLINE if model is None else model,
        tools=tools,
        planner_model=None if plans else RulePlanner(),
        replanner_model=None if plans else RuleReplanner(),
        instructions=options.instructions,
        limits=limits,
        retry=retry_of(options),
        timeout=Timeout(attempt=options.timeout),
        replan=options.replan.value,
        control_flow=options.control_flow.value,
        answer=options.answer.value,
        budget=budget_of(options),
        approve=options.approve or None,
    )
    return Crew(
        agent_factory(config, settings),
        None if model is None else model_name(model),
        limits.concurrency,
        asked_for=_OFFLINE in (options.model, settings.model),
    )


def limits_of(options: Options) -> Limits:
    """Return how many steps may run at once."""
    if options.mode is ModeName.SEQUENTIAL:
        return Limits(concurrency=1)
    if options.max_concurrency is not None:
        return Limits(concurrency=options.max_concurrency)
    return Limits()


def retry_of(options: Options) -> Retry:
    """Return how often steps are tried again."""
    if options.retries is None:
        return Retry()
    return Retry(attempts=options.retries + 1)


def budget_of(options: Options) -> Budget:
    """Return how much a run may spend."""
    return Budget(
        max_model_calls=options.max_calls,
        max_tokens=options.max_tokens,
        max_cost=options.max_cost,
        deadline=options.deadline,
    )
