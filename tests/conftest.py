"""What every test gets: no keys of the machine, and a loop unless it asks for another."""

import os

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("DAGPLAN_", "OPENAI_", "TAVILY_", "LANGSMITH_", "LANGCHAIN_")):
            monkeypatch.delenv(name)
