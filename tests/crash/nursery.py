"""A process that has imported everything once and forks each child from itself.

    python -m tests.crash.nursery dagplan

Starting an interpreter and importing takes longer than most runs. This process has no
threads and no event loop, so that forking it is safe, and it is the parent of all
children, so that a kill never meets another process of the same id.
"""

import gc
import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Self

from tests.crash.kills import Kill
from tests.crash.orders import Engine, Order

PATIENCE = 30.0
"""Seconds after which a child counts as hanging; runs take some hundredths."""


@dataclass(frozen=True, slots=True)
class Died:
    """How a child ended.

    Attributes:
        killed: Whether SIGKILL ended it, by whoever's hand.
        hung: Whether it had to be killed since it did not end.
        born: When it was forked, by the clock that all processes share.
        seconds: How long it lived.
    """

    killed: bool
    hung: bool
    born: float
    seconds: float


class Nursery:
    """The process that forks, as its user sees it.

    Args:
        engine: What its children run plans on.
    """

    def __init__(self, engine: Engine) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery", engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()

    def run(self, order: Order, seconds: float | None = None) -> Died:
        """Have a child obey an order; returns once it is dead.

        Args:
            order: What it shall do.
            seconds: When to kill it, if it still lives; None never.
        """
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(f"{json.dumps([asdict(order), seconds])}\n")
        self._server.stdin.flush()
        return Died(**json.loads(self._server.stdout.readline()))


def _order(said: dict[str, object]) -> Order:
    kill = said.pop("kill")
    return Order(**said, kill=None if kill is None else Kill(**kill))  # type: ignore[arg-type]


def serve(engine: Engine) -> None:
    """Fork children as they are asked for, one at a time, until nobody asks."""
    # Here, since whoever asks for children has no use for all that they need.
    from tests.crash.child import engine_of, leave, main

    engine_of(engine)
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        said, seconds = json.loads(line)
        born = time.perf_counter()
        pid = os.fork()
        if pid == 0:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            leave(main(_order(said)))
        killed, hung = _see_off(pid, seconds)
        told = Died(killed, hung, born, time.perf_counter() - born)
        sys.stdout.write(f"{json.dumps(asdict(told))}\n")
        sys.stdout.flush()


def _see_off(pid: int, seconds: float | None) -> tuple[bool, bool]:
    """Wait for a child's end, or bring it about; tell whether it was killed, or hung."""
    alive = os.pidfd_open(pid)
    limit = PATIENCE if seconds is None else seconds
    ended, _, _ = select.select([alive], [], [], limit)
    if not ended:
        os.kill(pid, signal.SIGKILL)
    os.close(alive)
    _, status = os.waitpid(pid, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return killed, not ended and seconds is None


if __name__ == "__main__":
    serve("langgraph" if "langgraph" in sys.argv else "dagplan")
