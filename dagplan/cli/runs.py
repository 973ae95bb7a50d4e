"""The list of recorded runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from dagplan.cli.screen import Screen
from dagplan.errors import JournalError
from dagplan.history import History
from dagplan.journal import SqliteJournal
from dagplan.views import one_line
from dagplan.views.cells import cut, pad

_QUESTION = 48  # columns, at least


@dataclass(frozen=True, slots=True)
class Listed:
    """A recorded run in one line.

    Attributes:
        run_id: Its id.
        question: What was asked; empty for a saved plan.
        status: How it ended; `running`, or `cut off` where neither is so.
        done: How many steps have succeeded.
        total: How many steps there are.
        started: When it began, in ISO 8601, UTC.
    """

    run_id: str
    question: str
    status: str
    done: int
    total: int
    started: str


async def listed(journal: SqliteJournal, most: int) -> list[Listed]:
    """Return the newest runs, the newest first.

    A run whose record is broken is listed as such, and keeps no other from being.
    """
    return [await _one(journal, run_id) for run_id in await journal.run_ids(most)]


async def _one(journal: SqliteJournal, run_id: str) -> Listed:
    try:
        history = History.of(await journal.read(run_id))
    except JournalError as error:
        return Listed(run_id, str(error), "broken", 0, 0, "")
    status: str | None = history.outcome
    if await journal.owner(run_id) is not None:
        status = "running"
    return Listed(
        run_id,
        history.question,
        status or "cut off",
        history.done,
        history.total,
        history.utc,
    )


def table(runs: Sequence[Listed], screen: Screen) -> str:
    """Write runs as lines, as wide as the screen."""
    longest = max((len(run.run_id) for run in runs), default=0)
    lines = [
        f"{pad(run.run_id, longest)}  {pad(run.status, 9)}  "
        f"{run.done:>3}/{run.total:<3}  {pad(run.started[:16], 16)}  "
        f"{one_line(run.question) or '(a saved plan)'}"
        for run in runs
    ]
    width = max(screen.size[0], longest + _QUESTION)
    return "".join(f"{cut(line, width)}\n" for line in lines)
