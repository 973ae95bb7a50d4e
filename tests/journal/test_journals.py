"""What every journal does, on asyncio and on trio."""

import os
import socket

import anyio
import pytest

from dagplan.errors import JournalError, RunBusy, SettingsError, UnknownRunError
from dagplan.events import RunFinished
from dagplan.journal import MemoryJournal, Owner, SqliteJournal
from dagplan.protocols import Journal, RunRecord
from tests.journal.samples import EVENTS, work

HERE = Owner(os.getpid(), socket.gethostname())


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


@pytest.fixture(params=["memory", "sqlite"])
def journal(request, tmp_path):
    return (
        MemoryJournal() if request.param == "memory" else SqliteJournal(tmp_path / "j")
    )


async def test_both_are_journals_to_whoever_uses_one(tmp_path):
    journals: list[Journal] = [MemoryJournal(), SqliteJournal(tmp_path / "j")]
    for journal in journals:
        record: RunRecord = await journal.open("run")
        assert record.events == ()
        await record.close()


async def test_events_come_back_in_order_as_they_were(journal):
    record = await journal.open("run")
    for event in EVENTS:
        await record.append([event])
    await record.append(EVENTS)
    assert await journal.read("run") == [*EVENTS, *EVENTS]
    await record.close()
    record = await journal.open("run")
    assert record.events == (*EVENTS, *EVENTS)
    assert [*map(type, record.events)] == [*map(type, (*EVENTS, *EVENTS))]
    await record.close()


async def test_a_run_that_goes_on_has_what_was_before_it(journal):
    for number in range(4):
        record = await journal.open("run")
        assert len(record.events) == 2 * number
        await record.append(work(number))
        await record.close()
    assert await journal.read("run") == [e for n in range(4) for e in work(n)]


async def test_a_run_has_one_owner(journal):
    record = await journal.open("run")
    with pytest.raises(RunBusy) as busy:
        await journal.open("run")
    assert (busy.value.run_id, busy.value.pid) == ("run", HERE.pid)
    assert busy.value.host == HERE.host
    assert f"by process {HERE.pid} on {HERE.host}; wait for it" in str(busy.value)
    assert await journal.owner("run") == HERE
    await record.close()
    assert await journal.owner("run") is None
    await (await journal.open("run")).close()


async def test_runs_do_not_see_one_another(journal):
    records = [await journal.open(f"run-{n}") for n in range(5)]

    async def write(n):
        for number in range(10):
            await records[n].append(work(number + n))

    async with anyio.create_task_group() as tasks:
        for n in range(5):
            tasks.start_soon(write, n)
    for record in records:
        await record.close()
    for n in range(5):
        expected = [event for number in range(10) for event in work(number + n)]
        assert await journal.read(f"run-{n}") == expected


async def test_runs_are_listed_newest_first(journal):
    assert await journal.run_ids() == []
    for run_id in ("b", "a", "C"):
        record = await journal.open(run_id)
        await record.append(work(1))
        await record.close()
    record = await journal.open("b")
    await record.append(work(2))
    await (await journal.open("nothing-recorded")).close()
    assert await journal.run_ids() == ["C", "a", "b"]
    assert await journal.run_ids(2) == ["C", "a"]
    assert await journal.run_ids(0) == []
    await record.close()


async def test_a_run_that_is_not_there_is_named(journal):
    with pytest.raises(
        UnknownRunError, match="no run 'other'; check the id"
    ) as unknown:
        await journal.read("other")
    assert unknown.value.run_id == "other"
    assert await journal.owner("other") is None
    await (await journal.open("run")).close()
    with pytest.raises(UnknownRunError):
        await journal.read("run")


@pytest.mark.parametrize("run_id", ["", "a/b", "..", "x" * 65, None, "a\n"])
async def test_a_run_id_is_one(journal, run_id):
    for act in (journal.open, journal.read, journal.owner):
        with pytest.raises(SettingsError, match="a run id has 1 to 64"):
            await act(run_id)


async def test_a_closed_run_is_closed(journal):
    record = await journal.open("run")
    await record.append([])
    await record.close()
    await record.close()
    with pytest.raises(JournalError, match="run 'run' is closed; open it again"):
        await record.append(work(1))
    assert await journal.run_ids() == []


async def test_to_close_twice_does_not_close_the_next_owner(journal):
    record = await journal.open("run")
    await record.close()
    other = await journal.open("run")
    await record.close()
    with pytest.raises(RunBusy):
        await journal.open("run")
    await other.close()


async def test_what_is_forgotten_is_not_there():
    journal = MemoryJournal()
    record = await journal.open("a")
    await record.append([RunFinished(0.0, "answered")])
    await record.close()
    await journal.forget("a")
    await journal.forget("b")
    assert await journal.run_ids() == []
