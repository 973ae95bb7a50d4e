"""What is in a record, read by the parent between two processes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import anyio

from dagplan.errors import DagplanError, UnknownRunError
from dagplan.events import Event, StepSucceeded
from tests.crash.orders import RUN_ID, Engine
from tests.crash.story import Snapshot, Success


class Books(Protocol):
    """Whatever an engine keeps on disk of a run."""

    def read(self) -> Snapshot:
        """Return what it holds now."""
        ...

    def settle(self, retry: Sequence[str], accept: Mapping[str, object]) -> None:
        """Say of steps in doubt whether to run them, or what they found."""
        ...


class OurBooks:
    """A journal of dagplan.

    Args:
        path: Its file.
    """

    def __init__(self, path: Path) -> None:
        from dagplan.journal import SqliteJournal

        self._journal = SqliteJournal(path)

    def read(self) -> Snapshot:
        """Return what it holds now."""
        try:
            events = anyio.run(self._journal.read, RUN_ID)
        except UnknownRunError:  # killed before anything was recorded
            events = []
        except DagplanError as error:
            return Snapshot(trouble=f"{type(error).__name__}: {error}")
        return Snapshot(successes_of(events), tuple(events))

    def settle(self, retry: Sequence[str], accept: Mapping[str, object]) -> None:
        """Say of steps in doubt whether to run them, or what they found."""
        from dagplan.journal import settle

        async def say() -> None:
            await settle(self._journal, RUN_ID, retry=retry, accept=accept)

        anyio.run(say)


class TheirBooks:
    """LangGraph's checkpoints in SQLite.

    Args:
        path: Their file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Snapshot:
        """Return the results of tasks that it holds now."""
        from langgraph.checkpoint.sqlite import SqliteSaver

        config: Any = {"configurable": {"thread_id": RUN_ID}}
        if not self._path.exists():
            return Snapshot()
        with SqliteSaver.from_conn_string(str(self._path)) as saver:
            found = [*saver.list(config)]
        values = [
            value
            for checkpoint in reversed(found)
            for _, channel, value in checkpoint.pending_writes or ()
            if channel == "__return__"
        ]
        return Snapshot([Success("", v, n) for n, v in enumerate(values)])

    def settle(self, retry: Sequence[str], accept: Mapping[str, object]) -> None:
        """Nothing is ever in doubt there."""
        raise NotImplementedError


def books_of(engine: Engine, path: Path) -> Books:
    """Return the record of a run."""
    return OurBooks(path) if engine == "dagplan" else TheirBooks(path)


def successes_of(events: Sequence[Event]) -> list[Success]:
    """Return the successes that events tell of."""
    return [
        Success(event.step_id, event.value, place)
        for place, event in enumerate(events)
        if isinstance(event, StepSucceeded)
    ]
