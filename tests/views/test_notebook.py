import subprocess
import sys

from dagplan import execute_plan
from dagplan.protocols import StepCall
from dagplan.views import to_svg, to_text
from tests.views.plans import figures, plan

CODE = """
import sys
from dagplan import Plan
plan = Plan(steps=[])
before = {name for name in sys.modules if name.startswith("dagplan.views")}
plan._repr_svg_()
print(before)
"""


async def run_step(call: StepCall) -> str:
    if call.id == "area_fr":
        raise ValueError("no such place")
    return call.id


def test_a_notebook_gets_a_plan_as_svg_and_as_text() -> None:
    bundle = figures()._repr_mimebundle_()

    assert bundle["image/svg+xml"] == figures()._repr_svg_() == to_svg(figures())
    assert bundle["text/plain"] == to_text(figures())


async def test_a_notebook_gets_a_run_with_what_became_of_its_steps() -> None:
    steps = [{"id": "pop_fr", "task": "x"}, {"id": "area_fr", "task": "x"}]
    run = await execute_plan(plan(*steps, {"id": "z", "task": "${area_fr}"}), run_step)
    bundle = run._repr_mimebundle_()

    assert bundle["image/svg+xml"] == run._repr_svg_() == to_svg(run.plan, run.results)
    assert "✗ 1 failed" in bundle["text/plain"]


def test_a_notebook_can_ask_for_some_media_types_only() -> None:
    only = figures()._repr_mimebundle_(include={"image/svg+xml"})
    without = figures()._repr_mimebundle_(exclude=["image/svg+xml"])

    assert [*only] == ["image/svg+xml"]
    assert [*without] == ["text/plain"]


def test_views_load_when_a_notebook_asks() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True
    )

    assert done.stdout == "set()\n"
