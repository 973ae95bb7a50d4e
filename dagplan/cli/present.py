"""Who shows a run: one interface, and what all that show one share."""

from typing import Protocol

from dagplan.cli.board import Board
from dagplan.cli.screen import Screen
from dagplan.cli.wrap import Wrapper
from dagplan.events import Event
from dagplan.views import to_text


class Presenter(Protocol):
    """Shows a run while it goes on."""

    @property
    def every(self) -> float:
        """Seconds between two calls of `refresh`."""
        ...

    def take(self, event: Event) -> None:
        """Show an event; the board already knows of it.

        Raises:
            OutputError: Nothing more can be written.
        """
        ...

    def refresh(self) -> None:
        """Show that time has passed.

        Raises:
            OutputError: Nothing more can be written.
        """
        ...

    def close(self) -> None:
        """Leave the screen in order, however the run ended.

        Raises:
            OutputError: Nothing more can be written.
        """
        ...


class Silent:
    """Shows nothing: the result is all that is wanted."""

    every = 3600.0

    def take(self, event: Event) -> None:
        """Do nothing."""

    def refresh(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class AnswerWriter:
    """Writes the answer piece by piece, with its lines broken.

    Args:
        screen: Where to.

    Attributes:
        begun: Whether something of it was written.
    """

    def __init__(self, screen: Screen) -> None:
        self.begun = False
        self._screen = screen
        self._wrapper = Wrapper(screen.size[0])

    def say(self, text: str) -> None:
        """Write the next piece, after an empty line where it is the first."""
        if not self.begun:
            # What comes before the first word of an answer is no part of it.
            text = text.lstrip()
            if not text:
                return
            self.begun = True
            self._screen.write("\n")
        if shown := self._wrapper.feed(text):
            self._screen.write(shown)

    def end(self) -> None:
        """Write what is left, and end the line."""
        if self.begun:
            self.begun = False
            self._screen.write(f"{self._wrapper.end()}\n")


def draw(board: Board, screen: Screen, *, statuses: bool) -> str:
    """Draw the plan of a board as wide as a screen, with a final line break.

    Of a plan without steps nothing is drawn: its template is the answer.
    """
    if not board.total:
        return ""
    drawing = to_text(
        board.plan,
        board.results if statuses else None,
        width=screen.size[0],
        colour=screen.colour,
        ascii_only=screen.ascii_only,
    )
    return f"{drawing}\n"
