"""The package itself: its names, what importing costs, the way imports run."""

import subprocess
import sys

import pytest

import dagplan

NAMES = [
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
HEAVY = {
    "langgraph",
    "langchain",
    "langchain_core",
    "openai",
    "networkx",
    "pydantic",
    "genai_prices",
}


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_names_at_the_top_are_these():
    assert sorted(dagplan.__all__) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_name_can_be_had_and_is_documented(name):
    assert getattr(dagplan, name).__doc__


def test_a_name_that_does_not_exist_says_so():
    with pytest.raises(AttributeError, match="no attribute 'Plam'"):
        dagplan.Plam  # noqa: B018


def test_importing_the_package_loads_nothing_heavy():
    loaded = python("import sys, dagplan; print(*sys.modules)").split()
    assert HEAVY.isdisjoint(loaded)


def test_running_a_plan_loads_no_model_library():
    code = """
import sys, anyio
from dagplan import Plan, Step, execute_plan
async def run_step(call): return call.id
anyio.run(execute_plan, Plan(steps=[Step(id="a", task="t")]), run_step)
print(*sys.modules)
"""
    assert (HEAVY - {"pydantic"}).isdisjoint(python(code).split())


def test_importing_the_package_takes_under_a_seventh_of_a_second():
    code = """
import time
started = time.perf_counter()
import dagplan
print(time.perf_counter() - started)
"""
    assert min(float(python(code)) for _ in range(3)) < 0.15
