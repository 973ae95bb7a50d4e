import io
import json
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dagplan.plan import Plan
from dagplan.views import to_dot, to_mermaid, to_svg, to_text
from tests.cli.conftest import Dagplan

STEPS = [
    {"id": "a", "tool": "greet", "args": {"name": "x"}},
    {"id": "b", "tool": "refuse", "args": {"name": "${a}"}},
    {"id": "c", "tool": "greet", "args": {"name": "${b}"}},
]
PLAN = Plan.model_validate({"steps": STEPS, "answer": "So: ${c}"})
OWN = ("--tools", "own_tools:EVERY")


@pytest.fixture
def plan_file(folder: Path) -> str:
    (folder / "plan.json").write_text(PLAN.model_dump_json())
    return "plan.json"


@pytest.fixture
def run_file(folder: Path, plan_file: str, dagplan: Dagplan) -> str:
    ended = dagplan("run", plan_file, *OWN, "--json")
    (folder / "run.json").write_text(ended.out)
    return "run.json"


def test_a_saved_plan_is_drawn_as_text(dagplan: Dagplan, plan_file: str):
    assert dagplan("show", plan_file) == (0, f"{to_text(PLAN)}\n", "")


@pytest.mark.parametrize(
    ("name", "draw"), [("mermaid", to_mermaid), ("dot", to_dot), ("svg", to_svg)]
)
def test_a_format_can_be_asked_for(dagplan: Dagplan, plan_file: str, name, draw):
    ended = dagplan("show", plan_file, "--format", name)

    assert (ended.code, ended.out.rstrip("\n")) == (0, draw(PLAN).rstrip("\n"))


@pytest.mark.parametrize(
    ("output", "begins"),
    [
        ("p.mmd", "flowchart"),
        ("p.dot", "digraph"),
        ("p.gv", "digraph"),
        ("p.SVG", "<svg"),
        ("p.html", "<!doctype html>"),
        ("p.txt", "○ a"),
    ],
)
def test_the_name_of_the_output_says_the_format(
    dagplan: Dagplan, plan_file: str, output: str, begins: str
):
    assert dagplan("show", plan_file, "-o", output) == (0, "", "")
    assert Path(output).read_text("utf-8").startswith(begins)


def test_a_run_that_was_saved_is_drawn_with_its_results(
    dagplan: Dagplan, run_file: str
):
    text = dagplan("show", run_file).out
    svg = ET.fromstring(dagplan("show", run_file, "--format", "svg").out)

    assert "✓ 1 succeeded   ✗ 1 failed   ⊘ 1 skipped" in text
    assert svg.get("aria-label") == "Plan of 3 steps: 1 succeeded, 1 failed, 1 skipped"


def test_the_page_of_a_saved_run_has_its_timeline(dagplan: Dagplan, run_file: str):
    page = dagplan("show", run_file, "--format", "html").out

    assert '<h2 id="timeline-heading">Timeline</h2>' in page
    assert "no x" not in page.split("<main")[0]
    # What was not saved is not made up.
    assert "speed-up" not in page


def test_the_trace_of_a_saved_run_has_what_ran(dagplan: Dagplan, run_file: str):
    written = dagplan("show", run_file, "--format", "trace").out

    slices = [e for e in json.loads(written)["traceEvents"] if e["ph"] == "X"]
    assert [(e["name"], e["args"]["outcome"]) for e in slices] == [
        ("a", "succeeded"),
        ("b", "failed"),
    ]


def test_a_plan_alone_has_no_trace(dagplan: Dagplan, plan_file: str):
    ended = dagplan("show", plan_file, "--format", "trace")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(
        "dagplan: a plan alone has no times to trace; save a run"
    )


def test_a_plan_can_come_on_stdin(dagplan: Dagplan, monkeypatch: pytest.MonkeyPatch):
    data = io.TextIOWrapper(io.BytesIO(PLAN.model_dump_json().encode()))
    monkeypatch.setattr(sys, "stdin", data)

    assert dagplan("show", "-").out == f"{to_text(PLAN)}\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not-json"),
        ('{"plan": 3, "steps": []}', "wrong-shape"),
        ('{"plan": {"steps": []}, "steps": [{"id": 1}]}', "cannot be read"),
        ('{"plan": {"steps": []}, "steps": 1}', "cannot be read"),
        ("[" * 100_000, "too-deep"),
    ],
)
def test_what_holds_neither_plan_nor_run_is_refused(
    dagplan: Dagplan, folder: Path, content: str, said: str
):
    (folder / "odd.json").write_text(content)
    ended = dagplan("show", "odd.json")

    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


@pytest.mark.parametrize(
    "change",
    [
        {"status": "odd"},
        {"error": 1},
        {"attempts": "x"},
        {"started": -1},
        {"ended": float("inf")},
        {"started": "1"},
    ],
)
def test_a_run_with_a_step_that_makes_no_sense_is_refused(
    dagplan: Dagplan, folder: Path, change: dict[str, object]
):
    row = {"id": "a", "status": "succeeded", **change}
    document = {"plan": {"steps": []}, "steps": [row]}
    (folder / "odd.json").write_text(json.dumps(document))

    assert "steps that cannot be read" in dagplan("show", "odd.json").err


def test_files_that_cannot_be_read_or_written_are_named(
    dagplan: Dagplan, plan_file: str, folder: Path
):
    assert "cannot read 'none.json'" in dagplan("show", "none.json").err
    assert "there is no folder" in dagplan("show", plan_file, "-o", "x/y.svg").err
    assert f"cannot write {str(folder)!r}" in (
        dagplan("show", plan_file, "-o", str(folder)).err
    )


def test_help_names_the_formats(dagplan: Dagplan):
    out = dagplan("show", "--help").out

    assert "text|mermaid|dot|svg|html|trace" in out
