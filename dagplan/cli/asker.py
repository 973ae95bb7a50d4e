"""Puts the planner's question to the user on the terminal."""

from dagplan.cli.terminal import ask
from dagplan.views import printable


class TerminalAsker:
    """Writes the question to stderr and reads the answer, a line, from stdin."""

    async def question(self, asked: str, /) -> str:
        """Return what the user answers; an empty line is asked again.

        Raises:
            BadInputError: Nobody answers.
        """
        while True:
            if answer := await ask(printable(asked, lines=True)):
                return answer
