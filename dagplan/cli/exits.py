"""How the program ends: an error → lines for stderr, and an exit code."""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dagplan.cli.screen import OutputError
from dagplan.errors import (
    DagplanError,
    PlanError,
    Problem,
    QuestionError,
    SettingsError,
    UnknownRunError,
)
from dagplan.policy import GRACE

ANSWERED: Final = 0
NO_ANSWER: Final = 1
BAD_INPUT: Final = 2
INCOMPLETE: Final = 3
INTERRUPTED: Final = 130  # as shells do: 128 + SIGINT

_PROBLEMS_SHOWN = 20
_NAMES_SHOWN = 20


class InterruptedRunError(Exception):
    """Ctrl-C ended a run.

    Attributes:
        done: How many steps had succeeded.
        total: How many the plan has; 0 where it was not there yet.
        stuck: Ids of the steps that did not end in time when they were cancelled.
        running: Ids of the others that still ran when the program was left.
        run_id: By what the run can be resumed; None where it was not recorded.
    """

    def __init__(
        self,
        done: int,
        total: int,
        *,
        stuck: Sequence[str] = (),
        running: Sequence[str] = (),
        run_id: str | None = None,
    ) -> None:
        self.run_id = run_id
        self.done = done
        self.total = total
        self.stuck = tuple(stuck)
        self.running = tuple(running)
        super().__init__(f"{done} of {total} steps were done")


class BadInputError(Exception):
    """What was given on the command line cannot be used; the message says why."""


class PlanFileError(BadInputError):
    """A saved plan cannot be read or run.

    Attributes:
        name: The file.
        problems: All of them.
    """

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        self.name = name
        self.problems = tuple(problems)
        super().__init__(name)


@dataclass(frozen=True, slots=True)
class Ending:
    """How the program ends.

    Attributes:
        code: The exit code.
        lines: What to say on stderr, without `dagplan: `.
    """

    code: int
    lines: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The lines as they are written, safe to show."""
        # Late: `dagplan --help` shows no line, and views know of plans.
        from dagplan.views import printable

        return "".join(
            f"{'' if line.startswith(' ') else 'dagplan: '}{printable(line)}\n"
            for line in self.lines
        )


def ending(error: BaseException) -> Ending:  # noqa: PLR0911 - one arm per error
    """Say what became of the run that raised an error."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    match error:
        case InterruptedRunError():
            return Ending(INTERRUPTED, _interrupted(error))
        case KeyboardInterrupt():
            return Ending(INTERRUPTED, ("interrupted; nothing was run",))
        case OutputError(reader_left=True):
            # Whoever ended the reader knows it; `head` would only get noise.
            return Ending(NO_ANSWER)
        case PlanFileError():
            return Ending(BAD_INPUT, _plan_file_lines(error))
        case BadInputError() | QuestionError() | SettingsError() | UnknownRunError():
            return Ending(BAD_INPUT, _indented(str(error)))
        case PlanError():
            more = "; try again, or another --model"
            return Ending(NO_ANSWER, (f"the model wrote no valid plan: {error}{more}",))
        case DagplanError() | OutputError():
            return Ending(NO_ANSWER, (_line(error),))
        case _:
            return _unforeseen(error)


def _line(said: object) -> str:
    return " ".join(str(said).split())


def _unforeseen(error: BaseException) -> Ending:
    said = getattr(error, "format_message", None)
    if said is not None:
        # An error of the option parser, whose classes have no public name.
        return Ending(BAD_INPUT, (f"{_sentence(said())}; see dagplan --help",))
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    where = f" at {Path(last.filename).name}:{last.lineno}" if last else ""
    said = _line(f"{type(error).__name__}: {error}")[:300]
    return Ending(NO_ANSWER, (f"unexpected {said}{where}; please report this",))


def _sentence(message: str) -> str:
    line = _line(message).rstrip(".")
    if "unexpected extra argument" in line:
        line += "; put a question of several words in quotes"
    return line


def _interrupted(error: InterruptedRunError) -> tuple[str, ...]:
    done = f"{error.done:,} of {error.total:,} steps were done"
    lines = [f"interrupted; {done if error.total else 'there was no plan yet'}"]
    if error.stuck:
        late = f"did not end within {GRACE:g} s of being cancelled"
        lines.append(f"{late}: {_named(error.stuck)}")
    if error.running:
        lines.append(f"left while still running: {_named(error.running)}")
    if error.run_id is not None:
        lines.append(f"go on with: dagplan resume {error.run_id}")
    return tuple(lines)


def _named(ids: Sequence[str]) -> str:
    rest = len(ids) - _NAMES_SHOWN
    more = f" and {rest:,} more" if rest > 0 else ""
    return ", ".join(ids[:_NAMES_SHOWN]) + more


def _indented(message: str) -> tuple[str, ...]:
    first, *rest = message.splitlines() or [""]
    return (first, *(f"  {line.strip()}" for line in rest if line.strip()))


def _plan_file_lines(error: PlanFileError) -> tuple[str, ...]:
    name, problems = _line(error.name), error.problems
    if len(problems) == 1:
        return (f"{name}: {_line(problems[0])}",)
    shown = [f"  {_line(problem)}" for problem in problems[:_PROBLEMS_SHOWN]]
    rest = len(problems) - len(shown)
    more = [f"  and {rest:,} more"] if rest else []
    count = f"{len(problems):,} problems"
    return (f"{name} cannot be run; {count}:", *shown, *more)
