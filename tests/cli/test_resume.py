"""Runs on the command line that are recorded, listed, resumed and approved of."""

import io
import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Dagplan, Ended
from tests.cli.test_app import saved, step

QUESTION = "What is the population of France?"
OWN = ("--tools", "own_tools:EVERY", "--journal", "runs.db")
PAY = ("--tools", "own_tools:PAY", "--journal", "runs.db")


def run_id(ended: Ended) -> str:
    """Return the id that an interrupted run said it can be resumed by."""
    assert ended.code == 130, ended
    return ended.err.splitlines()[-1].rpartition(" ")[2]


def interrupted(dagplan: Dagplan, folder: Path) -> str:
    path = saved(
        folder,
        step("a", "greet"),
        step("b", "once", "${a}"),
        step("c", "greet", "${b}"),
        answer="It is ${c}.",
    )
    return run_id(dagplan("run", path, *OWN))


def test_a_run_is_recorded_and_listed(dagplan: Dagplan):
    assert dagplan("ask", QUESTION, "--journal", "runs.db").code == 0
    ended = dagplan("runs", "--journal", "runs.db")
    assert (ended.code, ended.err) == (0, "")
    (line,) = ended.out.splitlines()
    assert "  answered     1/1    " in line
    assert line.endswith(QUESTION) or QUESTION[:10] in line


def test_the_list_can_be_read_by_programs(dagplan: Dagplan):
    dagplan("ask", QUESTION, "--journal", "runs.db", "--run-id", "mine")
    (run,) = json.loads(dagplan("runs", "--journal", "runs.db", "--json").out)
    assert run.pop("started").startswith("20")
    assert run == {
        "run_id": "mine",
        "question": QUESTION,
        "status": "answered",
        "done": 1,
        "total": 1,
    }


def test_no_runs_are_no_error(dagplan: Dagplan):
    ended = dagplan("runs", "--journal", "none.db")
    assert (ended.code, ended.out) == (0, "no runs are recorded\n")


def test_runs_are_recorded_in_the_users_folder_unless_told_otherwise(
    dagplan: Dagplan, monkeypatch: pytest.MonkeyPatch, folder: Path
):
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    dagplan("ask", QUESTION, "--no-journal")
    assert not (folder / "state").exists()
    dagplan("ask", QUESTION)
    assert (folder / "state" / "dagplan" / "runs.db").exists()


def test_a_folder_that_cannot_be_written_to_costs_a_line_and_no_answer(
    dagplan: Dagplan, monkeypatch: pytest.MonkeyPatch, folder: Path
):
    (folder / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "file"))
    ended = dagplan("ask", QUESTION, "--quiet")
    assert ended.code == 0
    assert ended.out.startswith("The population of France")
    (line,) = ended.err.splitlines()
    assert line.startswith("dagplan: this run is not recorded: the journal ")


def test_a_journal_that_was_asked_for_has_to_be_writable(
    dagplan: Dagplan, folder: Path
):
    (folder / "file").write_text("")
    ended = dagplan("ask", QUESTION, "--journal", "file/runs.db")
    assert ended.code == 1
    (line,) = ended.err.splitlines()
    assert "cannot be used" in line


def test_an_interrupted_run_goes_on_by_its_id_alone(dagplan: Dagplan, folder: Path):
    name = interrupted(dagplan, folder)
    ended = dagplan("resume", name, "--journal", "runs.db")
    assert (ended.code, ended.err) == (0, "")
    assert "resumed  1 of 3 steps were done" in ended.out
    assert ended.out.count("✓ a") == 1
    assert "It is hello hello x once." in ended.out


def test_a_run_that_was_answered_is_answered_again(dagplan: Dagplan):
    dagplan("ask", QUESTION, "--journal", "runs.db", "--run-id", "mine")
    ended = dagplan("resume", "mine", "--journal", "runs.db", "--quiet")
    assert ended.code == 0
    assert ended.out.startswith("The population of France")


