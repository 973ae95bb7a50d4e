"""Shows a run on a terminal: the plan redrawn in place while its steps run."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from dagplan.cli.board import Board
from dagplan.cli.present import AnswerWriter, draw
from dagplan.cli.screen import OutputError, Screen, fitted
from dagplan.events import (
    AnswerText,
    Event,
    QuestionAnswered,
    QuestionAsked,
    Revised,
    RunFinished,
)
from dagplan.views import one_line
from dagplan.views.cells import cut
from dagplan.views.glyphs import ASCII, UNICODE
from dagplan.views.waterfall import duration

if TYPE_CHECKING:
    from rich.live import Live


_AROUND = 8  # rows that a picture has besides those of the steps


class Area(Protocol):
    """A piece of the terminal that can be drawn again and again."""

    def show(self, drawing: str) -> None:
        """Draw in place of what was drawn before."""
        ...

    def clear(self) -> None:
        """Take away what was drawn."""
        ...


class LivePresenter:
    """Redraws the plan with statuses, and with how long each step has been running.

    The moving picture is taken away when the run settles, and the final plan written
    in its place, however long it is. A run that is over before the first refresh is
    never seen to move.

    Args:
        board: What the run has come to.
        screen: The terminal.
        header: Who plans.
        model: Name of the model that plans and answers, or None.
        area: Where the picture moves; a `RichArea` without it.
    """

    every = 0.1

    def __init__(
        self,
        board: Board,
        screen: Screen,
        header: str,
        *,
        model: str | None = None,
        area: Area | None = None,
    ) -> None:
        self._board = board
        self._screen = screen
        self._header: str | None = header
        self._model = model
        self._area: Area = area or RichArea(screen)
        self._answer = AnswerWriter(screen)
        self._settled = False
        self._waits = False  # for the user's word

    def take(self, event: Event) -> None:
        """Settle before the answer begins; all else waits for the next refresh."""
        match event:
            case AnswerText() if event.text:
                self._settle()
                self._answer.say(event.text)
            case Revised():
                self._answer.end()
                self._settled = False
            case QuestionAsked():
                # What is redrawn again and again leaves no line for the answer.
                self._area.clear()
                self._waits = True
            case QuestionAnswered() | RunFinished():
                self._waits = False
            case _:
                pass

    def refresh(self) -> None:
        """Draw where the run stands."""
        if not (self._settled or self._waits or self._board.over):
            self._area.show(self._picture())

    def close(self) -> None:
        """Leave the plan as it stands, and end the answer."""
        self._settle()
        self._answer.end()

    def _settle(self) -> None:
        if self._settled:
            return
        self._settled = True
        self._area.clear()
        if not self._board.planned and not self._board.total:
            return
        if self._header is not None:
            self._screen.write(f"{self._header}\n")
            self._header = None
        if drawing := draw(self._board, self._screen, statuses=True):
            self._screen.write(f"\n{drawing}")

    def _picture(self) -> str:
        columns, rows = self._screen.size
        now = self._board.elapsed
        if not self._board.planned and not self._board.total:
            said = f"{self._model or 'dagplan'} is planning  {duration(now)}"
            return cut(_joined(said, self._asking(now)), columns)
        footer = self._footer(now, columns)
        header = "" if self._header is None else f"{self._header}\n\n"
        if self._board.total + _AROUND > rows:
            # Too tall to be redrawn: what runs is what one waits for.
            done = f"{self._board.done:,} of {self._board.total:,} steps done"
            return f"{header}{done}\n{footer}"
        return f"{header}{draw(self._board, self._screen, statuses=True)}{footer}"

    def _footer(self, now: float, columns: int) -> str:
        glyphs = ASCII if self._screen.ascii_only else UNICODE
        board = self._board
        running = {name: now - since for name, since in board.running().items()}
        again = {name: at - now for name, at in board.retrying.items()}
        parts = [
            # What holds up many steps comes first, and what is most numerous last.
            "; ".join(board.reached),
            self._asking(now),
            _named(glyphs.stuck, board.stuck),
            _timed(glyphs.retried, again),
            _revised(board.revisions),
            _in_slots(len(running), board.slots),
            _timed(glyphs.status["running"], running),
        ]
        model = self._model or "dagplan"
        if not board.planned:
            parts.insert(0, f"{model} is planning")
        elif not running and not again:
            parts.append(f"{model} reads the results")
        return cut(_joined(f"{now:.1f} s", *parts), columns)

    def _asking(self, now: float) -> str:
        """Name the providers that are waited for."""
        glyphs = ASCII if self._screen.ascii_only else UNICODE
        left = {who: until - now for who, until in self._board.throttled.items()}
        asking = {one_line(who): s for who, s in left.items() if s > 0}
        return _timed(glyphs.throttled, asking)


def _revised(times: int) -> str:
    if not times:
        return ""
    return "revised once" if times == 1 else f"revised {times:,} times"


def _in_slots(running: int, slots: int | None) -> str:
    """Say how many slots are taken, where one might wait for another."""
    return f"{running:,} of {slots:,} slots" if running and slots is not None else ""


def _joined(*parts: str) -> str:
    return "  ".join(part for part in parts if part)


def _timed(sign: str, seconds: Mapping[str, float]) -> str:
    """Write names with seconds, those that have passed or those that are left."""
    return _named(sign, [f"{name} {max(s, 0):.1f} s" for name, s in seconds.items()])


def _named(sign: str, names: Sequence[str]) -> str:
    return f"{sign} {', '.join(names)}" if names else ""


class RichArea:
    """An area drawn by rich.

    Args:
        screen: The terminal.
    """

    def __init__(self, screen: Screen) -> None:
        from rich.console import Console

        self._screen = screen
        self._console = Console(
            file=screen.stream,
            force_terminal=True,
            color_system="standard" if screen.colour else None,
            highlight=False,
            markup=False,
            emoji=False,
        )
        self._live: Live | None = None

    def show(self, drawing: str) -> None:
        """Draw in place of what was drawn before."""
        from rich.text import Text

        encoding = getattr(self._screen.stream, "encoding", None) or "utf-8"
        picture = Text.from_ansi(fitted(drawing, encoding), no_wrap=True)
        try:
            if self._live is None:
                self._live = self._begin()
            self._live.update(picture, refresh=True)
        except OSError as error:
            raise OutputError("standard output", error) from error

    def clear(self) -> None:
        """Take away what was drawn."""
        live, self._live = self._live, None
        try:
            if live is not None:
                live.stop()
        except OSError as error:
            raise OutputError("standard output", error) from error

    def _begin(self) -> "Live":
        from rich.live import Live

        live = Live(
            console=self._console,
            auto_refresh=False,
            transient=True,
            vertical_overflow="crop",
        )
        live.start()
        return live
