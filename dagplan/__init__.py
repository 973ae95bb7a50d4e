"""Answers multi-part questions with a plan that is a graph.

A planner writes steps and what each needs; steps that do not need one another run at
the same time; a replanner revises what is left, or answers.

    from dagplan import create_dag_agent

    agent = create_dag_agent("openai:gpt-5-mini", tools=[search])
    print(agent.invoke({"input": "…"})["response"])

Names load on first use, so that importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagplan.agent import create_dag_agent
    from dagplan.errors import DagplanError, PlanError, RunBusy
    from dagplan.events import StepResult
    from dagplan.plan import Plan, PlanLimits, Revision, Step
    from dagplan.policy import Budget, Hedge, Limits, Retry, Timeout
    from dagplan.protocols import StepCall
    from dagplan.providers import resolve_model
    from dagplan.report import RunReport
    from dagplan.scheduler import Run, Throttle, execute_plan, stream_plan

__version__ = "0.1.0"

_HOMES = {
    "Budget": "policy",
    "DagplanError": "errors",
    "Hedge": "policy",
    "Limits": "policy",
    "Plan": "plan",
    "PlanError": "errors",
    "PlanLimits": "plan",
    "Retry": "policy",
    "Revision": "plan",
    "Run": "scheduler",
    "RunBusy": "errors",
    "RunReport": "report",
    "Step": "plan",
    "StepCall": "protocols",
    "StepResult": "events",
    "Throttle": "scheduler",
    "Timeout": "policy",
    "create_dag_agent": "agent",
    "execute_plan": "scheduler",
    "resolve_model": "providers",
    "stream_plan": "scheduler",
}

__all__ = [
    "Budget",
    "DagplanError",
    "Hedge",
    "Limits",
    "Plan",
    "PlanError",
    "PlanLimits",
    "Retry",
    "Revision",
    "Run",
    "RunBusy",
    "RunReport",
    "Step",
    "StepCall",
    "StepResult",
    "Throttle",
    "Timeout",
    "create_dag_agent",
    "execute_plan",
    "resolve_model",
    "stream_plan",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
