"""Command lines from the first argument to the exit code."""

import io
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest

from dagplan.cli.crew import retry_of
from dagplan.cli.options import Options
from dagplan.plan import load_plan
from tests.cli.conftest import Dagplan
from tests.loopback import Json, Loopback, Status

QUESTION = "What is the population of France?"
OWN = ("--tools", "own_tools:EVERY")


def saved(folder: Path, *steps: dict[str, object], answer: str | None = None) -> str:
    path = folder / "plan.json"
    path.write_text(json.dumps({"steps": steps, "answer": answer}))
    return str(path)


def step(step_id: str, tool: str, name: str = "x", **more: object) -> dict[str, object]:
    return {"id": step_id, "tool": tool, "args": {"name": name}, **more}


# --- ask ----------------------------------------------------------------------


def test_a_question_prints_plan_steps_answer_and_gain(dagplan: Dagplan):
    ended = dagplan("ask", QUESTION)

    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "planned by rules, no model set"
    assert "○ population_france" in ended.out
    assert any("s  ✓ population_france" in line for line in lines)
    assert "68" in ended.out
    assert lines[-1].endswith("nothing to run side by side")


def test_offline_may_be_asked_for(dagplan: Dagplan, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")

    out = dagplan("ask", QUESTION, "--model", "offline").out

    assert out.startswith("planned by rules, as asked for\n")


def test_quiet_prints_the_answer_alone(dagplan: Dagplan):
    ended = dagplan("ask", QUESTION, "--quiet")

    assert ended.code == 0
    assert ended.out.startswith("The population of France")
    assert "planned by rules" not in ended.out
    assert "side by side" not in ended.out


def test_json_prints_one_object(dagplan: Dagplan):
    ended = dagplan("ask", QUESTION, "--json")

    document = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert list(document) == [
        "run_id",
        "question",
        "response",
        "plan",
        "steps",
        "report",
    ]
    assert document["question"] == QUESTION
    (only,) = document["steps"]
    assert list(only) == [
        "id",
        "status",
        "value",
        "error",
        "attempts",
        "started",
        "ended",
    ]
    assert (only["id"], only["status"]) == ("population_france", "succeeded")
    assert document["report"]["steps"] == {"succeeded": 1}


def test_a_question_may_come_from_stdin(
    dagplan: Dagplan, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(QUESTION.encode())))

    assert "France" in dagplan("ask", "-", "--quiet").out


def test_what_could_not_be_found_is_named(dagplan: Dagplan):
    ended = dagplan("ask", "Population of Xqzwv and Germany?")

    assert ended.code == 3
    assert ended.err.startswith("dagplan: step population_xqzwv failed: no country")
    assert ended.err.count("\n") == 1
    assert "Germany" in ended.out


@pytest.mark.parametrize("more", [[], ["--json"], ["--quiet"]])
def test_what_no_rule_reads_is_bad_input(dagplan: Dagplan, more: list[str]):
    ended = dagplan("ask", "What is the meaning of life?", *more)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("dagplan: ")
    assert "OPENAI_API_KEY" in ended.err


# --- with a model -------------------------------------------------------------


def greeting(answer: str | None = None) -> Json:
    call = {"greet": {"name": "Ada"}, "id": "hello"}
    return Json({"steps": [call], "answer": answer})


def test_a_model_plans_and_answers(dagplan: Dagplan, model: Loopback):
    model.reply(greeting(), "Ada was [bold]greeted[/bold]\x1b[2J.")

    ended = dagplan("ask", "Greet Ada.", *OWN, "--model", "openai:gpt-5-mini")

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("planned by gpt-5-mini\n")
    assert (
        "\n\nAda was [bold]greeted[/bold]\N{REPLACEMENT CHARACTER}[2J.\n" in ended.out
    )
    assert "\n2 model calls; " in ended.out


@pytest.mark.parametrize(
    ("mode", "tools"), [("idle", {"revise_plan"}), ("never", set())]
)
def test_when_the_plan_may_be_revised_can_be_said(
    dagplan: Dagplan, model: Loopback, mode: str, tools: set[str]
):
    model.reply(greeting(), "Hello.")

    assert dagplan("ask", "Greet Ada.", *OWN, "--replan", mode).code == 0
    assert set(model.requests[1].tools) == tools


@pytest.mark.parametrize(
    ("flow", "tools"), [("open", {"revise_plan"}), ("strict", set())]
)
def test_whether_results_are_kept_from_whoever_revises_can_be_said(
    dagplan: Dagplan, model: Loopback, flow: str, tools: set[str]
):
    model.reply(greeting(), "Hello.")

    assert dagplan("ask", "Greet Ada.", *OWN, "--control-flow", flow).code == 0
    # Where all went well, strict control flow has nothing to revise.
    assert set(model.requests[1].tools) == tools


