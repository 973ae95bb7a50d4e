"""Scores of plans that a model wrote."""

import json

import pytest

from benchmarks.tokenizer import Tokenizer
from dagplan.plan import ToolSpec
from tests.planning.questions import questions
from tests.planning.score import main, report, summary, worths
from tests.planning.worth import judge, slices

SEARCH = ToolSpec(
    "web_search",
    "",
    {
        "type": "object",
        "properties": {"query": {"type": "string"}},
        "required": ["query"],
        "additionalProperties": False,
    },
)
ONE = '{"web_search": {"query": "a [b], {c}"}, "id": "a", "more": []}'
TWO = ONE.replace('"id": "a"', '"id": "b"')
LAST = '{"agent": "Compare ${a} and ${b}", "id": "c", "more": []}'
PLAN = f'{{"steps": [{ONE},\n{TWO}, {LAST}\n], "answer": null}}'


def test_a_valid_plan_is_counted():
    found = judge(PLAN, [SEARCH], Tokenizer())
    assert found.valid
    assert (found.steps, found.calls, found.agents) == (3, 3, 1)
    assert (found.width, found.depth) == (2, 2)
    assert len(found.of_steps) == 3
    assert found.of_searches == found.of_steps[:2]
    assert not judge(
        PLAN.replace("${a}", "${", 1)[:-9], [SEARCH], Tokenizer()
    ).of_searches
    assert sum(found.of_steps) < found.tokens
    assert not found.told


def test_each_item_of_a_list_that_is_written_out_is_a_call():
    each = f'{{"for_each": ["x", "y", "z"], "step": {ONE}}}'
    found = judge(f"[{each}, {TWO}]", [SEARCH], Tokenizer())
    assert (found.steps, found.calls, found.width, found.depth) == (2, 4, 4, 1)
    assert found.of_searches == [found.of_steps[0] / 3] * 3 + [found.of_steps[1]]


def test_problems_are_counted_by_rule():
    text = PLAN.replace("${b}", "${d} ${e}").replace("web_search", "search", 1)
    found = judge(text, [SEARCH], Tokenizer())
    assert found.problems == {"unknown-reference": 2, "unknown-tool": 1}
    assert not found.valid
    assert (found.steps, found.width, found.depth) == (3, 0, 0)


def test_an_answer_without_steps_is_told():
    assert judge('{"steps": [], "answer": "Hola"}', [], Tokenizer()).told
    assert not judge('{"steps": [], "answer": null}', [], Tokenizer()).told
    assert not judge("Hola", [], Tokenizer()).told


@pytest.mark.parametrize(
    "text",
    [PLAN, f"```json\n[{ONE},\n{TWO}, {LAST}\n]\n```", f"[{ONE},\n{TWO}, {LAST}]"],
)
def test_steps_are_cut_out_as_they_were_written(text: str):
    found = [*slices(text)]
    assert found[:2] == [f"{ONE},\n", f"{TWO}, "]
    assert found[2].strip() == LAST


def test_steps_are_cut_out_up_to_where_the_text_breaks():
    assert [*slices(PLAN[:-60])] == [f"{ONE},\n", f"{TWO}, "]
    assert [*slices("no plan")] == []


def test_a_folder_is_scored(tmp_path, capsys):
    asked = {question.id: question for question in questions()}
    (tmp_path / "three_rivers.json").write_text(PLAN)
    (tmp_path / "thanks.json").write_text('{"steps": [], "answer": "All."}')
    (tmp_path / "award_chain.json").write_text(json.dumps([{"search": {}, "id": "a"}]))
    (tmp_path / "unknown.json").write_text("")
    found = worths(tmp_path, Tokenizer())
    assert [*found] == [asked["thanks"], asked["award_chain"], asked["three_rivers"]]
    figures = summary(found)
    assert figures["valid at first try"] == "2 of 3"
    assert figures["problems by rule"] == "unknown-tool 1"
    assert figures["no step where none is needed"] == "1 of 1"
    assert figures["wider than one, of those that can be"] == "1 of 1"
    assert figures["width of these, mean"] == "2.0"
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == report(found, Tokenizer()) + "\n"


def test_a_folder_without_plans_is_said(tmp_path, capsys):
    assert main([str(tmp_path)]) == 1
    assert "holds no plan" in capsys.readouterr().err
