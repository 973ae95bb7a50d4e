"""One question in both modes."""

import re

import pytest

from dagplan.cli.comparing import comparison
from dagplan.events import Event, RunFinished, RunStarted
from dagplan.plan import Plan, Step
from dagplan.scheduler import Run
from tests.cli.conftest import Dagplan
from tests.loopback import Json, Loopback

QUESTION = "What is the population of France?"
FLAG = "--compare-sequential"


def test_a_question_is_asked_in_both_modes_and_the_times_compared(dagplan: Dagplan):
    ended = dagplan("ask", QUESTION, FLAG, "--no-journal")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count("The population of France") == 2
    last = ended.out.splitlines()[-1]
    assert re.fullmatch(
        r"side by side \S+ m?s, one at a time \S+ m?s: \d+\.\d\d. as long", last
    )


def test_a_model_is_asked_twice_and_a_different_plan_is_said(
    dagplan: Dagplan, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("OPENAI_BASE_URL", loopback.base_url)
    sums = [{"calculate": "1 + 2", "id": "a"}]
    loopback.reply(Json({"steps": sums, "answer": "${a}"}))
    more = [*sums, {"calculate": "3 * 4", "id": "b"}]
    loopback.reply(Json({"steps": more, "answer": "${a}"}))

    ended = dagplan("ask", "1 + 2?", FLAG, "--no-journal")

    assert ended.code == 0
    assert ended.out.splitlines()[-1].endswith(
        "(the plans differ: they have 1 and 2 steps)"
    )
    assert len(loopback.requests) == 2


@pytest.mark.parametrize(
    "more", [["--json"], ["--quiet"], ["--run-id", "a"], ["--mode", "sequential"]]
)
def test_what_has_no_second_time_is_refused(dagplan: Dagplan, more: list[str]):
    ended = dagplan("ask", QUESTION, FLAG, *more)

    assert ended.code == 2
    assert " ".join(more[:1]) in ended.err
    assert "leave one out" in ended.err


def test_tools_with_side_effects_are_not_run_twice(dagplan: Dagplan):
    ended = dagplan("ask", QUESTION, FLAG, "--tools", "own_tools:PAY")

    assert ended.code == 2
    assert "would run tool 'pay' twice" in ended.err


def test_the_ratio_is_that_of_the_whole_times():
    told = comparison(_run(2.0), _run(3.0))
    assert told.startswith("side by side 2.00 s, one at a time 3.00 s: 1.50")


def _run(seconds: float) -> Run:
    events: list[Event] = [
        RunStarted(at=0.0, utc="2026-11-24T12:00:00Z", question="", slots=16),
        RunFinished(at=seconds, outcome="answered"),
    ]
    return Run(Plan(steps=[Step(id="a", task="x")]), {}, events)
