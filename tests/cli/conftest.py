"""A command line, run in this process."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from dagplan.cli.app import execute
from tests.loopback import Loopback

TOOLS = '''
import threading

def greet(name: str) -> str:
    """Greet somebody."""
    return f"hello {name}"

def refuse(name: str) -> str:
    """Raise."""
    raise ValueError(f"no {name}")

def chatter(name: str) -> str:
    """Print something."""
    print("CHATTER")
    return name

def strange(name: str) -> object:
    """Return what is not JSON."""
    return object()

async def interrupt(name: str) -> str:
    """Do what a user does who presses Ctrl-C."""
    import anyio, signal
    signal.raise_signal(signal.SIGINT)
    await anyio.sleep_forever()

async def wait(name: str) -> str:
    """Wait for ever."""
    import anyio
    await anyio.sleep_forever()

async def once(name: str) -> str:
    """Do what a user does who presses Ctrl-C, the first time."""
    import pathlib
    flag = pathlib.Path("pressed")
    if not flag.exists():
        flag.touch()
        await interrupt(name)
    return f"{name} once"

def pay(to: str) -> str:
    """Pay somebody."""
    import pathlib
    with pathlib.Path("paid").open("a") as file:
        file.write(f"{to} ")
    return f"paid {to}"

async def pay_once(to: str) -> str:
    """Pay somebody, and be interrupted while doing so."""
    pay(to)
    await interrupt(to)
    return f"paid {to}"

EVERY = [greet, refuse, chatter, strange, interrupt, wait, once]

from dagplan.tools import as_tool

PAY = [as_tool(pay, side_effects=True), as_tool(pay_once, side_effects=True), greet]
'''


class Ended(NamedTuple):
    """How a command line ended."""

    code: int
    out: str
    err: str


Dagplan = Callable[..., Ended]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a module of tools in it."""
    (tmp_path / "own_tools.py").write_text(TOOLS)
    monkeypatch.chdir(tmp_path)
    # Restores the path and forgets the module, both of which `--tools` changes.
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "own_tools", raising=False)
    return tmp_path


@pytest.fixture
def dagplan(folder: Path, capsys: pytest.CaptureFixture[str]) -> Dagplan:
    """Runs a command line and returns its exit code, stdout and stderr."""

    def run(*arguments: str) -> Ended:
        # An interrupted program ends; this process goes on, and so must its handler.
        handler = signal.getsignal(signal.SIGINT)
        try:
            code = execute(arguments)
        finally:
            signal.signal(signal.SIGINT, handler)
        return Ended(code, *capsys.readouterr())

    return run


@pytest.fixture
def model(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    """The model of the environment, which the test scripts."""
    monkeypatch.setenv("OPENAI_BASE_URL", loopback.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    return loopback
