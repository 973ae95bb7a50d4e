"""Plans that people wrote, read from a folder given in `DAGPLAN_TEST_DATA`.

The sets are those of the papers: MuSiQue (CC-BY-4.0), StrategyQA, Break, WorFBench and
AsyncHow (MIT), each line `{"id", "steps": [{"id", "text", "deps"}], …}`. They are not
part of this repository.
"""

import os

import pytest

from dagplan import execute_plan
from dagplan.plan.graph import layers
from dagplan.protocols import StepCall
from dagplan.views import to_text

from .real_plans import as_plan, filled, read

FOLDER = os.environ.get("DAGPLAN_TEST_DATA", "")
SETS = ["musique", "strategyqa", "break_highlevel", "worfbench", "asynchow"]
needs_data = pytest.mark.skipif(
    not FOLDER, reason="set DAGPLAN_TEST_DATA to a folder with the plans"
)


@needs_data
@pytest.mark.parametrize("name", SETS)
async def test_plans_of_people_can_be_checked_run_and_drawn(name):
    async def run_step(call: StepCall) -> str:
        return call.id

    for written in read(FOLDER, name):
        plan = as_plan(written)
        plan.check()
        run = await execute_plan(plan, run_step)
        assert run.report.steps == {"succeeded": len(plan.steps)}
        assert sum(map(len, layers(plan))) == len(plan.steps)
        assert all(len(line) <= 80 for line in to_text(plan).splitlines())


@needs_data
async def test_each_sub_question_of_musique_gets_the_earlier_answers_exactly():
    for written in read(FOLDER, "musique"):
        answers = {f"s{step['id']}": str(step["answer"]) for step in written["steps"]}
        texts = {f"s{step['id']}": step["text"] for step in written["steps"]}

        expected = {
            key: filled(written, text, lambda step_id: answers[f"s{step_id}"])  # noqa: B023 - called at once
            for key, text in texts.items()
        }

        async def run_step(call: StepCall) -> str:
            assert call.task == expected[call.id]  # noqa: B023 - runs in this turn
            return answers[call.id]  # noqa: B023

        run = await execute_plan(as_plan(written), run_step)
        values = {key: result.value for key, result in run.results.items()}
        assert values == answers
