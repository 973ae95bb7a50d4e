"""The planner's question on the command line, over real HTTP."""

import io
import json
import sys

import pytest

from tests.cli.conftest import Dagplan
from tests.loopback import Json, Loopback

ASKING = Json({"steps": [{"ask_user": "Greet \x1b[2Jwhom?"}], "answer": None})
PLAN = Json({"steps": [{"greet": {"name": "Ada"}, "id": "a"}], "answer": "${a}!"})
OWN = ("--tools", "own_tools:EVERY")
ASK = ("ask", "Greet somebody.", *OWN, "--journal", "runs.db", "--run-id", "mine")


class Keyboard(io.StringIO):
    """What a user types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nobody sit at stdin."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("this is no answer\n"))


@pytest.mark.parametrize("more", [(), ("--no-journal",), ("--json",), ("-q",)])
def test_who_sits_at_the_terminal_is_asked_and_the_run_goes_on(
    dagplan: Dagplan, model: Loopback, monkeypatch: pytest.MonkeyPatch, more
):
    monkeypatch.setattr(sys, "stdin", Keyboard("\nAda, please.\n"))
    model.reply(ASKING, PLAN)
    ended = dagplan("ask", "Greet somebody.", *OWN, *more)
    assert ended.code == 0
    assert "hello Ada!" in ended.out
    assert ended.err == "Greet \N{REPLACEMENT CHARACTER}[2Jwhom?\n" * 2
    assert "Answer: Ada, please." in model.requests[1].text


def test_where_nobody_sits_the_run_waits_for_its_answer(
    dagplan: Dagplan, model: Loopback, nobody: None
):
    model.reply(ASKING)
    ended = dagplan(*ASK)
    assert ended.code == 1
    said, go_on = ended.err.splitlines()
    assert said == (
        "dagplan: before it can plan it has to know: "
        "Greet \N{REPLACEMENT CHARACTER}[2Jwhom?"
    )
    assert go_on == 'dagplan: go on with: dagplan resume mine --answer "…"'
    (run,) = json.loads(dagplan("runs", "--journal", "runs.db", "--json").out)
    assert run["status"] == "paused"
    # Without an answer it still waits, and no model is asked for that.
    again = dagplan("resume", "mine", "--journal", "runs.db")
    assert (again.code, again.err) == (1, ended.err)
    model.reply(PLAN)
    resumed = ("resume", "mine", "--journal", "runs.db", "-q")
    done = dagplan(*resumed, "--answer", "Ada, please.")
    assert (done.code, done.out) == (0, "hello Ada!\n")
    assert "Answer: Ada, please." in model.requests[1].text


def test_a_run_that_waits_is_asked_about_when_it_is_resumed_from_a_terminal(
    dagplan: Dagplan, model: Loopback, nobody: None, monkeypatch: pytest.MonkeyPatch
):
    model.reply(ASKING, PLAN)
    dagplan(*ASK)
    monkeypatch.setattr(sys, "stdin", Keyboard("Ada\n"))
    ended = dagplan("resume", "mine", "--journal", "runs.db", "-q")
    assert (ended.code, ended.out) == (0, "hello Ada!\n")


def test_a_run_that_is_not_recorded_is_to_be_asked_anew(
    dagplan: Dagplan, model: Loopback, nobody: None
):
    model.reply(ASKING)
    ended = dagplan("ask", "Greet somebody.", *OWN, "--no-journal")
    assert ended.code == 1
    assert ended.err.endswith("go on with: the same question, with the answer in it\n")


@pytest.mark.parametrize(
    ("answer", "said"),
    [(" ", "is no answer to"), ("x" * 10_001, "keep it under 10,000")],
)
def test_an_answer_that_is_none_is_bad_input(
    dagplan: Dagplan, model: Loopback, nobody: None, answer: str, said: str
):
    model.reply(ASKING)
    dagplan(*ASK)
    ended = dagplan("resume", "mine", "--journal", "runs.db", "--answer", answer)
    assert ended.code == 2
    assert said in ended.err


def test_an_answer_to_a_run_that_asks_nothing_is_bad_input(
    dagplan: Dagplan, model: Loopback
):
    model.reply(PLAN)
    dagplan(*ASK)
    ended = dagplan("resume", "mine", "--journal", "runs.db", "--answer", "Ada")
    assert (ended.code, ended.out) == (2, "")
    assert "run 'mine' asks nothing; leave --answer out" in ended.err


def test_a_plan_that_is_only_written_is_written_without_asking(
    dagplan: Dagplan, model: Loopback
):
    model.reply(PLAN)
    assert dagplan("plan", "Greet somebody.", *OWN, "--json").code == 0
    assert "ask_user" not in str(model.requests[0].body)
