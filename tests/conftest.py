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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-slow", action="store_true", help="also run slow tests")


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    if not config.getoption("--run-slow"):
        skip = pytest.mark.skip(reason="slow; run with --run-slow")
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(skip)


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
