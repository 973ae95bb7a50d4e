"""What is made of a set of tools, kept for as long as the same ones are given."""

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from dagplan.plan.toolspec import ToolSpec

T = TypeVar("T")


class OfTools(Generic[T]):
    """Makes something of tools once: an agent has the same ones in every run.

    A schema over ten tools takes some milliseconds, before the first request goes out.

    Args:
        make: Makes it; what it makes is shared and must not be changed.
    """

    def __init__(self, make: Callable[[Iterable[ToolSpec]], T]) -> None:
        self._make = make
        self._kept: tuple[tuple[ToolSpec, ...], T] | None = None

    def __call__(self, tools: Iterable[ToolSpec]) -> T:
        """Return what is made of some tools, in their order."""
        given = tuple(tools)
        # One value, so that threads that ask at once each get what is theirs.
        kept = self._kept
        if kept is None or kept[0] != given:
            self._kept = kept = (given, self._make(given))
        return kept[1]
