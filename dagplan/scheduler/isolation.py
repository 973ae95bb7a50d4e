"""Running a coroutine in a context of its own, within a task that it shares."""

from collections.abc import Awaitable, Callable, Generator
from contextvars import Context
from types import CoroutineType, coroutine
from typing import TypeVar

A = TypeVar("A")
T = TypeVar("T")


class Pace:
    """Counts the coroutines in a row that ended without giving way to others.

    Attributes:
        in_a_row: How many.
    """

    __slots__ = ("in_a_row",)

    def __init__(self) -> None:
        self.in_a_row = 0


@coroutine
def isolated(
    context: Context, function: Callable[[A], Awaitable[T]], argument: A, pace: Pace
) -> Generator[object, object, T]:
    """Await `function(argument)` so that it sees and sets variables of a context only.

    The task around it is the caller's; whatever the coroutine waits for is handed up
    to the event loop unchanged, and what comes back is handed down. Tasks that it
    starts inherit the context as they would from a task of its own.

    Args:
        context: Entered for each stretch that the coroutine runs, and nowhere else.
        function: What to call; both the call and the awaiting happen in the context.
        argument: What to call it with.
        pace: Told whether the coroutine ever gave way.
    """
    run = context.run
    awaitable = run(function, argument)
    running = awaitable if type(awaitable) is CoroutineType else _awaited(awaitable)
    send = running.send
    pace.in_a_row += 1
    try:
        request = run(send, None)
        pace.in_a_row = 0
        while True:
            try:
                reply = yield request
            except BaseException as error:  # noqa: BLE001 - handed down, not swallowed
                request = run(running.throw, error)
            else:
                request = run(send, reply)
    except StopIteration as stop:
        value: T = stop.value
        return value


async def _awaited(awaitable: Awaitable[T]) -> T:
    return await awaitable
