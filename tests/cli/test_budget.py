"""Bounds of a run on the command line, and what is shown once one is reached."""

import json
from pathlib import Path

import pytest

from dagplan.cli.board import Board
from dagplan.cli.crew import budget_of
from dagplan.cli.keeping import note_of, with_note
from dagplan.cli.options import Options
from dagplan.events import AnswerText, BudgetReached
from dagplan.policy import Budget
from tests.cli.conftest import Dagplan
from tests.cli.test_app import saved, step
from tests.cli.test_live import Shown as Live
from tests.cli.test_plain import Shown as Plain
from tests.loopback import Json, Loopback

QUESTION = "What is the population of France?"
OWN = ("--tools", "own_tools:EVERY")
BOUND = BudgetReached(1.5, "deadline", 1.5, 1.5)
SAID = "the deadline of 1.5 s has passed"


def test_options_are_the_budget():
    given = Options(max_calls=5, max_tokens=6, max_cost=0.5, deadline=7.0)
    assert budget_of(given) == Budget(
        max_model_calls=5, max_tokens=6, max_cost=0.5, deadline=7.0
    )
    assert budget_of(Options()) == Budget()


def test_a_run_that_goes_on_has_the_budget_that_it_had_unless_told_otherwise():
    note = note_of(Options(max_calls=5, deadline=7.0), "ask")
    assert with_note(Options(deadline=70.0), note) == Options(
        max_calls=5, deadline=70.0
    )


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--max-calls", "0", "Invalid value for '--max-calls'"),
        ("--max-tokens", "-1", "Invalid value for '--max-tokens'"),
        ("--max-cost", "0", "0 is not a number of dollars above 0"),
        ("--max-cost", "inf", "inf is not a number of dollars above 0"),
        ("--deadline", "nan", "nan is not a number of seconds above 0"),
    ],
)
def test_a_bound_out_of_range_is_refused(
    dagplan: Dagplan, option: str, value: str, said: str
):
    ended = dagplan("ask", QUESTION, option, value)
    assert ended.code == 2
    assert said in ended.err


def test_without_a_model_only_the_deadline_can_be_reached(dagplan: Dagplan):
    bounds = ("--max-calls", "1", "--max-tokens", "1", "--max-cost", "0.01")
    ended = dagplan("ask", QUESTION, *bounds, "--deadline", "60")
    assert (ended.code, ended.err) == (0, "")


def test_at_the_deadline_of_a_saved_plan_what_hangs_is_cancelled_and_named(
    dagplan: Dagplan, folder: Path
):
    path = saved(folder, step("a", "greet"), step("b", "wait"), step("c", "greet"))
    ended = dagplan("run", path, *OWN, "--deadline", "0.2")
    assert ended.code == 3
    assert ended.err.splitlines() == [
        "dagplan: ended early: the deadline of 0.2 s has passed",
        "dagplan: step b cancelled: it was ended",
    ]
    assert "budget reached  the deadline of 0.2 s has passed" in ended.out


def test_the_answer_of_a_model_is_asked_for_on_top(
    dagplan: Dagplan, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENAI_BASE_URL", loopback.base_url)
    agent = {"agent": "Find it", "id": "a"}
    after = {"agent": "Go on from ${a}", "id": "b"}
    loopback.reply(Json({"steps": [agent, after], "answer": None}), "42", "It is 42.")
    ended = dagplan("ask", "What is it?", "--max-calls", "2", "--json", *OWN)
    document = json.loads(ended.out)
    assert (ended.code, document["response"]) == (3, "It is 42.")
    assert document["report"]["unpriced"] == 3
    assert document["report"]["price"] is None
    assert ended.err.splitlines() == [
        "dagplan: ended early: the budget of 2 model calls is spent",
        "dagplan: step b cancelled: it was ended",
    ]


def test_dollars_need_a_model_with_a_price(
    dagplan: Dagplan, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENAI_BASE_URL", loopback.base_url)
    ended = dagplan("ask", "What is it?", "--max-cost", "0.5")
    assert ended.code == 2
    assert "max_cost cannot be kept: no price of model 'gpt-5-mini'" in ended.err


# --- what is shown --------------------------------------------------------------


def test_lines_say_why_the_rest_is_cancelled():
    shown = Plain()
    shown.new_text()
    shown.take(BOUND)
    assert shown.new_text() == f"    1.50 s  budget reached  {SAID}\n"


def test_an_answer_that_is_being_written_is_not_broken_into():
    shown = Plain()
    shown.take(AnswerText(1.0, "It is "))
    shown.new_text()
    shown.take(BOUND, AnswerText(2.0, "so."))
    assert SAID not in shown.new_text()


def test_the_moving_picture_says_so():
    shown = Live()
    shown.plan()
    shown.take(BOUND)
    shown.live.refresh()
    assert SAID in (shown.picture.now or "")


def test_the_board_knows():
    board = Board(lambda: 0.0)
    board.take(BOUND)
    assert board.reached == [SAID]
