import argparse
import json
from typing import Any

import pytest

from benchmarks import tokens
from benchmarks.tokenizer import Tokenizer
from dagplan.plan import Plan, Step
from dagplan.planning.wire import read_plan, write_plan

SUM = Step(
    id="sum",
    tool="calculate",
    task="The sum",
    args={"expression": "${a} + 1"},
    returns="number",
)
LOOK = Step(id="a", tool="search", task="Find it", args={"query": "it"}, returns="list")
DO = Step(id="do", task="Do it with ${sum}", returns="text")
PLAN = Plan(steps=[LOOK, SUM, DO], answer="It is ${sum}")


def test_what_need_not_be_said_is_left_out_and_nothing_else():
    tools = tokens.tools_of([PLAN])
    written = write_plan(tokens.lean(PLAN, tools), tools)
    assert json.loads(written)["steps"] == [
        {"search": "it", "id": "a"},
        {"calculate": "${a} + 1", "id": "sum"},
        {"agent": "Do it with ${sum}", "id": "do:text"},
    ]
    read = read_plan(written, tools)
    assert [step.args for step in read.steps] == [LOOK.args, SUM.args, {}]
    assert read.answer == PLAN.answer


def test_a_plan_is_written_out_with_every_field():
    [step, *_] = json.loads(tokens.written_out(PLAN, (",", ":")))["steps"]
    assert {*step} == {*Step.model_fields} - {"partial"}
    assert len(tokens.written_out(PLAN, (", ", ": "))) > len(
        tokens.written_out(PLAN, (",", ":"))
    )


def test_tokens_are_counted_by_kinds_of_steps(tmp_path):
    plans = [{"question": "?", "plan": PLAN.model_dump()}]
    (tmp_path / tokens.FILE).write_text(json.dumps(plans))
    found = tokens.measure(argparse.Namespace(data=tmp_path, tokenizer=None))
    assert found.skipped is None
    [table] = found.tables
    assert table.columns == (
        "",
        "whole plans",
        "every step",
        "agent",
        "search",
        "calculate",
    )
    ways: Any = found.figures["per_step"]
    full, compact, wire = (ways[row[0]] for row in table.rows)
    assert all(full[kind] >= compact[kind] > wire[kind] for kind in full)
    counted = tokens.tokens([PLAN], write_plan, Tokenizer())
    every = counted["every step"]
    kinds = sum(counted[kind] for kind in ("agent", "search", "calculate"))
    assert every == pytest.approx(kinds / 3)
    assert counted["whole plans"] > every


def test_absent_plans_are_said_and_no_fault(tmp_path):
    for folder in (None, tmp_path):
        options = argparse.Namespace(data=folder, tokenizer=None)
        assert tokens.FILE in (tokens.measure(options).skipped or "")
