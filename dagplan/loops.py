"""How a thread tells an event loop something."""

import asyncio  # noqa: TID251 - anyio has no way to tell a loop without waiting for it
from collections.abc import Callable
from contextlib import suppress


def on_this_loop() -> Callable[..., None]:
    """Return what has the running loop call a function, from whichever thread.

    It does nothing once the loop is over, and never waits for it: a thread may outlive
    the loop, and would then wait for ever.

    Returns:
        `tell(function, *args)`; it returns at once.
    """
    try:
        on_loop: Callable[..., object] = asyncio.get_running_loop().call_soon_threadsafe
    except RuntimeError:
        import trio

        on_loop = trio.lowlevel.current_trio_token().run_sync_soon

    def tell(function: Callable[..., object], *args: object) -> None:
        # What is raised by a loop that is over; trio's error is one too.
        with suppress(RuntimeError):
            on_loop(function, *args)

    return tell
