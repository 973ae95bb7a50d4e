"""Leaving a run, in whatever way, cancels and awaits every step of it."""

import asyncio  # noqa: TID251 - for its CancelledError
import logging

import anyio
import anyio.lowlevel
import pytest
from trio.testing import MockClock

from dagplan import Limits, execute_plan, stream_plan
from dagplan.events import Event, RunFinished, StepCancelled, StepStarted, StepSucceeded
from tests.scheduler.plans import Worker, plan, step

CHAINS = plan(step("a"), step("b", "a"), step("c"), step("d", "c"), step("queued"))
SECONDS = {"a": 1.0, "b": 1.0, "c": 5.0}


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    if request.param == "asyncio":
        return "asyncio"
    return "trio", {"clock": MockClock(autojump_threshold=0)}


def started_and_ended(events):
    started = [e.step_id for e in events if isinstance(e, StepStarted)]
    ended = [e.step_id for e in events if isinstance(e, StepSucceeded | StepCancelled)]
    return started, ended


async def test_a_break_cancels_what_runs_and_keeps_what_is_done():
    worker = Worker({"c": 999.0, "queued": 999.0})
    async with stream_plan(CHAINS, worker, limits=Limits(concurrency=2)) as events:
        async for event in events:
            if isinstance(event, StepSucceeded) and event.step_id == "b":
                break
    assert worker.running == 0
    assert events.run is not None
    assert events.run.outcome == "cancelled"
    assert events.run.results["b"].value == "b"
    assert {k: r.status for k, r in events.run.results.items()} == {
        "a": "succeeded",
        "b": "succeeded",
        "c": "cancelled",
        "d": "cancelled",
        "queued": "cancelled",
    }
    assert "c" in worker.cancelled


async def test_a_cancelled_scope_starts_nothing_in_the_slots_that_become_free():
    seen: list[Event] = []
    worker = Worker({"a": 999.0, "c": 999.0})
    with anyio.move_on_after(0.01) as scope:
        await execute_plan(
            CHAINS, worker, limits=Limits(concurrency=2), on_event=seen.append
        )
    assert scope.cancelled_caught
    assert worker.running == 0
    assert sorted(worker.cancelled) == ["a", "c"]
    assert sorted(call.id for call in worker.calls) == ["a", "c"]
    cancelled = [e.step_id for e in seen if isinstance(e, StepCancelled)]
    assert sorted(cancelled) == ["a", "b", "c", "d", "queued"]
    assert isinstance(seen[-1], RunFinished)
    assert seen[-1].outcome == "cancelled"


async def test_an_exception_of_the_reader_leaves_the_run_as_it_is():
    worker = Worker(dict.fromkeys("abc", 999.0))
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - it is raised inside
        async with stream_plan(CHAINS, worker) as events:
            async for _ in events:
                raise ZeroDivisionError
    assert worker.running == 0
    assert events.run is not None


async def test_every_step_ends_exactly_once():
    worker = Worker({"b": 999.0, "c": 999.0})
    seen: list[Event] = []
    with anyio.move_on_after(0.01):
        await execute_plan(CHAINS, worker, on_event=seen.append)
    started, ended = started_and_ended(seen)
    assert len(ended) == len(set(ended)) == len(CHAINS.steps)
    assert set(started) <= set(ended)


async def test_the_stream_ends_with_the_run():
    worker = Worker()
    async with stream_plan(CHAINS, worker) as events:
        kinds = [type(event).__name__ async for event in events]
        assert events.run is not None
    assert kinds[0] == "RunStarted"
    assert kinds[-1] == "RunFinished"
    assert kinds.count("StepSucceeded") == 5


async def test_an_observer_that_raises_is_logged_once_and_stops_nothing(caplog):
    def broken(event: object) -> None:
        raise ValueError("observer")

    with caplog.at_level(logging.ERROR, logger="dagplan"):
        run = await execute_plan(CHAINS, Worker(), on_event=broken)
    assert run.outcome == "answered"
    assert len(caplog.records) == 1


async def test_a_cancellation_that_a_step_lets_escape_fails_that_step_alone(
    anyio_backend_name,
):
    async def run_step(call):
        if call.id == "a":
            # What awaiting a cancelled task or future of one's own raises on asyncio.
            raise asyncio.CancelledError
        await anyio.lowlevel.checkpoint()
        return call.id

    if anyio_backend_name == "trio":
        pytest.skip("trio lets nobody raise its cancellation")
    run = await execute_plan(CHAINS, run_step)
    assert run.results["a"].error == "CancelledError"
    assert run.results["b"].status == "skipped"
    assert run.results["d"].value == "d"


async def test_an_error_whose_message_cannot_be_read_fails_its_step_alone():
    class BrokenError(Exception):
        def __str__(self) -> str:
            raise ValueError

    run = await execute_plan(CHAINS, Worker(errors={"a": BrokenError()}))
    assert run.results["a"].error == (
        "BrokenError: its message cannot be read: ValueError"
    )
    assert run.results["d"].value == "d"


async def test_a_step_that_cancels_itself_does_not_take_the_run_along():
    async def run_step(call):
        if call.id == "a":
            with anyio.CancelScope() as own:
                own.cancel()
                await anyio.sleep(1)
        return call.id

    run = await execute_plan(CHAINS, run_step)
    assert run.results["a"].status == "succeeded"
    assert run.results["b"].value == "b"
