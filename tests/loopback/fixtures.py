"""The fixtures; a conftest imports them to offer them to its tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .script import Loopback
from .server import Server, serve


@pytest.fixture(scope="session")
def loopback_server() -> Iterator[Server]:
    """The session's server."""
    with serve() as server:
        yield server


@pytest.fixture(scope="session")
def no_certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder, for clients to load their certificates from."""
    return tmp_path_factory.mktemp("no-certificates")


@pytest.fixture
def loopback(
    loopback_server: Server, no_certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Loopback]:
    """This test's own script; violations fail the test at its end.

    Clients trust no certificate meanwhile: reading the system's costs each new client
    40 ms, and no such test has business with a server that has one.
    """
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(no_certificates))
    with loopback_server.script() as script:
        yield script
