"""What happened so far: the one list of events, and those who watch it."""

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import cast, overload

import anyio

from dagplan.events import Event, StepPlanned, StepStarted, StepSucceeded
from dagplan.protocols import Observer

logger = logging.getLogger("dagplan")

_COLUMNS = 5
"""Length of a row: the class of an event and its fields, or None and the event."""


class Events(Sequence[Event]):
    """Events in order; equal ones come out each time they are looked at.

    Those of which every step has one are kept as rows of one flat list and put together
    when somebody looks. As objects there would be three for each step, and Python's
    garbage collector goes through all that live again and again: at 100,000 steps
    that took longer than all the machine decides.
    """

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: list[object] = []

    def append(self, event: Event) -> None:
        """Add an event."""
        e = event
        if type(e) is StepSucceeded:
            self._rows += (StepSucceeded, e.at, e.step_id, e.value, e.attempt)
        elif type(e) is StepStarted and e.digest is None:
            self._rows += (StepStarted, e.at, e.step_id, e.attempt, e.items)
        elif type(e) is StepPlanned:
            self._rows += (StepPlanned, e.at, e.step_id, e.step, None)
        else:
            self._rows += (None, event, None, None, None)

    def __len__(self) -> int:
        return len(self._rows) // _COLUMNS

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...  # type: ignore[explicit-any]
    def __getitem__(  # type: ignore[explicit-any]  # `slice` itself
        self, index: int | slice
    ) -> Event | list[Event]:
        places = range(len(self))[index]
        if isinstance(places, range):
            return [self._at(place) for place in places]
        return self._at(places)

    def __iter__(self) -> Iterator[Event]:
        place = 0
        while place < len(self):  # which may grow meanwhile
            yield self._at(place)
            place += 1

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(list(self))

    def _at(self, place: int) -> Event:
        first = place * _COLUMNS
        kind, *fields = self._rows[first : first + _COLUMNS]
        if kind is StepPlanned:
            del fields[-1]
        if kind is None:
            return cast("Event", fields[0])
        made = cast("Callable[..., Event]", kind)  # type: ignore[explicit-any]
        return made(*fields)


class EventLog:
    """The events of a run, in order.

    Streams read the list by index and wait for it to grow, so that a slow reader
    holds up nothing and one that comes late has missed nothing.

    Args:
        observer: Called with each event; what it raises is logged once.
        before: What happened before the run was resumed; observers are told of it
            first, since what they show is made of all events.

    Attributes:
        earlier: How many events that were.
    """

    def __init__(self, observer: Observer | None, before: Sequence[Event] = ()) -> None:
        self._events = Events()
        self._add = self._events.append
        self._observer = observer
        self._complained = False
        self._grown: anyio.Event | None = None
        self._closed = False
        self.earlier = len(before)
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
        self._add(event)
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
