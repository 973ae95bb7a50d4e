"""A line of a conversation: a question on stderr, its answer from stdin."""

import sys

import anyio
import anyio.to_thread

from dagplan.cli.exits import BadInputError


def answers() -> bool:
    """Tell whether somebody sits at stdin."""
    return sys.stdin is not None and sys.stdin.isatty()


async def ask(question: str) -> str:
    """Ask something and return the answer, without the space around it.

    Raises:
        BadInputError: Nobody answers.
    """
    # On a line of its own: the run goes on, and so does what it tells.
    say(f"{question}\n")
    line = await anyio.to_thread.run_sync(
        _read_line, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(1)
    )
    if not line:
        raise BadInputError("nobody answers on stdin; resume the run from a terminal")
    return line.strip()


def _read_line() -> str:
    return "" if sys.stdin is None else sys.stdin.readline()


def say(text: str) -> None:
    """Write to stderr at once."""
    if sys.stderr is not None:
        sys.stderr.write(text)
        sys.stderr.flush()
