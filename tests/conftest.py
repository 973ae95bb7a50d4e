"""What every test gets: no keys of the machine, and a loop unless it asks for another."""

import os
import signal

import pytest

from tests.loopback.fixtures import loopback, loopback_server, no_certificates

__all__ = [
    "anyio_backend",
    "loopback",
    "loopback_server",
    "no_certificates",
    "no_settings_of_this_machine",
    "state_folder",
]


def pytest_configure() -> None:
    # A shell that starts the tests in the background has them ignore Ctrl-C, and with
    # them the programs that tests interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the command line records runs, instead of in the user's own folder."""
    return str(tmp_path_factory.mktemp("state"))


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(
    monkeypatch: pytest.MonkeyPatch, state_folder: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", state_folder)
    for name in list(os.environ):
        if name.startswith(
            ("DAGPLAN_", "OPENAI_", "TAVILY_", "LANGSMITH_", "LANGCHAIN_")
        ):
            monkeypatch.delenv(name)
