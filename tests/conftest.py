"""What every test gets: no keys of the machine, and a loop unless it asks for another."""

import os

import pytest

from tests.loopback.fixtures import loopback, loopback_server, no_certificates

__all__ = [
    "anyio_backend",
    "loopback",
    "loopback_server",
    "no_certificates",
    "no_settings_of_this_machine",
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(
            ("DAGPLAN_", "OPENAI_", "TAVILY_", "LANGSMITH_", "LANGCHAIN_")
        ):
            monkeypatch.delenv(name)
