"""Every code block of the README is run, and prints what the README shows."""

import io
import re
import shlex
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from dagplan.cli.app import execute
from dagplan.plan import load_plan
from dagplan.providers import default_tools
from dagplan.tools.effects import known_by
from tests.loopback import Json, Loopback

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCKS = [
    (m["kind"], m["text"]) for m in BLOCK.finditer((ROOT / "README.md").read_text())
]
PYTHON = [text for kind, text in BLOCKS if kind == "python"]
SHELL = [text for kind, text in BLOCKS if kind == "sh"]
TEXT = [text for kind, text in BLOCKS if kind == "text"]
WATERFALL, ASK, FROM_PYTHON, EXECUTED, RESUMED = TEXT


def without_times(lines: list[str]) -> list[str]:
    """Blank out what differs from run to run: times, and the order of finished steps."""
    blanked = (re.sub(r"\d+(\.\d+)? (s|ms|µs)\b", "TIME", line) for line in lines)
    return sorted(line.strip() for line in blanked if line.strip())


def printed_by(code: str) -> str:
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    return printed.getvalue()


def dagplan_command(block: str) -> list[str]:
    line = next(line for line in block.splitlines() if "dagplan ask" in line)
    return shlex.split(line.partition("dagplan ask")[2])


def test_the_kinds_of_blocks_are_those_that_are_run_here():
    assert {kind for kind, _ in BLOCKS} == {"python", "sh", "json", "text"}
    assert (len(PYTHON), len(SHELL), len(TEXT)) == (7, 5, 5)


def test_the_first_command_prints_what_the_readme_shows(capsys):
    assert execute(["ask", *dagplan_command(SHELL[0])]) == 0
    *printed, gain = capsys.readouterr().out.strip().splitlines()
    *shown, shown_gain = ASK.strip().splitlines()
    assert without_times(printed) == without_times(shown)
    # How the last line puts it depends on how busy the machine is.
    assert gain.startswith("10 steps")
    assert shown_gain.startswith("10 steps")


def test_the_test_command_is_the_one_that_ci_runs():
    assert SHELL[1].strip() == "pip install '.[test]' && pytest"
    assert "pip install '.[test]' && pytest" in (ROOT / ".ci/run").read_text()


def test_the_command_with_keys_asks_that_model(monkeypatch, capsys, loopback: Loopback):
    exports, command = SHELL[2].splitlines()
    for pair in shlex.split(exports)[1:]:
        monkeypatch.setenv(*pair.split("=", 1))
    monkeypatch.setenv("OPENAI_BASE_URL", loopback.base_url)
    loopback.reply(Json({"steps": [], "answer": "Ridley Scott, by nine years."}))
    assert execute(["ask", *dagplan_command(command)]) == 0
    assert "Ridley Scott, by nine years." in capsys.readouterr().out
    [request] = loopback.requests
    assert request.key == "sk-your-key"
    assert "web_search(" in str(request.messages)


def test_a_run_that_was_saved_becomes_a_page(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (plan,) = (text for kind, text in BLOCKS if kind == "json")
    Path("plan.json").write_text(plan)
    run, show = SHELL[3].splitlines()

    run, _, saved = run.partition(" > ")
    assert execute(shlex.split(run)[1:]) == 0
    Path(saved).write_text(capsys.readouterr().out)
    assert execute(shlex.split(show)[1:]) == 0
    page = Path(shlex.split(show)[-1]).read_text("utf-8")
    assert "Peru and its neighbours have" in page


def test_the_first_lines_of_python_print_what_the_readme_shows():
    assert printed_by(PYTHON[0]) == FROM_PYTHON


def test_own_tools_with_a_model(monkeypatch, loopback: Loopback):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("OPENAI_BASE_URL", loopback.base_url)

    def earned(company: str) -> dict[str, object]:
        args = {"company": company, "year": 2025}
        return {"revenue": args, "id": company.lower()}

    answer = "Acme, with ${acme} against ${globex} million dollars."
    steps = [earned("Acme"), earned("Globex")]
    loopback.reply(Json({"steps": steps, "answer": answer}))
    expected = "Acme, with 120 against 75.5 million dollars.\n"
    assert printed_by(PYTHON[1]) == expected
    assert "Answer in one sentence." in str(loopback.requests[0].messages)


def test_execute_plan_prints_what_the_readme_shows():
    assert printed_by(PYTHON[2]) == EXECUTED


@pytest.mark.parametrize("code", PYTHON[3:5])
def test_the_policies_make_an_agent_that_answers(code):
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(code, "README.md", "exec"), names)
    answer = names["agent"].invoke({"input": "What is 6 * 7?"})["response"]
    assert "42" in answer


def test_a_journal_prints_what_the_readme_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert printed_by(PYTHON[5]) == RESUMED


def test_the_commands_that_go_on_are_there(capsys):
    for line in SHELL[4].splitlines():
        command = shlex.split(line)[1]
        assert execute([command, "--help"]) == 0
        assert "journal" in capsys.readouterr().out


def test_a_tool_with_side_effects_knows_its_key():
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(PYTHON[6], "README.md", "exec"), names)
    [tool] = names["tools"]
    assert tool.spec.side_effects
    with known_by("k"):
        found = tool.run({"to": "Ann", "amount": 2})
    assert found == "2 euros to Ann, known by k"


def test_the_plan_can_be_run_with_the_default_tools(capsys, tmp_path):
    text = next(text for kind, text in BLOCKS if kind == "json")
    load_plan(text).check(default_tools())
    saved = tmp_path / "plan.json"
    saved.write_text(text)
    assert execute(["run", str(saved), "--quiet"]) == 0
    assert re.fullmatch(
        r"Peru and its neighbours have [\d,]+ people\.\n", capsys.readouterr().out
    )


def test_the_waterfall_is_drawn_by_the_benchmark(monkeypatch, capsys):
    from benchmarks import waterfall

    monkeypatch.setattr("sys.argv", ["waterfall", "--scale", "0.05"])
    waterfall.main()
    shown = [line.split()[:3] for line in WATERFALL.splitlines() if "_" in line]
    drawn = [
        line.split()[:3] for line in capsys.readouterr().out.splitlines() if "_" in line
    ]
    names = {word for line in shown for word in line if "_" in word}
    assert len(shown) == len(drawn)
    assert names == {word for line in drawn for word in line if "_" in word}
