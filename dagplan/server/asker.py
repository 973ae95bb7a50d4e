"""Puts the planner's question to the user on the page of a run."""

from dagplan.errors import SettingsError
from dagplan.plan.digest import digest
from dagplan.server.live_run import Asked, LiveRun
from dagplan.views import printable


class PageAsker:
    """An `Asker` whose question stands on the page of a run.

    Args:
        run: The run.
    """

    def __init__(self, run: LiveRun) -> None:
        self._run = run

    async def question(self, asked: str, /) -> str:
        """Return what the user answers; yes or no alone is no answer."""
        shown = Asked(
            digest([asked]), printable(asked, lines=True), "", _said, in_words=True
        )
        while not isinstance(reply := await self._run.ask(shown), str):
            continue
        return reply


def _said(text: str) -> str:
    if not text.strip():
        raise SettingsError("the answer is empty; write one")
    return text
