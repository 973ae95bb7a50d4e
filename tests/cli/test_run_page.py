"""`--html FILE`: the page of a run is written, however the run ends."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Dagplan
from tests.cli.test_app import OWN, QUESTION, saved, step


def page(folder: Path) -> str:
    return (folder / "run.html").read_text("utf-8")


def statuses(written: str) -> dict[str, str]:
    """Return where each step stands, as the page's own data tells it."""
    data = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', written)
    assert data is not None
    return {s["id"]: s["status"] for s in json.loads(data[1])["steps"].values()}


def test_a_question_s_page_has_question_answer_graph_and_timeline(
    dagplan: Dagplan, folder: Path
):
    ended = dagplan("ask", QUESTION, "--html", "run.html")

    written = page(folder)
    assert (ended.code, ended.err) == (0, "")
    assert f">{QUESTION}</h1>" in written
    assert 'class="answer" dir="auto">The population of France is' in written
    assert statuses(written) == {"population_france": "succeeded"}
    assert '<h2 id="timeline-heading">Timeline</h2>' in written


@pytest.mark.parametrize("how", ["--json", "--quiet"])
def test_what_is_printed_stays_as_it_was(dagplan: Dagplan, folder: Path, how: str):
    ended = dagplan("ask", QUESTION, how, "--html", "run.html")

    assert (ended.code, ended.err) == (0, "")
    assert "<html" not in ended.out
    assert "The population of France" in page(folder)


def test_a_saved_plan_s_page_has_what_its_last_steps_found(
    dagplan: Dagplan, folder: Path
):
    path = saved(folder, step("a", "greet"), step("b", "refuse"))
    ended = dagplan("run", path, *OWN, "--html", "run.html")

    assert ended.code == 3
    assert statuses(page(folder)) == {"a": "succeeded", "b": "failed"}
    assert 'class="answer" dir="auto">a: hello x<' in page(folder)


def test_an_interrupted_run_leaves_its_page(dagplan: Dagplan, folder: Path):
    path = saved(folder, step("a", "greet"), step("b", "interrupt", "${a}"))
    ended = dagplan("run", path, *OWN, "--html", "run.html")

    assert ended.code == 130
    assert statuses(page(folder)) == {"a": "succeeded", "b": "cancelled"}


def test_a_resumed_run_s_page_has_what_was_done_before(dagplan: Dagplan, folder: Path):
    path = saved(folder, step("a", "greet"), step("b", "once", "${a}"), answer="${b}.")
    own = (*OWN, "--journal", "runs.db")
    assert dagplan("run", path, *own, "--run-id", "mine").code == 130
    ended = dagplan("resume", "mine", "--journal", "runs.db", "--html", "run.html")

    assert ended.code == 0
    assert statuses(page(folder)) == {"a": "succeeded", "b": "succeeded"}
    assert "hello x once." in page(folder)


def test_a_run_that_was_answered_before_has_its_page(dagplan: Dagplan, folder: Path):
    dagplan("ask", QUESTION, "--journal", "runs.db", "--run-id", "mine")
    again = ("resume", "mine", "--journal", "runs.db", "--quiet", "--html", "run.html")

    assert dagplan(*again).code == 0
    assert "The population of France is" in page(folder)


def test_a_run_that_waits_for_the_user_has_its_page(dagplan: Dagplan, folder: Path):
    pay: dict[str, object] = {"id": "a", "tool": "pay_once", "args": {"to": "x"}}
    own = ("--tools", "own_tools:PAY", "--journal", "runs.db")
    assert dagplan("run", saved(folder, pay), *own, "--run-id", "mine").code == 130
    ended = dagplan("resume", "mine", "--journal", "runs.db", "--html", "run.html")

    assert "in doubt" in ended.err
    assert statuses(page(folder)) == {"a": "in_doubt"}


def test_a_page_that_cannot_be_written_is_said_before_anything_runs(
    dagplan: Dagplan, folder: Path
):
    own = ("--journal", "runs.db", "--html", "none/run.html")
    ended = dagplan("ask", QUESTION, *own)

    assert (ended.code, ended.out) == (2, "")
    assert "there is no folder 'none'" in ended.err
    assert not (folder / "runs.db").exists()


def test_a_disk_that_is_full_costs_the_page_and_not_the_answer(dagplan: Dagplan):
    ended = dagplan("ask", QUESTION, "--quiet", "--html", "/dev/full")

    assert ended.code == 2
    assert ended.out.startswith("The population of France")
    assert "cannot write '/dev/full'" in ended.err


def test_an_interrupted_run_stays_one_where_its_page_cannot_be_written(
    dagplan: Dagplan, folder: Path
):
    ended = dagplan(
        "run", saved(folder, step("a", "interrupt")), *OWN, "--html", "/dev/full"
    )

    assert ended.code == 130
    assert "cannot write '/dev/full'" in ended.err
