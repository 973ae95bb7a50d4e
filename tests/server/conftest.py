"""A server in this process, and clients of it."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio
import httpx
import pytest

from dagplan.server.host import Host
from dagplan.server.serving import serve


@dataclass(frozen=True)
class Address:
    """Where a server is.

    Attributes:
        first: The address that it printed.
        base: The same without the token.
        token: The token.
    """

    first: str

    @property
    def base(self) -> str:
        return self.first.partition("/?")[0]

    @property
    def token(self) -> str:
        return re.sub(r".*token=", "", self.first)

    def client(self, **options: Any) -> httpx.AsyncClient:
        """Return a program that may ask, or one with other headers."""
        headers = options.pop("headers", {"authorization": f"Bearer {self.token}"})
        # Reading the system's certificates takes longer than the test.
        return httpx.AsyncClient(
            base_url=self.base, headers=headers, verify=False, **options
        )


Served = Callable[[Host], AbstractAsyncContextManager[Address]]


@pytest.fixture
def served() -> Served:
    """Serves a host for as long as a block lasts."""

    @asynccontextmanager
    async def serving(host: Host) -> AsyncIterator[Address]:
        listening = anyio.Event()
        said: list[str] = []

        def ready(address: str) -> None:
            said.append(address)
            listening.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(partial(serve, host, 0, ready))
            await listening.wait()
            yield Address(said[0])
            tasks.cancel_scope.cancel()

    return serving
