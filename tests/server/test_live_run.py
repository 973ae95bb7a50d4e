"""A list of events that grows, and what the user is asked."""

import anyio
import pytest

from dagplan.events import RunFinished, RunStarted, StepStarted
from dagplan.server.live_run import Asked, LiveRun, Reply
from dagplan.server.stream import news_of

pytestmark = pytest.mark.anyio

STARTED = RunStarted(0.0, "2026-01-01T00:00:00Z", "Why?", None)


def asked(digest: str) -> Asked:
    return Asked(digest, "Run it?", "{}", None)


async def heard(run: LiveRun, first: int = 0) -> list[str]:
    """Return what a page is told until the run is over."""
    told = "".join([text async for text in news_of(run, first)])
    return told.split("\n\n")[1:-1]


async def test_whoever_watches_gets_every_event_by_its_place():
    run = LiveRun("mine", "")
    run.observe(STARTED)
    told: list[str] = []

    async def watch() -> None:
        told.extend(await heard(run))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch)
        await anyio.wait_all_tasks_blocked()
        run.observe(StepStarted(0.5, "a"))
        await anyio.wait_all_tasks_blocked()
        run.observe(RunFinished(1.0, "answered"))
        run.end()

    assert [line.split("\n")[0] for line in told] == [
        "id: 0",
        "event: asked",
        "id: 1",
        "id: 2",
        "event: over",
    ]


@pytest.mark.parametrize("first", [0, 1, 2, 5])
async def test_whoever_comes_back_gets_what_he_lacks(first: int):
    run = LiveRun("mine", "")
    for event in (STARTED, StepStarted(0.5, "a"), RunFinished(1.0, "failed")):
        run.observe(event)
    run.end("it broke")

    told = await heard(run, first)

    ids = [line.split("\n")[0] for line in told if line.startswith("id")]
    assert ids == [f"id: {place}" for place in range(first, 3)]
    assert told[-1] == 'event: over\ndata: {"trouble": "it broke"}'


async def test_who_claims_to_have_heard_more_than_there_was_hears_what_comes():
    run = LiveRun("mine", "")
    run.observe(STARTED)
    told: list[str] = []

    async def watch() -> None:
        told.extend(await heard(run, 9))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch)
        await anyio.wait_all_tasks_blocked()
        run.observe(RunFinished(1.0, "answered"))
        run.end()

    assert [line.split("\n")[0] for line in told if line.startswith("id")] == ["id: 1"]


async def test_a_question_waits_for_its_answer_and_others_do_not():
    run = LiveRun("mine", "")
    replies: dict[str, Reply] = {}

    async def ask(digest: str) -> None:
        replies[digest] = await run.ask(asked(digest))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask, "x")
        tasks.start_soon(ask, "y")
        await anyio.wait_all_tasks_blocked()
        assert [one["digest"] for one in run.questions()] == ["x", "y"]
        assert run.answer("y", False)  # noqa: FBT003
        await anyio.wait_all_tasks_blocked()
        assert [one["digest"] for one in run.questions()] == ["x"]
        assert run.answer("x", {"args": {}})
        assert not run.answer("x", True)  # noqa: FBT003

    assert replies == {"x": {"args": {}}, "y": False}
    assert not run.answer("y", True)  # noqa: FBT003


async def test_a_question_goes_with_who_asked_it():
    run = LiveRun("mine", "")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run.ask, asked("x"))
        await anyio.wait_all_tasks_blocked()
        assert run.questions()
        tasks.cancel_scope.cancel()

    assert run.questions() == []
    assert not run.answer("x", True)  # noqa: FBT003


async def test_the_clock_stands_still_once_the_run_is_over():
    run = LiveRun("mine", "Why?")
    assert run.elapsed >= 0
    run.observe(STARTED)
    run.observe(StepStarted(7.0, "a"))
    assert run.elapsed >= 7
    run.end()
    assert run.elapsed == 7
