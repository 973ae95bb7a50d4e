"""Simulated time: a run on trio whose clock jumps to whatever happens next."""

from collections.abc import Awaitable, Callable
from typing import TypeVar, TypeVarTuple

import anyio

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


def run_simulated(
    function: Callable[[*Arguments], Awaitable[T]], *arguments: *Arguments
) -> T:
    """Run an async function in simulated time, which is exact and takes none.

    Raises:
        SystemExit: trio is not installed.
    """
    try:
        from trio.testing import MockClock
    except ImportError:
        raise SystemExit("simulated time needs trio: pip install '.[bench]'") from None
    return anyio.run(
        function,
        *arguments,
        backend="trio",
        backend_options={"clock": MockClock(autojump_threshold=0)},
    )
