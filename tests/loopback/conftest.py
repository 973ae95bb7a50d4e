"""Fixtures of the loopback server's own tests."""

import pytest

from .fixtures import loopback, loopback_server, no_certificates

__all__ = ["anyio_backend", "loopback", "loopback_server", "no_certificates"]


@pytest.fixture
def anyio_backend() -> str:
    """Both openai's and tavily's clients are used on asyncio."""
    return "asyncio"
