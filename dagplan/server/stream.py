"""The news of a run, as server-sent events (HTML standard, 9.2)."""

from collections.abc import AsyncIterator
from typing import Final

from dagplan.server.live_run import LiveRun
from dagplan.server.telling import message, told

_AGAIN: Final = "retry: 500\n\n"
"""After how many milliseconds a browser connects again."""


async def news_of(run: LiveRun, first: int) -> AsyncIterator[str]:
    """Tell of each event from a place in the list on, as it happens.

    What waits for the user is told whole whenever it changes, and at last how the run
    ended. Whoever reads slowly gets what has gathered in one piece.

    Args:
        run: The run.
        first: The place of the first event that is to be told: a number of them.
    """
    asked = None
    first = min(first, len(run.events))
    yield _AGAIN
    while True:
        version = run.version
        new = run.events[first:]
        text = "".join(message(told(e), number=i) for i, e in enumerate(new, first))
        first += len(new)
        if asked != (asked := run.questions()):
            text += message(asked, kind="asked")
        if run.over:
            yield text + message({"trouble": run.trouble}, kind="over")
            return
        if text:
            yield text
        await run.changed(version)
