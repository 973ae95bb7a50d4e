"""Running something while a presenter looks on."""

import io

import anyio
import pytest

from dagplan.cli.board import Board
from dagplan.cli.present import Silent
from dagplan.cli.screen import OutputError
from dagplan.cli.watch import watched
from dagplan.events import AnswerText, Event
from dagplan.protocols import Observer


class Witness(Silent):
    """A presenter that remembers what it was told, and may fail."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.told: list[str] = []
        self._breaks = breaks

    def take(self, event: Event) -> None:
        self.told.append(type(event).__name__)
        if self._breaks:
            raise OutputError("standard output", BrokenPipeError(32, "gone"))

    def close(self) -> None:
        self.told.append("closed")


def board() -> Board:
    return Board(lambda: 0.0)


async def test_events_are_shown_and_the_result_returned():
    witness = Witness()

    async def work(see: Observer) -> str:
        see(AnswerText(0.0, "so"))
        return "done"

    assert await watched(work, board(), witness) == "done"
    assert witness.told == ["AnswerText", "closed"]


async def test_work_whose_output_is_gone_is_cancelled():
    witness = Witness(breaks=True)
    left = io.StringIO()

    async def work(see: Observer) -> str:
        try:
            see(AnswerText(0.0, "so"))
            await anyio.sleep_forever()
        finally:
            see(AnswerText(0.0, "more"))
            left.write("left")
        return "never"

    with pytest.raises(OutputError, match="gone"):
        await watched(work, board(), witness)

    assert left.getvalue() == "left"
    assert witness.told == ["AnswerText"]


async def test_an_error_of_the_work_comes_out_as_it_is():
    witness = Witness()

    async def work(_: Observer) -> str:
        raise ValueError("told so")

    with pytest.raises(ValueError, match="told so"):
        await watched(work, board(), witness)

    assert witness.told == ["closed"]


async def test_time_passes_for_presenters():
    passed = anyio.Event()

    class Impatient(Silent):
        every = 0.0

        def refresh(self) -> None:
            passed.set()

    async def work(_: Observer) -> str:
        await passed.wait()
        return "done"

    assert await watched(work, board(), Impatient()) == "done"
