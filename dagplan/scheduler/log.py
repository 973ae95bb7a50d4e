"""What happened so far: the one list of events, and those who watch it."""

import logging
from collections.abc import Sequence

import anyio

from dagplan.events import Event
from dagplan.protocols import Observer

logger = logging.getLogger("dagplan")


class EventLog:
    """The events of a run, in order.

    Streams read the list by index and wait for it to grow, so that a slow reader
    holds up nothing and one that comes late has missed nothing.

    Args:
        observer: Called with each event; what it raises is logged once.
        before: What happened before the run was resumed; observers are told of it
            first, since what they show is made of all events.
    """

    def __init__(self, observer: Observer | None, before: Sequence[Event] = ()) -> None:
        self._events: list[Event] = []
        self._observer = observer
        self._complained = False
        self._grown: anyio.Event | None = None
        self._closed = False
        for event in before:
            self.append(event)

    @property
    def events(self) -> Sequence[Event]:
        """All events so far."""
        return self._events

    @property
    def closed(self) -> bool:
        """Whether the run is over, so that no event follows."""
        return self._closed

    def append(self, event: Event) -> None:
        """Add an event and tell the observer; nothing follows the end of a run."""
        if self._closed:
            return
        self._events.append(event)
        if self._grown is not None:
            self._grown.set()
            self._grown = None
        if self._observer is not None:
            self._tell(self._observer, event)

    def close(self) -> None:
        """Say that no event follows; waiting streams end."""
        self._closed = True
        if self._grown is not None:
            self._grown.set()

    async def at(self, index: int) -> Event | None:
        """Wait for an event by its place; None if the run ended before it."""
        while index >= len(self._events):
            if self._closed:
                return None
            if self._grown is None:
                self._grown = anyio.Event()
            await self._grown.wait()
        return self._events[index]

    def _tell(self, observer: Observer, event: Event) -> None:
        try:
            observer(event)
        except KeyboardInterrupt:
            raise
        except BaseException:
            # An observer watches: it must not be able to stop what it looks at.
            if not self._complained:
                self._complained = True
                logger.exception("observer %r failed on %r", observer, event)
