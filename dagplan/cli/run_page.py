"""The page of a run, as `--html FILE` has it written."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from dagplan.agent.approval import Held
from dagplan.agent.outcome import Answered
from dagplan.cli.exits import BadInputError
from dagplan.cli.plan_file import check_writable, write_file
from dagplan.cli.saved import recorded
from dagplan.events import Event
from dagplan.protocols import Observer
from dagplan.scheduler import Run
from dagplan.views import printable, to_html


class RunPage:
    """Looks on, and writes all that it saw as one HTML file, however the run ends.

    A run that fails or is interrupted is what one wants to look at most.

    Args:
        name: The file; None for none.

    Raises:
        BadInputError: No such file can be written; said before the run costs anything.
    """

    def __init__(self, name: str | None) -> None:
        self._name = name
        self._events: list[Event] = []
        if name is not None:
            check_writable(name)

    def beside(self, observer: Observer) -> Observer:
        """Return an observer that shows each event to another one and to the page."""

        def see(event: Event) -> None:
            self._events.append(event)
            observer(event)

        return see

    @contextmanager
    def of_what_is_cut_off(self) -> Iterator[None]:
        """Write the page of a run that this block does not bring to its end."""
        try:
            yield
        except BaseException:
            # What ended the run is what the user has to hear of; this comes beside it.
            try:
                self._write_what_was_seen()
            except BadInputError as error:
                if sys.stderr is not None:
                    sys.stderr.write(f"dagplan: {printable(str(error))}\n")
            raise

    def write(self, outcome: Answered | Held, response: str) -> None:
        """Write the page of a run that is over, or waits for the user.

        Args:
            outcome: What came of it.
            response: The answer; empty for none.

        Raises:
            BadInputError: The file cannot be written.
        """
        if self._name is not None:
            write_file(self._name, _page_of(outcome.run, response))

    def _write_what_was_seen(self) -> None:
        if self._name is None or not self._events:
            return
        seen = recorded(self._events)
        page = to_html(seen.plan, seen.results, self._events, answer=seen.response)
        write_file(self._name, page)


def _page_of(run: Run, response: str) -> str:
    return to_html(run.plan, run.results, run.events, answer=response or None)
