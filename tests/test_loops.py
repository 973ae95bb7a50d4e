"""A thread tells a loop something, and never waits for it."""

import threading
from collections.abc import Callable

import anyio
import anyio.to_thread
import pytest

from dagplan.loops import on_this_loop

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> object:
    return request.param


async def test_what_a_thread_says_is_done_in_the_loop() -> None:
    told, heard = on_this_loop(), anyio.Event()
    threads: list[int] = []

    def hear(number: int) -> None:
        threads.extend([number, threading.get_ident()])
        heard.set()

    await anyio.to_thread.run_sync(told, hear, 7)
    await heard.wait()
    assert threads == [7, threading.get_ident()]


async def test_it_is_done_in_the_order_in_which_it_was_said() -> None:
    tell, done = on_this_loop(), anyio.Event()
    order: list[int] = []

    def say() -> None:
        for number in range(100):
            tell(order.append, number)
        tell(done.set)

    await anyio.to_thread.run_sync(say)
    await done.wait()
    assert order == [*range(100)]


async def test_a_loop_may_tell_itself() -> None:
    done = anyio.Event()
    on_this_loop()(done.set)
    assert not done.is_set()
    await done.wait()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_loop_that_is_over_is_not_waited_for(backend: str) -> None:
    async def leave() -> Callable[..., None]:
        return on_this_loop()

    tell = anyio.run(leave, backend=backend)
    called: list[int] = []
    tell(called.append, 1)
    thread = threading.Thread(target=tell, args=(called.append, 2))
    thread.start()
    thread.join(5)
    assert not thread.is_alive()
    assert called == []


def test_without_a_loop_there_is_nobody_to_tell() -> None:
    with pytest.raises(RuntimeError):
        on_this_loop()
