"""Plans that people wrote, read from a folder given in `DAGPLAN_TEST_DATA`.

The sets are those of the papers: MuSiQue (CC-BY-4.0), StrategyQA, Break, WorFBench and
AsyncHow (MIT), each line `{"id", "steps": [{"id", "text", "deps"}], …}`. They are not
part of this repository.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from dagplan import Plan, Step, execute_plan
from dagplan.plan.graph import layers
from dagplan.protocols import StepCall
from dagplan.views import to_text

FOLDER = os.environ.get("DAGPLAN_TEST_DATA", "")
SETS = ["musique", "strategyqa", "break_highlevel", "worfbench", "asynchow"]
needs_data = pytest.mark.skipif(
    not FOLDER, reason="set DAGPLAN_TEST_DATA to a folder with the plans"
)


def read(name: str) -> list[dict[str, Any]]:
    lines = (Path(FOLDER) / f"{name}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def as_plan(written: dict[str, Any]) -> Plan:
    """Turn `#2` in a text into `${s2}`; other dependencies stay explicit."""
    known = {step["id"] for step in written["steps"]}

    def reference(match: re.Match[str]) -> str:
        return f"${{s{match[1]}}}" if match[1] in known else match[0]

    return Plan(
        steps=[
            Step(
                id=f"s{step['id']}",
                task=re.sub(r"#(\d+)", reference, step["text"].replace("${", r"\${")),
                depends_on=[f"s{dependency}" for dependency in step["deps"]],
            )
            for step in written["steps"]
        ]
    )


@needs_data
@pytest.mark.parametrize("name", SETS)
async def test_plans_of_people_can_be_checked_run_and_drawn(name):
    async def run_step(call: StepCall) -> str:
        return call.id

    for written in read(name):
        plan = as_plan(written)
        plan.check()
        run = await execute_plan(plan, run_step)
        assert run.report.steps == {"succeeded": len(plan.steps)}
        assert sum(map(len, layers(plan))) == len(plan.steps)
        assert all(len(line) <= 80 for line in to_text(plan).splitlines())


@needs_data
async def test_each_sub_question_of_musique_gets_the_earlier_answers_exactly():
    for written in read("musique"):
        answers = {f"s{step['id']}": str(step["answer"]) for step in written["steps"]}
        texts = {f"s{step['id']}": step["text"] for step in written["steps"]}

        async def run_step(
            call: StepCall,
            texts: dict[str, str] = texts,
            answers: dict[str, str] = answers,
        ) -> str:
            expected = re.sub(
                r"#(\d+)", lambda m: answers.get(f"s{m[1]}", m[0]), texts[call.id]
            )
            assert call.task == expected
            return answers[call.id]

        run = await execute_plan(as_plan(written), run_step)
        values = {key: result.value for key, result in run.results.items()}
        assert values == answers
