"""A task of its own for what must not be cancelled twice."""

# anyio's tasks are cancelled again and again until they end; that is what is at fault.
from asyncio import create_task, wait  # noqa: TID251
from collections.abc import Coroutine
from typing import Any, TypeVar

import anyio

T = TypeVar("T")


async def in_own_task(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a native task, and wait for its end also when cancelled.

    LangGraph runs the nodes of an agent in tasks of its own. Cancelled once, it cancels
    these and waits for them. An anyio scope cancels again at every turn of the loop,
    and with the second time that wait is over while the nodes' requests still run.

    Raises:
        BaseException: What the coroutine raises.
    """
    task = create_task(work)
    try:
        await wait([task])
    except BaseException:
        task.cancel()
        with anyio.CancelScope(shield=True):
            await wait([task])
        if not task.cancelled():
            # Nobody else will ask for it; asyncio would complain of that.
            task.exception()
        raise
    return task.result()