def test_a_model_that_writes_no_plan_is_no_answer(dagplan: Dagplan, model: Loopback):
    bad = {"greet": {"name": "${nobody}"}, "id": "hello"}
    model.reply(*[Json({"steps": [bad], "answer": None})] * 3)

    ended = dagplan("ask", "Greet Ada.", *OWN, "--json")

    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("dagplan: the model wrote no valid plan: ")
    assert "unknown-reference" in ended.err


@pytest.mark.parametrize(
    ("status", "said"), [(401, "check OPENAI_API_KEY"), (404, "no such model")]
)
def test_a_provider_that_refuses_is_no_answer(
    dagplan: Dagplan, model: Loopback, status: int, said: str
):
    model.reply(Status(status))

    ended = dagplan("ask", "Greet Ada.", *OWN)

    assert (ended.code, ended.out) == (1, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1


def test_a_plan_of_a_model_can_be_saved_and_run(
    dagplan: Dagplan, model: Loopback, folder: Path
):
    model.reply(greeting("Said ${hello}."))

    planned = dagplan("plan", "Greet Ada.", *OWN, "-o", "plan.json")
    ran = dagplan("run", "plan.json", *OWN, "--quiet")

    assert planned.code == 0
    assert planned.out.endswith("written to plan.json\n")
    assert (ran.code, ran.out) == (0, "Said hello Ada.\n")


# --- plan ---------------------------------------------------------------------


def test_a_plan_is_drawn(dagplan: Dagplan, folder: Path):
    ended = dagplan("plan", QUESTION)

    assert (ended.code, ended.err) == (0, "")
    assert "○ population_france" in ended.out


def test_a_plan_as_json_is_all_there_is(dagplan: Dagplan):
    ended = dagplan("plan", QUESTION, "--json")

    assert [s.id for s in load_plan(ended.out).steps] == ["population_france"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (".", "it is a folder"),
        ("none/plan.json", "there is no folder 'none'"),
        ("/dev/full", "No space left on device"),
    ],
)
def test_a_plan_that_cannot_be_written_is_bad_input(
    dagplan: Dagplan, path: str, said: str
):
    ended = dagplan("plan", QUESTION, "-o", path)

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1


# --- run ----------------------------------------------------------------------


def test_a_saved_plan_fills_in_its_answer(dagplan: Dagplan, folder: Path):
    path = saved(folder, step("a", "greet", "Ada"), answer="Said ${a}.")

    ended = dagplan("run", path, *OWN)

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("a saved plan\n")
    assert "\n\nSaid hello Ada.\n" in ended.out


def test_without_an_answer_the_last_results_are_shown(dagplan: Dagplan, folder: Path):
    path = saved(folder, step("a", "greet"), step("b", "greet", "${a}"))

    assert dagplan("run", path, *OWN, "-q").out == "b: hello hello x\n"


def test_failed_and_skipped_steps_are_named(dagplan: Dagplan, folder: Path):
    path = saved(
        folder,
        step("good", "greet"),
        step("bad", "refuse"),
        step("after", "greet", "${bad}"),
        step("odd", "strange"),
    )

    ended = dagplan("run", path, *OWN)

    assert ended.code == 3
    bad, after, odd = ended.err.splitlines()
    assert bad == "dagplan: step bad failed: ValueError: no x"
    assert after == "dagplan: step after skipped: needs 'bad', which has no value"
    assert odd.startswith("dagplan: step odd failed: tool 'strange' returned")
    assert "good: hello x" in ended.out


def test_a_run_that_found_nothing_is_no_answer(dagplan: Dagplan, folder: Path):
    ended = dagplan("run", saved(folder, step("bad", "refuse")), *OWN, "--json")

    assert ended.code == 1
    assert json.loads(ended.out)["response"] == ""


@pytest.mark.parametrize("how", ["--json", "--quiet"])
def test_what_tools_print_stays_out_of_the_result(
    dagplan: Dagplan, folder: Path, how: str
):
    ended = dagplan("run", saved(folder, step("a", "chatter")), *OWN, how)

    assert "CHATTER" not in ended.out
    assert ended.err == "CHATTER\n"


def test_sequential_runs_one_step_at_a_time(dagplan: Dagplan, folder: Path):
    path = saved(folder, *(step(f"s{n}", "greet") for n in range(3)))

    ended = dagplan("run", path, *OWN, "--mode", "sequential", "--json")

    steps = json.loads(ended.out)["steps"]
    assert all(
        later["started"] >= earlier["ended"] for earlier, later in pairwise(steps)
    )


def test_an_attempt_ends_when_its_time_is_up(dagplan: Dagplan, folder: Path):
    path = saved(folder, step("a", "wait"))

    ended = dagplan("run", path, *OWN, "--timeout", "0.01", "--retries", "0", "--json")

    (result,) = json.loads(ended.out)["steps"]
    assert (ended.code, result["status"], result["attempts"]) == (1, "failed", 1)
    assert "0.01" in result["error"]