def test_asking_the_same_again_under_its_id_goes_on_as_well(
    dagplan: Dagplan, folder: Path
):
    path = saved(folder, step("a", "greet"), step("b", "once", "${a}"), answer="${b}")
    first = dagplan("run", path, *OWN, "--run-id", "mine")
    assert run_id(first) == "mine"
    ended = dagplan("run", path, *OWN, "--run-id", "mine", "--quiet")
    assert (ended.code, ended.out) == (0, "hello x once\n")


def test_a_run_that_is_not_there_is_bad_input(dagplan: Dagplan):
    ended = dagplan("resume", "nobody", "--journal", "runs.db")
    assert ended.code == 2
    assert "holds no run 'nobody'" in ended.err


def test_a_name_that_is_none_is_bad_input(dagplan: Dagplan):
    ended = dagplan("ask", QUESTION, "--run-id", "a/b", "--journal", "runs.db")
    assert ended.code == 2
    assert "a run id has 1 to 64 letters" in ended.err


def test_no_journal_goes_with_no_name(dagplan: Dagplan):
    ended = dagplan("ask", QUESTION, "--no-journal", "--run-id", "a")
    assert ended.code == 2
    assert "--no-journal goes with neither" in ended.err


def test_a_file_that_is_no_journal_is_left_alone(dagplan: Dagplan, folder: Path):
    (folder / "notes.txt").write_text("my notes, which are longer than a header\n" * 9)
    before = (folder / "notes.txt").read_bytes()
    ended = dagplan("ask", QUESTION, "--journal", "notes.txt")
    assert ended.code == 1
    assert "is no journal" in ended.err
    assert (folder / "notes.txt").read_bytes() == before


# Side effects


def doubtful(dagplan: Dagplan, folder: Path) -> str:
    path = saved(
        folder,
        {"id": "pay", "tool": "pay_once", "args": {"to": "Ann"}},
        step("b", "greet", "${pay}"),
        step("c", "greet"),
        answer="${b}",
    )
    return run_id(dagplan("run", path, *PAY))


def test_a_step_that_may_have_been_done_is_said_and_not_run_again(
    dagplan: Dagplan, folder: Path
):
    name = doubtful(dagplan, folder)
    ended = dagplan("resume", name, "--journal", "runs.db")
    assert ended.code == 1
    assert ended.err.splitlines() == [
        "dagplan: step pay in doubt: it had begun when the run was cut off, and may have been done",
        f"dagplan: go on with: dagplan resume {name} --retry pay, or --accept pay=VALUE",
    ]
    assert "? pay" in ended.out
    assert (folder / "paid").read_text() == "Ann "
    (run,) = json.loads(dagplan("runs", "--journal", "runs.db", "--json").out)
    assert run["status"] == "paused"


def test_such_a_step_can_be_taken_as_done(dagplan: Dagplan, folder: Path):
    name = doubtful(dagplan, folder)
    args = ("resume", name, "--journal", "runs.db", "--accept", "pay=paid Ann")
    ended = dagplan(*args, "--quiet")
    assert (ended.code, ended.out) == (0, "hello paid Ann\n")
    assert (folder / "paid").read_text() == "Ann "


def test_such_a_step_can_be_run_again(dagplan: Dagplan, folder: Path):
    name = doubtful(dagplan, folder)
    ended = dagplan("resume", name, "--journal", "runs.db", "--retry", "pay")
    assert ended.code == 130  # it is interrupted again
    assert (folder / "paid").read_text() == "Ann Ann "


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--retry", "c"), "is not in doubt; in doubt: 'pay'"),
        (("--accept", "pay"), "--accept 'pay' names no value"),
        (("--accept", "pay=1", "--accept", "pay=2"), "names 'pay' twice"),
    ],
)
def test_what_cannot_be_said_about_a_step(
    dagplan: Dagplan, folder: Path, option: tuple[str, ...], said: str
):
    name = doubtful(dagplan, folder)
    ended = dagplan("resume", name, "--journal", "runs.db", *option)
    assert ended.code == 2
    assert said in ended.err


# Approval


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch):
    """Have the user type lines."""

    def type_lines(*lines: str) -> None:
        text = "".join(f"{line}\n" for line in lines)
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    return type_lines


def payment(folder: Path) -> str:
    return saved(
        folder,
        {"id": "ann", "tool": "pay", "args": {"to": "Ann"}},
        step("c", "greet"),
        answer="${ann}, ${c}",
    )


