"""Shows a run as lines: for files, pipes and terminals that cannot redraw."""

from dagplan.cli.board import Board
from dagplan.cli.present import AnswerWriter, draw
from dagplan.cli.screen import Screen
from dagplan.cli.values import value_text
from dagplan.events import (
    AnswerText,
    BudgetReached,
    Event,
    PlanFinished,
    Revised,
    RunResumed,
    StepCancelled,
    StepFailed,
    StepHedged,
    StepInDoubt,
    StepParked,
    StepRetried,
    StepSkipped,
    StepStatus,
    StepStuck,
    StepSucceeded,
    Throttled,
)
from dagplan.views import one_line
from dagplan.views.cells import cut, pad
from dagplan.views.glyphs import ASCII, UNICODE
from dagplan.views.news import retry_text, revision_text, stuck_text
from dagplan.views.waterfall import duration

_SLOW = 1.0  # seconds after which a step is mentioned before it is done
_MOST_ID = 28  # columns
_LONGEST = 500  # columns of a line that is not cut to the width


class Plain:
    """Writes the plan, then a line per step as it ends, then the answer.

    A step that takes long is mentioned while it runs, so that a log that stands
    still says what it stands still for; so are attempts that failed, second attempts,
    and providers that ask to wait.

    Args:
        board: What the run has come to.
        screen: Where to write.
        header: Who plans.
    """

    every = 0.5

    def __init__(self, board: Board, screen: Screen, header: str) -> None:
        self._board = board
        self._screen = screen
        self._header = header
        self._answer = AnswerWriter(screen)
        self._mentioned: set[str] = set()
        self._glyphs = ASCII if screen.ascii_only else UNICODE

    def take(self, event: Event) -> None:
        """Write the line of an event, if it has one."""
        match event:
            case PlanFinished():
                self._head()
                if drawing := draw(self._board, self._screen, statuses=False):
                    self._screen.write(f"\n{drawing}\n")
            case AnswerText():
                self._answer.say(event.text)
            case Revised():
                self._answer.end()
                self._line(event.at, "plan revised", revision_text(event))
            case RunResumed():
                self._answer.end()
                self._line(event.at, "resumed", self._progress())
            case StepSucceeded() | StepFailed() | StepSkipped() | StepCancelled():
                self._ended(event)
            case _:
                self._delayed(event)

    def refresh(self) -> None:
        """Mention the steps that have been running for long."""
        now = self._board.elapsed
        sign = self._glyphs.status["running"]
        for step_id, started in self._board.running().items():
            if now - started >= _SLOW and step_id not in self._mentioned:
                self._mentioned.add(step_id)
                self._about(now, sign, step_id, "still running")

    def close(self) -> None:
        """End the answer."""
        self._answer.end()

    def _head(self) -> None:
        """Say who plans, once: steps may end before all of the plan is known."""
        if self._header:
            self._screen.write(f"{self._header}\n")
            self._header = ""

    def _delayed(self, event: Event) -> None:
        """Say what the run now waits for, or no longer waits for."""
        glyphs = self._glyphs
        match event:
            case StepRetried():
                self._mentioned.discard(event.step_id)
                said = retry_text(event)
                self._about(event.at, glyphs.retried, event.step_id, said, whole=True)
            case StepHedged():
                said = f"attempt {event.attempt} joins one that takes long"
                self._about(event.at, glyphs.hedged, event.step_id, said)
            case StepStuck():
                self._about(event.at, glyphs.stuck, event.step_id, stuck_text(event))
            case StepParked():
                sign = glyphs.status["parked"]
                self._about(event.at, sign, event.step_id, "waits for approval")
            case StepInDoubt():
                sign = glyphs.status["in_doubt"]
                self._about(event.at, sign, event.step_id, "may have been done")
            case BudgetReached() if not self._answer.begun:
                self._line(event.at, "budget reached", event.said)
            case Throttled():
                who = cut(one_line(event.resource[:_LONGEST]), _MOST_ID)
                said = f"asks to slow down: {duration(event.wait)}"
                self._line(event.at, f"{glyphs.throttled} {who}", said)
            case _:
                pass

    def _progress(self) -> str:
        return f"{self._board.done:,} of {self._board.total:,} steps were done"

    def _ended(
        self, event: StepSucceeded | StepFailed | StepSkipped | StepCancelled
    ) -> None:
        step_id = event.step_id
        self._mentioned.discard(step_id)
        match event:
            case StepSucceeded():
                # The list of a `for_each` step tells of its items.
                if "[" not in step_id:
                    said = value_text(event.value)
                    self._step_line(event.at, "succeeded", step_id, said)
            case StepFailed():
                self._step_line(event.at, "failed", step_id, event.error)
            case StepSkipped():
                said = f"needs {event.because}"
                self._step_line(event.at, "skipped", step_id, said)
            case StepCancelled():
                self._step_line(event.at, "cancelled", step_id, "cancelled")

    def _step_line(
        self, at: float, status: StepStatus, step_id: str, said: str
    ) -> None:
        # A value can be looked up in the result; why a step failed is wanted whole.
        whole = status == "failed"
        self._about(at, self._glyphs.status[status], step_id, said, whole=whole)

    def _about(
        self, at: float, sign: str, step_id: str, said: str, *, whole: bool = False
    ) -> None:
        self._head()
        longest = max((len(step.id) for step in self._board.plan.steps), default=0)
        name = pad(step_id, min(longest, _MOST_ID))
        self._line(at, f"{sign} {name}", said, whole=whole)

    def _line(self, at: float, what: str, said: str, *, whole: bool = False) -> None:
        line = f"{at:8.2f} s  {what}  {one_line(said[:_LONGEST])}"
        width = _LONGEST if whole else self._screen.size[0]
        self._screen.write(f"{cut(line, width)}\n")
