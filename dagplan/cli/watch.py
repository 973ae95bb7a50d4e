"""Runs something while a presenter looks on."""

import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType
from typing import TypeVar

import anyio

from dagplan.cli.board import Board
from dagplan.cli.exits import InterruptedRunError, ending
from dagplan.cli.leave import leave_now
from dagplan.cli.present import Presenter
from dagplan.cli.underway import Underway
from dagplan.events import Event
from dagplan.protocols import Observer

T = TypeVar("T")


class _Watch:
    """Tells a board and a presenter of events, and keeps what they raise.

    What an observer raises is logged and forgotten; but a run whose output is gone
    shall end.
    """

    def __init__(
        self, board: Board, presenter: Presenter, scope: anyio.CancelScope
    ) -> None:
        self.failure: Exception | None = None
        self._board = board
        self._presenter = presenter
        self._scope = scope

    def observe(self, event: Event) -> None:
        self._board.take(event)
        self._guard(lambda: self._presenter.take(event))

    async def refresh_for_ever(self) -> None:
        while True:
            await anyio.sleep(self._presenter.every)
            self._guard(self._presenter.refresh)

    def close(self) -> None:
        self._guard(self._presenter.close)

    def _guard(self, act: Callable[[], None]) -> None:
        if self.failure is not None:
            return
        try:
            act()
        except Exception as error:  # noqa: BLE001 - raised again by `watched`
            self.failure = error
            self._scope.cancel()


async def watched(
    work: Callable[[Observer], Awaitable[T]], board: Board, presenter: Presenter
) -> T:
    """Await `work(observer)` with a presenter that sees each event and time pass.

    Args:
        work: Takes an observer of a run.
        board: Is told of each event first.
        presenter: Is closed however the work ends.

    Raises:
        OutputError: Nothing more can be written; the work was cancelled.
    """
    raised: Exception | None = None
    result: list[T] = []
    async with anyio.create_task_group() as tasks:
        watch = _Watch(board, presenter, tasks.cancel_scope)
        try:
            tasks.start_soon(watch.refresh_for_ever)
            result.append(await work(watch.observe))
        except Exception as error:  # noqa: BLE001 - raised again below, in no group
            raised = error
        finally:
            watch.close()
            tasks.cancel_scope.cancel()
    if watch.failure is not None:
        raise watch.failure
    if raised is not None:
        raise raised
    return result[0]


def run_watched(
    work: Callable[[Observer], Awaitable[T]],
    board: Board,
    presenter: Presenter,
    underway: Underway,
) -> T:
    """Run `watched` on an event loop of its own.

    The first Ctrl-C cancels the run and awaits its steps. A second one leaves the
    program at once, since a step may refuse to end.

    Args:
        work: Takes an observer of a run.
        board: Is told of each event first.
        presenter: Is closed however the work ends.
        underway: Knows what a second Ctrl-C leaves behind.

    Raises:
        InterruptedRunError: Ctrl-C was pressed.
    """

    def give_up() -> None:
        said = ending(_interrupted(board, underway))
        text = said.text.encode(errors="replace")
        # Not by `sys.stderr`, which may be in the middle of a write.
        leave_now(said.code, presenter.close, lambda: os.write(2, text))

    async def main() -> T:
        with _second_interrupt(give_up):
            return await watched(work, board, presenter)

    try:
        return anyio.run(main)
    except KeyboardInterrupt:
        raise _interrupted(board, underway) from None


def _interrupted(board: Board, underway: Underway) -> InterruptedRunError:
    running = [step_id for step_id in underway.steps if step_id not in board.stuck]
    return InterruptedRunError(
        board.done,
        board.total,
        stuck=board.stuck,
        running=running,
        run_id=underway.run_id,
    )


@contextmanager
def _second_interrupt(give_up: Callable[[], None]) -> Iterator[None]:
    """Leave the first SIGINT to the event loop and take the second."""
    first = signal.getsignal(signal.SIGINT)
    if not callable(first) or current_thread() is not main_thread():
        yield
        return

    def second(_number: int, _frame: FrameType | None) -> None:
        give_up()

    def handle(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, second)
        first(number, frame)

    signal.signal(signal.SIGINT, handle)
    # Not in a `finally`: after the first Ctrl-C the loop ends its tasks, which is
    # where one that refuses to end has to be given up.
    yield
    signal.signal(signal.SIGINT, first)