def test_a_call_is_made_when_the_user_says_yes(dagplan: Dagplan, folder: Path, types):
    types("what?", "y")
    ended = dagplan("run", payment(folder), *PAY, "--approve", "side_effects")
    assert ended.code == 0
    assert ended.err == 'run ann: pay {"to": "Ann"}? [y/n/{arguments}]\n' * 2
    assert "◇ ann  waits for approval" in ended.out
    assert "paid Ann, hello x" in ended.out


def test_a_call_is_not_made_when_the_user_says_no(
    dagplan: Dagplan, folder: Path, types
):
    types("n")
    ended = dagplan("run", payment(folder), *PAY, "--approve", "pay")
    assert ended.code == 3
    assert "step ann failed: the user refused this call" in ended.err
    assert not (folder / "paid").exists()


def test_a_call_is_made_with_other_arguments(dagplan: Dagplan, folder: Path, types):
    types("{no json", '{"to": "Bob"}')
    ended = dagplan("run", payment(folder), *PAY, "--approve", "pay", "-q")
    assert ended.code == 0
    assert "that is no JSON" in ended.err
    assert (folder / "paid").read_text() == "Bob "


def test_a_plan_is_run_when_the_user_says_yes(dagplan: Dagplan, folder: Path, types):
    types("y")
    ended = dagplan("run", payment(folder), *PAY, "--approve", "plan")
    assert ended.code == 0
    assert "run this plan of 2 steps? [y/n/e(dit)]\n" in ended.err


def test_a_plan_is_not_run_when_the_user_says_no(dagplan: Dagplan, folder: Path, types):
    types("n")
    ended = dagplan("run", payment(folder), *PAY, "--approve", "plan")
    assert "The plan was not approved, so it was not run." in ended.out
    assert not (folder / "paid").exists()


def test_a_plan_can_be_edited(
    dagplan: Dagplan, folder: Path, types, monkeypatch: pytest.MonkeyPatch
):
    types("e", "e", "y")
    editor = folder / "editor"
    editor.write_text(
        "import pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "tried = pathlib.Path('tried')\n"
        "text = path.read_text()\n"
        "path.write_text(text.replace('Ann', 'Eve') if tried.exists() else '{')\n"
        "tried.touch()\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {editor}")
    ended = dagplan("run", payment(folder), *PAY, "--approve", "plan")
    assert ended.code == 0, ended
    assert "dagplan: not-json" in ended.err or "dagplan: " in ended.err
    assert (folder / "paid").read_text() == "Eve "


def test_where_nobody_answers_nothing_is_done(dagplan: Dagplan, folder: Path, types):
    types()
    ended = dagplan("run", payment(folder), *PAY, "--approve", "pay")
    assert ended.code == 2
    assert "nobody answers on stdin" in ended.err
    assert not (folder / "paid").exists()


def test_what_may_be_approved_is_checked(dagplan: Dagplan, folder: Path):
    ended = dagplan("run", payment(folder), *PAY, "--approve", "pax")
    assert ended.code == 2
    assert "approve names 'pax', which is no tool" in ended.err


# What was recorded can be looked at


def test_a_recorded_run_is_drawn_with_what_became_of_it(dagplan: Dagplan, folder: Path):
    name = interrupted(dagplan, folder)
    ended = dagplan("show", name, "--journal", "runs.db")
    assert (ended.code, ended.err) == (0, "")
    assert "✓ a" in ended.out
    assert "■" in ended.out


def test_a_recorded_run_is_a_page_with_question_and_answer(
    dagplan: Dagplan, folder: Path
):
    dagplan("ask", QUESTION, "--journal", "runs.db", "--run-id", "mine")
    ended = dagplan("show", "mine", "--journal", "runs.db", "-o", "run.html")
    assert ended.code == 0, ended
    page = (folder / "run.html").read_text()
    assert QUESTION in page
    assert "The population of France is" in page


def test_what_is_neither_a_file_nor_a_run_is_bad_input(dagplan: Dagplan):
    ended = dagplan("show", "nothing", "--journal", "runs.db")
    assert ended.code == 2
    assert "holds no run 'nothing'" in ended.err
