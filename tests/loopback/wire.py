"""How a reply goes over the wire: bytes, waits, and an early end."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import anyio
from starlette.types import Receive, Send

from .replies import Gate

CUT: Literal["cut"] = "cut"
HANG: Literal["hang"] = "hang"
Action = bytes | Gate | Literal["cut", "hang"]


def sliced(actions: Iterable[Action], octets: int | None) -> Iterator[Action]:
    """`actions` with every write cut into pieces of at most `octets` bytes."""
    for action in actions:
        if octets is None or not isinstance(action, bytes):
            yield action
            continue
        for start in range(0, len(action), octets):
            yield action[start : start + octets]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A response that was decided on, not yet sent.

    Attributes:
        actions: In order, at least one; `CUT` drops the connection, `HANG` never
            goes on. Nothing comes after either.
        status: HTTP status; goes out with the first bytes or with the cut.
        headers: Response headers.
    """

    actions: Sequence[Action]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Sender:
    """Sends one delivery, and gives up when the client goes or the test ends.

    Args:
        delivery: What to send.
        ended: Called once with whether all was sent; before the last bytes go, so
            that no client can know of the end before the test's log does.
    """

    def __init__(self, delivery: Delivery, ended: Callable[[bool], None]) -> None:
        self._delivery = delivery
        self._ended = ended
        self._over = False
        self._started = False

    async def run(self, receive: Receive, send: Send, closed: anyio.Event) -> None:
        """Send on an ASGI connection.

        Args:
            receive: The ASGI channel that tells when the client has gone.
            send: The ASGI channel to the client.
            closed: Set when the test is over.
        """
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_cancel_when_gone, receive, tasks.cancel_scope)
                tasks.start_soon(_cancel_when_set, closed, tasks.cancel_scope)
                await self._send_all(send)
                tasks.cancel_scope.cancel()
        finally:
            self._end(complete=False)

    async def _send_all(self, send: Send) -> None:
        *before, last = self._delivery.actions
        for action in before:
            await self._perform(action, send, more=True)
        if isinstance(last, bytes) or last == CUT:
            self._end(complete=True)
        await self._perform(last, send, more=False)

    async def _perform(self, action: Action, send: Send, *, more: bool) -> None:
        match action:
            case bytes():
                await self._start(send)
                await send(
                    {"type": "http.response.body", "body": action, "more_body": more}
                )
            case Gate():
                await action.passed()
            case "cut":
                await self._start(send)
            case "hang":
                await anyio.sleep_forever()

    async def _start(self, send: Send) -> None:
        if self._started:
            return
        self._started = True
        headers = [
            (name.lower().encode(), value.encode())
            for name, value in self._delivery.headers.items()
        ]
        status = self._delivery.status
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )

    def _end(self, *, complete: bool) -> None:
        if not self._over:
            self._over = True
            self._ended(complete)


async def _cancel_when_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


async def _cancel_when_set(closed: anyio.Event, scope: anyio.CancelScope) -> None:
    await closed.wait()
    scope.cancel()
