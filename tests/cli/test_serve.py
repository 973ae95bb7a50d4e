"""`dagplan serve`: the program, from its printed address to Ctrl-C."""

import re
import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest

from dagplan.cli.options import Options
from dagplan.cli.serve import host_of
from tests.cli.conftest import Dagplan
from tests.cli.test_process import started

QUESTION = "Who has more people, Peru or Chile, and by how much?"


@pytest.mark.timeout(60)
def test_a_question_is_asked_of_the_program_and_its_run_is_recorded(
    tmp_path: Path, dagplan: Dagplan
):
    journal = str(tmp_path / "runs.db")
    with started("serve", "--journal", journal, folder=tmp_path) as process:
        assert process.stdout is not None
        address = re.sub(r"^open |\n", "", process.stdout.readline())
        with httpx.Client(follow_redirects=True, verify=False, timeout=30) as http:
            home = http.get(address)
            origin = {"origin": address.partition("/?")[0]}
            page = http.post(
                home.url.join("/ask"), data={"question": QUESTION}, headers=origin
            )
            told = http.get(f"{page.url}/events").text
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""

    assert "planned by rules, no model set" in home.text
    assert f">{QUESTION}</h1>" in page.text
    assert "Peru has the higher population" in told
    assert "  answered     3/3    " in dagplan("runs", "--journal", journal).out


def test_a_port_that_is_taken_is_said(dagplan: Dagplan):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = dagplan("serve", "--port", str(port))

    assert (ended.code, ended.out) == (2, "")
    assert f"dagplan: port {port} of 127.0.0.1 cannot be used" in ended.err
    assert "--port" in ended.err


def test_what_serving_needs_is_named_with_the_line_that_installs_it(
    dagplan: Dagplan, monkeypatch: pytest.MonkeyPatch
):
    for name in [*sys.modules]:
        if name.startswith("dagplan.server"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    ended = dagplan("serve")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "dagplan: serving needs uvicorn; install it with pip install 'dagplan[serve]'\n"
    )


def test_what_can_be_said_of_a_question_can_be_said_of_all(dagplan: Dagplan):
    of_one, of_all = (
        {*re.findall(r"--[a-z-]+", dagplan(command, "--help").out)}
        for command in ("ask", "serve")
    )
    # How a question runs is chosen on the page; and a page prints nothing.
    on_the_page = {"--mode", "--run-id", "--compare-sequential"}
    of_the_output = {"--no-journal", "--json", "--quiet", "--html"}
    assert of_one - of_all == on_the_page | of_the_output
    assert of_all - of_one == {"--port"}


def test_settings_are_read_before_anybody_listens(dagplan: Dagplan):
    ended = dagplan("serve", "--tools", "none:ALL")

    assert (ended.code, ended.out) == (2, "")
    assert "none" in ended.err


def test_runs_can_go_on_by_their_id_with_what_the_server_was_started_with():
    host = host_of(Options(model="offline", retries=3))

    assert host.header == "planned by rules, as asked for"
    assert host.note("sequential") == {
        "command": "ask",
        "model": "offline",
        "mode": "sequential",
        "replan": "idle",
        "control_flow": "open",
        "retries": 3,
        "answer": "auto",
    }
    assert host.make("sequential").limits != host.make("parallel").limits
    assert host.new_run_id() != host.new_run_id()
