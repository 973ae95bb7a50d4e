"""What becomes of measured times: rows, ratios, costs, charts, the README's tables."""

import pytest

from benchmarks.again import apart
from benchmarks.asking import Asked, Asking
from benchmarks.calls import cost
from benchmarks.chart import to_chart
from benchmarks.faults import outcome
from benchmarks.latency import Row, _aims, _groups, _ratios
from benchmarks.provider.ledger import Call
from benchmarks.provider.pace import Pace
from benchmarks.provider.scripts.dag import PARTLY
from benchmarks.questions.own import own_questions
from benchmarks.readme import BEGIN, END, within

ROWS = [
    Row(
        "a",
        "own",
        parallel=True,
        bound=1.0,
        seconds={"dagplan": 1.05, "react": 2.1, "sequential": 1.05},
    ),
    Row(
        "b",
        "own",
        parallel=True,
        bound=2.0,
        seconds={"dagplan": 2.0, "react": 1.0, "sequential": 3.0},
    ),
    Row(
        "c",
        "own",
        parallel=False,
        bound=2.0,
        seconds={"dagplan": 2.0, "react": 3.0, "sequential": 1.9},
    ),
]


def test_rows_are_grouped_into_parallel_plans_and_all():
    groups = {name: [row.question for row in rows] for name, rows in _groups(ROWS)}
    assert groups == {"own, parallel": ["a", "b"], "own, all": ["a", "b", "c"]}


def test_ratios_are_those_of_the_same_question():
    found = _ratios(ROWS, ["react"])["own, parallel"]
    assert found["react"] == {
        "medians": pytest.approx(1.55 / 1.525),
        "p50": 1.25,
        "least": 0.5,
        "most": 2.0,
        "slower": 0.5,
    }
    assert found["÷ bound"]["p50"] == pytest.approx(1.025)


def test_what_is_slower_somewhere_misses_its_aim():
    missed = [aim.name for aim in _aims(ROWS, ["react", "sequential"]) if not aim.met]
    assert missed == ["sequential ÷ dagplan, the worst plan"]


def call(kind, began, ended, tokens):
    return Call("peaks", "s", kind, 100, tokens, began, ended, 0.0)


def test_what_runs_beside_the_path_costs_and_is_not_waited_for():
    question = next(q for q in own_questions() if q.id == "peaks")
    calls = [
        call("plan", 0.0, 1.0, 90),
        call("search", 1.0, 2.0, 5),
        call("value", 2.0, 2.3, 6),
        call("search", 1.0, 2.5, 5),
        call("value", 2.5, 3.0, 7),
    ]
    found = cost(Asked([], calls, []), [question], Pace())
    assert (found.calls, found.path_calls) == (3, 2)
    assert (found.output, found.path_output) == (103, 97)
    assert found.input == 300
    assert found.plan_per_step == 30


def test_outcomes_tell_right_partly_lost_and_hanging_questions():
    def asked(*askings):
        return Asked(askings, [call("search", 0.0, 1.0, 5)] * 3, [])

    right = Asking("a", 2.0, right=True, answer="x")
    partly = Asking("b", 3.0, right=False, answer=PARTLY)
    lost = Asking("c", 3.0, right=False, error="ValueError()")
    hangs = Asking("d", 9.0, right=False, error="TimeoutError()")
    usual = [Asking(name, 1.0, right=True) for name in "abcd"]
    found = outcome(
        "x", "y", asked(right, partly, lost, hangs), asked(*usual), needed=2
    )
    assert (found.right, found.partly, found.lost, found.hangs) == (1, 1, 2, 1)
    assert (found.times, found.repeated) == (2.5, 1.5)


def test_a_bar_says_whether_it_is_faster_or_slower_than_dagplan():
    ratio = {"medians": 2.0, "least": 1.0, "most": 9.0}
    fast = {"medians": 0.5, "least": 0.4, "most": 0.6}
    drawn = to_chart({"own": {"slow & steady": ratio, "fast": fast, "÷ bound": ratio}})
    assert drawn.count('class="bar"') == 2
    assert drawn.count('<g class="succeeded">') == 1
    assert drawn.count('<g class="failed">') == 1
    assert "slow &amp; steady" in drawn
    assert "÷ bound" not in drawn


def test_tables_replace_what_stood_between_the_marks():
    before = f"a\n{BEGIN}\nold\n{END}\nb\n"
    assert within(before, "new") == f"a\n{BEGIN}\n\nnew\n\n{END}\nb\n"
    assert within(within(before, "new"), "new") == within(before, "new")


def test_two_runs_are_compared_ratio_by_ratio():
    def cell(skipped=None):
        taken = None if skipped else [2.0, 6.0, 9.0]
        kind = {"peer": "p", "shape": "wide", "steps": 9, "step": "yields"}
        return {**kind, "taken": taken, "bare": [1.0, 2.0, 4.0], "skipped": skipped}

    def fault(times):
        return {"rival": "waves", "fault": f"fails {times}", "times": times}

    def run(react, calls):
        return {
            "benchmarks": {
                "latency": {"figures": {"ratios": {"own": {"react": {"p50": react}}}}},
                "anatomy": {"figures": {"ratios": {"x": [(2.0, 1.0), (4.0, 2.0)]}}},
                "calls": {
                    "figures": {
                        "costs": {
                            "r": dict.fromkeys(
                                ("calls", "output", "path_output"), calls
                            )
                        }
                    }
                },
                "chains": {"figures": {"ratios": {"x": [1.0, 1.01]}}},
                "load": {"figures": {"http": [{"questions": 1, "over_ideal": 0.9}]}},
                "optimal": {"figures": {"slots": {"t": [["2", 1.0, 1.2]]}}},
                "overhead": {"figures": {"cells": [cell(), cell(skipped="no dask")]}},
                "faults": {"figures": {"outcomes": [fault(1.5), fault(None)]}},
            }
        }

    found = apart(run(2.0, 3.0), run(2.5, 3.0))
    assert len(found) == 11
    assert found.pop("latency, own: react") == pytest.approx(0.25)
    assert set(found.values()) == {0.0}
