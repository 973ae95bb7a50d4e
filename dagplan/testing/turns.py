"""A script: what to give in turn, errors included."""

from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """Gives values in turn and raises exceptions in turn.

    Args:
        what: What the values are, for messages.
        turns: The values and exceptions.
    """

    def __init__(self, what: str, turns: Iterable[T | BaseException]) -> None:
        self._what = what
        self._turns = list(turns)
        self._given = 0

    def take(self, asked: str) -> T:
        """Return the next value, or raise it.

        Args:
            asked: What was asked for, shown where the script is at its end.

        Raises:
            AssertionError: Nothing is left.
            BaseException: The next turn is an exception.
        """
        if self._given == len(self._turns):
            raise AssertionError(
                f"the script has {self._given} {self._what} and was asked for one "
                f"more: {asked:.200}; add it to the script"
            )
        self._given += 1
        turn = self._turns[self._given - 1]
        if isinstance(turn, BaseException):
            raise turn
        return turn
