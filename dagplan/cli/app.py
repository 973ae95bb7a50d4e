"""`main`: the program from its first line to its exit code."""

import sys
from collections.abc import Sequence
from typing import NoReturn

from dagplan.cli.exits import INTERRUPTED, NO_ANSWER, Ending, ending
from dagplan.cli.leave import leave
from dagplan.cli.screen import OutputError, discard


def main() -> NoReturn:
    """Run the program and leave it."""
    try:
        code = execute(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    leave(code)


def execute(arguments: Sequence[str]) -> int:
    """Do what a command line asks for and return the exit code.

    Args:
        arguments: The command line, without the name of the program.
    """
    try:
        result = _perform(arguments)
        _flush()
    # What is not foreseen ends in one line as well.
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001
        if isinstance(error, OutputError):
            discard(sys.stdout)
        result = ending(error)
    return _say(result)


def _perform(arguments: Sequence[str]) -> Ending:
    # Late, as all that takes time: Ctrl-C meets a handler by then.
    from dagplan.cli.commands import parse

    job = parse([*arguments] or ["--help"])
    return Ending(job) if isinstance(job, int) else job()


def _flush() -> None:
    """Meet a full disk or a closed pipe here rather than when Python ends."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        raise OutputError("standard output", error) from error


def _say(result: Ending) -> int:
    if sys.stderr is None or not result.lines:
        return result.code
    try:
        sys.stderr.write(result.text)
        sys.stderr.flush()
    except OSError:
        # There is nowhere left to complain to; the exit code still tells.
        discard(sys.stderr)
        return result.code or NO_ANSWER
    return result.code
