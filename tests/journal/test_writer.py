"""What waits is written together, fails alone, and is done before a run is given up."""

import shutil
import sqlite3
from contextlib import closing

import anyio
import pytest

from dagplan.errors import CorruptJournalError, JournalError
from dagplan.events import StepSucceeded
from dagplan.journal import SqliteJournal, writer
from tests.journal.samples import work


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


@pytest.fixture
def path(tmp_path):
    return tmp_path / "live" / "runs.db"


@pytest.fixture
def journal(path):
    return SqliteJournal(path)


@pytest.fixture
def commits(monkeypatch):
    """Count the transactions that are tried, by how many appends each has."""
    counted: list[int] = []
    write = writer.Writer._write

    def count(self, jobs):
        counted.append(len(jobs))
        write(self, jobs)

    monkeypatch.setattr(writer.Writer, "_write", count)
    return counted


async def together(path, *appends):
    """Have appends wait until all are there, and then be written."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with anyio.create_task_group() as tasks:
            for record, events in appends:
                tasks.start_soon(record.append, events)
                await anyio.wait_all_tasks_blocked()
            other.execute("ROLLBACK")


async def test_appends_of_all_runs_go_into_one_commit(journal, path, commits):
    records = [await journal.open(f"run-{n}") for n in range(16)]
    await records[0].append(work(0))
    await together(path, *((record, work(1)) for record in records))
    # One that had just begun to wait for the file, and all the others.
    assert len(commits) <= 3
    assert sum(commits) == 17
    for record in records:
        await record.close()
    assert await journal.read("run-0") == [*work(0), *work(1)]
    assert await journal.read("run-15") == work(1)


async def test_appends_to_one_run_that_wait_keep_their_order(journal, path, commits):
    record = await journal.open("run")
    await together(path, *((record, work(n)) for n in range(20)))
    assert len(commits) <= 2
    assert sum(commits) == 20
    await record.close()
    assert await journal.read("run") == [e for n in range(20) for e in work(n)]


async def test_a_run_that_is_no_longer_as_it_was_fails_alone(journal, path, commits):
    one, two = await journal.open("one"), await journal.open("two")
    await one.append(work(0))
    await two.append(work(0))
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE run SET count = 1 WHERE id = 'one'")
        other.commit()
    failed: list[Exception] = []

    class Failing:
        async def append(self, events):
            with pytest.raises(CorruptJournalError) as caught:
                await one.append(events)
            failed.append(caught.value)

    await together(path, (two, work(1)), (two, work(2)), (Failing(), work(1)))
    # Those that were together with it were tried once more by themselves.
    assert commits[-2:] == [1, 1]
    assert "'one' was changed while it was open" in str(failed[0])
    await one.close()
    await two.close()
    assert await journal.read("two") == [e for n in range(3) for e in work(n)]


async def test_a_run_is_given_up_once_what_waits_is_written(journal, path):
    record = await journal.open("run")
    other = await journal.open("other")
    with closing(sqlite3.connect(path, isolation_level=None)) as busy:
        busy.execute("BEGIN IMMEDIATE")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(record.append, work(1))
            await anyio.wait_all_tasks_blocked()
            tasks.start_soon(record.close)
            await anyio.wait_all_tasks_blocked()
            assert await journal.owner("run") is not None
            busy.execute("ROLLBACK")
    assert await journal.owner("run") is None
    assert await journal.read("run") == work(1)
    await other.close()


async def test_a_close_that_is_cancelled_gives_the_run_up_all_the_same(journal):
    record = await journal.open("run")
    await record.append(work(1))
    with anyio.CancelScope() as scope:
        scope.cancel()
        await record.close()
    assert await journal.owner("run") is None


def crashed_without_log(path):
    """Copy a journal as it lies there, its log lost on top of the crash."""
    copy = path.parent.with_name("crashed")
    shutil.copytree(path.parent, copy)
    (copy / "runs.db-wal").unlink()
    return SqliteJournal(copy / "runs.db")


async def test_the_log_is_not_needed_for_a_run_that_was_given_up(journal, path):
    one, two = await journal.open("one"), await SqliteJournal(path).open("two")
    await one.append(work(0))
    await two.append(work(1))
    await two.close()
    assert path.with_name("runs.db-wal").stat().st_size == 0
    crashed = crashed_without_log(path)
    assert await crashed.read("one") == work(0)
    assert await crashed.read("two") == work(1)
    await one.close()
    assert [p.name for p in path.parent.iterdir()] == ["runs.db"]


async def test_where_a_reader_keeps_the_log_the_mark_stays(journal, path, monkeypatch):
    monkeypatch.setattr(writer, "_IN_THE_WAY", 1)
    one, two = await journal.open("one"), await journal.open("two")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM run").fetchall()
        await two.append(work(1))
        await two.close()
        assert await journal.owner("two") is None
        crashed = crashed_without_log(path)
        for act in (crashed.read, crashed.open):
            with pytest.raises(
                CorruptJournalError, match="lacks the last 2 of its events"
            ):
                await act("two")
    await (await journal.open("two")).close()
    await one.append(work(0))
    await one.close()
    assert [p.name for p in path.parent.iterdir()] == ["runs.db"]


async def test_what_fails_leaves_nothing_in_the_log(journal, path):
    record = await journal.open("run")
    await record.append(work(0))
    with closing(sqlite3.connect(path)) as other:
        other.execute(
            "CREATE TRIGGER t BEFORE UPDATE ON run BEGIN SELECT "
            "RAISE(ABORT, 'no more'); END"
        )
        other.commit()
    with pytest.raises(JournalError, match="no more"):
        await record.append([StepSucceeded(0.0, "a", "x" * 100_000)])
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TRIGGER t")
        other.commit()
    await record.append(work(1))
    await record.close()
    assert await journal.read("run") == [*work(0), *work(1)]
