"""The process: a socket on this machine alone, a server, and its end."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_urlsafe

import anyio
import uvicorn

from dagplan.errors import SettingsError
from dagplan.server.desk import Desk
from dagplan.server.guard import Guard
from dagplan.server.host import Host
from dagplan.server.routes import application

HOST = "127.0.0.1"


async def serve(host: Host, port: int, ready: Callable[[str], object]) -> None:
    """Serve pages until this task is cancelled; then runs are cancelled and awaited.

    Args:
        host: Agents and journal.
        port: Where to listen on 127.0.0.1; 0 for any port that is free.
        ready: Is told the address to open, with its token, once somebody listens.

    Raises:
        SettingsError: Somebody else listens there.
    """
    token = token_urlsafe(32)
    with _listening(port) as sock:
        address = f"http://{HOST}:{sock.getsockname()[1]}/?token={token}"
        async with Desk.open(host) as desk:
            config = uvicorn.Config(
                Guard(application(desk), token),
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=2,
            )
            server = _Server(config, lambda: ready(address))
            try:
                await server.serve(sockets=[sock])
            finally:
                with anyio.CancelScope(shield=True):
                    await desk.close()
                    await server.leave()


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    try:
        sock = socket.create_server((HOST, port))
    except OSError as error:
        raise SettingsError(
            f"port {port} of {HOST} cannot be used: {error.strerror}; name another one "
            "with --port"
        ) from error
    with sock:
        yield sock


class _Server(uvicorn.Server):
    """Says when it listens, lives as long as its task, and leaves signals alone."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def main_loop(self) -> None:
        # It would look ten times a second whether to end.
        await anyio.sleep_forever()

    async def leave(self) -> None:
        """End connections, once nothing more is to be said."""
        if self.started:
            await self.shutdown()
