"""The program as the shell starts it: what only a process of its own can show."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HANGS = '''
import signal
import time

def hang(name: str) -> str:
    """Never return."""
    time.sleep(3600)

async def hold(name: str) -> str:
    """Press Ctrl-C and hold the event loop, then do it again."""
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)
    time.sleep(3600)

async def wait(name: str) -> str:
    """Wait until cancelled."""
    import anyio
    await anyio.sleep_forever()

async def stay(name: str) -> str:
    """Refuse to be cancelled."""
    import anyio
    while True:
        try:
            await anyio.sleep_forever()
        except BaseException:
            pass

def greet(name: str) -> str:
    """Greet somebody."""
    return f"hello {name}"
'''


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    (tmp_path / "hanging_tools.py").write_text(HANGS)
    return tmp_path / "plan.json"


@contextmanager
def started(*arguments: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    environ = os.environ | {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONIOENCODING": "utf-8",
    }
    # -P as in a console script, whose path does not begin with the current folder.
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "dagplan", *arguments],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def lines_until(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return
    raise AssertionError(f"{text!r} was never written")


def step(step_id: str, tool: str, name: str = "x") -> dict[str, object]:
    return {"id": step_id, "tool": tool, "args": {"name": name}}


def test_ctrl_c_does_not_wait_for_a_thread_that_hangs(plan: Path):
    steps = [
        step("quick", "greet"),
        step("slow", "hang"),
        step("last", "greet", "${slow}"),
    ]
    plan.write_text(json.dumps({"steps": steps}))
    tools = "hanging_tools:hang,hanging_tools:greet"

    with started("run", "plan.json", "--tools", tools, folder=plan.parent) as process:
        lines_until(process, "✓ quick")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=5)

    assert process.returncode == 130
    *said, go_on = err.splitlines()
    assert said == [
        "dagplan: interrupted; 1 of 3 steps were done",
        "dagplan: did not end within 1 s of being cancelled: slow",
    ]
    assert go_on.startswith("dagplan: go on with: dagplan resume ")
    assert "! slow   does not end: attempt 1, cancelled 1.00 s ago, still runs" in out
    assert "■ slow" in out


def test_a_second_ctrl_c_names_what_refuses_to_end(plan: Path):
    plan.write_text(json.dumps({"steps": [step("quick", "greet"), step("a", "stay")]}))
    tools = "hanging_tools:stay,hanging_tools:greet"

    with started("run", "plan.json", "--tools", tools, folder=plan.parent) as process:
        lines_until(process, "✓ quick")
        process.send_signal(signal.SIGINT)
        lines_until(process, "! a      does not end")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=2)

    assert process.returncode == 130
    *said, go_on = err.splitlines()
    assert said == [
        "dagplan: interrupted; 1 of 2 steps were done",
        "dagplan: did not end within 1 s of being cancelled: a",
    ]
    assert go_on.startswith("dagplan: go on with: dagplan resume ")


def test_a_second_ctrl_c_waits_for_no_thread_that_might_still_end(plan: Path):
    steps = [step("slow", "hang"), step("a", "wait"), step("quick", "greet")]
    plan.write_text(json.dumps({"steps": steps}))
    tools = "hanging_tools:hang,hanging_tools:wait,hanging_tools:greet"

    with started("run", "plan.json", "--tools", tools, folder=plan.parent) as process:
        lines_until(process, "✓ quick")
        process.send_signal(signal.SIGINT)
        lines_until(process, "■ a")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=2)

    assert process.returncode == 130
    *said, go_on = err.splitlines()
    assert said == [
        "dagplan: interrupted; 1 of 3 steps were done",
        "dagplan: left while still running: slow",
    ]
    assert go_on.startswith("dagplan: go on with: dagplan resume ")


def test_a_second_ctrl_c_is_heard_while_a_tool_holds_the_event_loop(plan: Path):
    plan.write_text(json.dumps({"steps": [step("a", "hold")]}))
    tools = "hanging_tools:hold"

    with started("run", "plan.json", "--tools", tools, folder=plan.parent) as process:
        _, err = process.communicate(timeout=5)

    assert process.returncode == 130
    *said, go_on = err.splitlines()
    assert said == [
        "dagplan: interrupted; 0 of 1 steps were done",
        "dagplan: left while still running: a",
    ]
    assert go_on.startswith("dagplan: go on with: dagplan resume ")


def left(code: str) -> tuple[int, str]:
    head = "import threading; from dagplan.cli.leave import leave_now; "
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    ended = subprocess.run(
        [sys.executable, "-c", head + code],
        env=environ,
        stdout=subprocess.PIPE,
        check=False,
    )
    return ended.returncode, ended.stdout.decode()


def test_what_was_written_is_flushed_before_the_program_is_left():
    code = "print('first'); leave_now(7, lambda: 1 / 0, lambda: print('last'))"

    assert left(code) == (7, "first\nlast\n")


def test_last_words_do_not_keep_the_program():
    code = "leave_now(7, threading.Event().wait, patience=0.01)"

    assert left(code) == (7, "")


def test_a_reader_that_leaves_gets_no_noise(plan: Path):
    steps = [step("quick", "greet"), step("slow", "hang")]
    plan.write_text(json.dumps({"steps": steps}))
    tools = "hanging_tools:hang,hanging_tools:greet"

    with started("run", "plan.json", "--tools", tools, folder=plan.parent) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
        code = process.wait(timeout=5)

    assert (code, err) == (1, "")


def test_a_full_disk_is_one_line(tmp_path: Path):
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "dagplan", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert ended.returncode == 1
    assert ended.stderr == (
        "dagplan: cannot write to standard output: No space left on device\n"
    )


def test_help_loads_no_model_library():
    code = (
        "import sys\n"
        "from dagplan.cli.app import execute\n"
        "assert execute(['--help']) == 0\n"
        "heavy = {'langgraph', 'langchain', 'langchain_core', 'openai', 'networkx',\n"
        "         'pydantic', 'anyio', 'genai_prices'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stderr) == (0, "")
