"""Connections that belong to the event loop that uses them.

A pooled connection of a loop that has ended raises "Event loop is closed" when the
next loop picks it up; `asyncio.run` per question met that at every second question.
"""

# The loop itself is the key here, which anyio has no name for.
from asyncio import AbstractEventLoop, get_running_loop  # noqa: TID251
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import httpx2


def connections(timeout: float) -> "httpx2.AsyncClient":
    """Return an HTTP client that may be used on one event loop after another.

    Args:
        timeout: Seconds that one request may take.
    """
    import httpx2

    class LoopTransport(httpx2.AsyncBaseTransport):
        """Hands each request to the pool of the running loop."""

        def __init__(self) -> None:
            self._pools: WeakKeyDictionary[
                AbstractEventLoop, tuple[httpx2.AsyncHTTPTransport, object]
            ] = WeakKeyDictionary()

        async def handle_async_request(
            self, request: httpx2.Request
        ) -> httpx2.Response:
            pool = await self._pool()
            return await pool.handle_async_request(request)

        async def _pool(self) -> httpx2.AsyncHTTPTransport:
            loop = get_running_loop()
            if loop not in self._pools:
                # The loop closes this generator when it shuts down, and with it the
                # pool; nothing else tells a library that a loop is about to end.
                owner = _owned_pool()
                self._pools[loop] = (await anext(owner), owner)
            return self._pools[loop][0]

    async def _owned_pool() -> AsyncGenerator[httpx2.AsyncHTTPTransport]:
        async with httpx2.AsyncHTTPTransport() as pool:
            yield pool

    return httpx2.AsyncClient(transport=LoopTransport(), timeout=timeout)