@pytest.mark.parametrize(("retries", "attempts"), [(None, 3), (0, 1), (4, 5)])
def test_retries_are_counted_beside_the_first_attempt(
    retries: int | None, attempts: int
):
    assert retry_of(Options(retries=retries)).attempts == attempts


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"steps": [', "plan.json: not-json"),
        (b"\xff\xfe", "plan.json: not-"),
        (b"[]", "plan.json: wrong-shape"),
        (b" " * 2_000_001, "plan.json: too-large: 2,000,001 bytes"),
        (b'{"steps": [{"id": "a", "tool": "nope"}]}', "unknown-tool"),
    ],
)
def test_a_file_that_holds_no_plan_is_bad_input(
    dagplan: Dagplan, folder: Path, content: bytes, said: str
):
    (folder / "plan.json").write_bytes(content)

    ended = dagplan("run", "plan.json")

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1


def test_all_problems_are_listed_up_to_twenty(dagplan: Dagplan, folder: Path):
    path = saved(folder, *(step(f"s{n}", "greet", "${zz}") for n in range(25)))

    ended = dagplan("run", path, *OWN)

    lines = ended.err.splitlines()
    assert ended.code == 2
    assert lines[0] == f"dagplan: {path} cannot be run; 25 problems:"
    assert len(lines) == 22
    assert lines[1].startswith("  step 's0': unknown-reference")
    assert lines[-1] == "  and 5 more"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("none.json", "No such file"),
        (".", "Is a directory"),
        ("a\0b", "null"),
        ("/dev/zero", "more than 2,000,000 bytes"),
    ],
)
def test_a_file_that_cannot_be_read_is_bad_input(
    dagplan: Dagplan, path: str, said: str
):
    ended = dagplan("run", path)

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1


def test_ctrl_c_names_what_was_done(dagplan: Dagplan, folder: Path):
    path = saved(folder, step("a", "greet"), step("b", "interrupt", "${a}"))

    ended = dagplan("run", path, *OWN)

    assert ended.code == 130
    said, go_on = ended.err.splitlines()
    assert said == "dagplan: interrupted; 1 of 2 steps were done"
    assert go_on.startswith("dagplan: go on with: dagplan resume ")
    assert "✓ a" in ended.out
    assert "■ b" in ended.out


# --- options and outputs ------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", ""], "the question is empty"),
        (["ask", "x" * 100_001], "100,001 characters"),
        (["ask", "\udcff"], "not UTF-8"),
        (["ask", "two", "words"], "in quotes"),
        (["ask"], "QUESTION"),
        (["ask", "q", "--frob"], "--frob"),
        (["ask", "q", "--mode", "fast"], "fast"),
        (["ask", "q", "--replan", "soon"], "soon"),
        (["ask", "q", "--control-flow", "closed"], "closed"),
        (["ask", "q", "--max-concurrency", "0"], "--max-concurrency"),
        (["ask", "q", "--retries", "-1"], "--retries"),
        (["run", "p", "--timeout", "0"], "'--timeout': 0 is not a number of seconds"),
        (["run", "p", "--timeout", "nan"], "'--timeout': nan is not a number"),
        (["run", "p", "--timeout", "inf"], "'--timeout': inf is not a number"),
        (["ask", "q", "--model", "openai:gpt-5"], "OPENAI_API_KEY"),
        (["ask", "q", "--model", "nobody:x"], "nobody:x"),
        (["ask", "q", *OWN], "need a model"),
        (["frob"], "frob"),
    ],
)
def test_a_bad_command_line_is_one_line(
    dagplan: Dagplan, arguments: list[str], said: str
):
    ended = dagplan(*arguments)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("dagplan: ")
    assert said in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_help_names_the_commands_and_exit_codes(dagplan: Dagplan, arguments: list[str]):
    ended = dagplan(*arguments)

    assert (ended.code, ended.err) == (0, "")
    assert all(word in ended.out for word in ("ask", "plan", "run", "130 interrupted"))


def test_version(dagplan: Dagplan):
    assert dagplan("--version") == (0, "dagplan 0.1.0\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["ask", QUESTION],
        ["ask", QUESTION, "--json"],
        ["ask", QUESTION, "--quiet"],
        ["plan", QUESTION],
    ],
)
def test_a_full_disk_is_one_line(
    dagplan: Dagplan,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    with Path("/dev/null").open("w") as nowhere:
        monkeypatch.setattr(sys, "stdout", FullDisk(nowhere.fileno()))
        ended = dagplan(*arguments)

    assert ended.code == 1
    assert ended.err == (
        "dagplan: cannot write to standard output: No space left on device\n"
    )


class FullDisk(io.StringIO):
    """A file on a disk that has no room left."""

    encoding = "utf-8"

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def test_a_closed_stdout_is_one_line(dagplan: Dagplan, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdout", cast("io.TextIOBase", None))

    assert dagplan("ask", QUESTION).code == 1
