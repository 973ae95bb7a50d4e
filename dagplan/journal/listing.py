"""The recorded runs, each in one line."""

from dataclasses import dataclass

from dagplan.errors import JournalError
from dagplan.history import History
from dagplan.protocols import Archive


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


async def listed(journal: Archive, most: int) -> list[Listed]:
    """Return the newest runs, the newest first.

    A run whose record is broken is listed as such, and keeps no other from being.
    """
    return [await _one(journal, run_id) for run_id in await journal.run_ids(most)]


async def _one(journal: Archive, run_id: str) -> Listed:
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
