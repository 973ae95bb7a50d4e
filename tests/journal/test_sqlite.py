"""A journal in a file: who may use it, what stands in it, what is left beside it."""

import asyncio  # noqa: TID251 - to cancel from outside anyio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing

import anyio
import pytest

from dagplan.errors import JournalError, RunBusy, SettingsError
from dagplan.events import StepSucceeded
from dagplan.journal import SqliteJournal, entry
from dagplan.journal.lock import LockFile
from tests.journal.samples import work


@pytest.fixture
def path(tmp_path):
    return tmp_path / "made" / "for it" / "runs.db"


@pytest.fixture
def journal(path):
    return SqliteJournal(path)


def test_to_name_a_file_makes_nothing(journal, path):
    assert not path.parent.exists()
    assert str(journal.path) == str(path)


def test_a_file_that_would_be_none_is_refused():
    with pytest.raises(SettingsError, match=r"use MemoryJournal\(\)"):
        SqliteJournal(":memory:")


async def test_to_read_makes_nothing(journal, path):
    assert await journal.run_ids() == []
    assert await journal.owner("run") is None
    assert not path.parent.exists()


async def test_the_file_and_its_folder_are_for_their_user_only(journal, path):
    record = await journal.open("run")
    await record.append(work(1))
    beside = {p.name: stat.S_IMODE(p.stat().st_mode) for p in path.parent.iterdir()}
    assert beside == {
        "runs.db": 0o600,
        "runs.db-wal": 0o600,
        "runs.db-shm": 0o600,
        "runs.db.locks": 0o700,
    }
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    await record.close()


async def test_nothing_is_left_beside_the_file_once_the_last_run_is_closed(
    journal, path
):
    one, two = await journal.open("one"), await journal.open("two")
    await one.append(work(1))
    await one.close()
    await two.append(work(2))
    await two.close()
    assert [p.name for p in path.parent.iterdir()] == ["runs.db"]
    for thread in threading.enumerate():
        if thread.name == "dagplan journal runs.db":
            thread.join(5)
            assert not thread.is_alive()


async def test_the_file_can_be_read_with_any_sqlite(journal, path):
    record = await journal.open("run")
    await record.append(work(1))
    await record.close()
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT run, seq, kind, body FROM event").fetchall()
    connection.close()
    assert rows == [
        (
            1,
            0,
            "StepSucceeded",
            '{"at":0.125,"step_id":"s1","value":{"n":1,"text":"x"},"attempt":1}',
        ),
        (
            1,
            1,
            "StepStarted",
            '{"at":0.125,"step_id":"s2","attempt":1,"items":null,"digest":null,"intent":false}',
        ),
    ]


async def test_what_cannot_be_written_is_refused_alone(journal):
    one, two = await journal.open("one"), await journal.open("two")
    failed: list[str] = []

    async def write(record, events):
        try:
            await record.append(events)
        except JournalError as error:
            failed.append(str(error))

    async with anyio.create_task_group() as tasks:
        for n in range(10):
            bad = [*work(n), StepSucceeded(0.0, "a", object())]
            tasks.start_soon(write, one, bad)
            tasks.start_soon(write, two, work(n))
    assert len(failed) == 10
    assert all("a StepSucceeded at 0 s cannot be recorded" in text for text in failed)
    await one.append(work(0))
    assert await journal.read("one") == work(0)
    assert await journal.read("two") == [e for n in range(10) for e in work(n)]
    await one.close()
    await two.close()


async def test_what_waits_is_committed_together_whatever_its_run(journal, path):
    records = [await journal.open(f"run-{n}") for n in range(4)]
    for record in records:
        await record.append(work(0))
    log = path.with_name("runs.db-wal")
    before = commits(log)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # so that all that follow wait
        async with anyio.create_task_group() as tasks:
            for n in range(1, 21):
                tasks.start_soon(records[n % 4].append, work(n))
            await anyio.wait_all_tasks_blocked()
            other.execute("ROLLBACK")
    # One that had just begun, and all the others.
    assert commits(log) - before in (1, 2)
    for record in records:
        await record.close()
    assert [len(await journal.read(f"run-{n}")) for n in range(4)] == [12] * 4


def commits(log):
    """Count the transactions in a log."""
    data = log.read_bytes()
    return sum(any(data[at + 4 : at + 8]) for at in range(32, len(data), 24 + 4096))


async def test_an_opening_that_was_cancelled_from_outside_leaves_the_run_to_others(
    journal, monkeypatch
):
    begun, go_on, left = threading.Event(), threading.Event(), threading.Event()
    own, give_up = entry.own, LockFile.give_up

    def own_slowly(path, run_id):
        begun.set()
        go_on.wait(5)
        return own(path, run_id)

    def give_up_and_tell(lock):
        give_up(lock)
        if lock.path.name != ".gate":
            left.set()

    monkeypatch.setattr(entry, "own", own_slowly)
    monkeypatch.setattr(LockFile, "give_up", give_up_and_tell)
    task = asyncio.ensure_future(journal.open("run"))
    await anyio.to_thread.run_sync(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    await anyio.to_thread.run_sync(left.wait)
    record = await journal.open("run")
    await record.append(work(1))
    await record.close()


AUDITED = """
import sys, threading, anyio
from dagplan.journal import SqliteJournal
from dagplan.journal.lock import LockFile
from tests.journal.samples import work

BLOCKING = ("sqlite3.", "os.", "fcntl.", "open", "socket.")
loop, found, elsewhere = threading.get_ident(), [], []

def audit(event, args):
    if watching and event.startswith(BLOCKING):
        (found if threading.get_ident() == loop else elsewhere).append((event, args))

watching = False
sys.addaudithook(audit)

async def main():
    global watching
    await anyio.to_thread.run_sync(int)
    watching = True
    journal = SqliteJournal(sys.argv[1])
    for turn in range(2):
        record = await journal.open("run")
        await record.append(work(turn))
        await journal.owner("run")
        await journal.read("run")
        await journal.run_ids()
        await record.close()
    watching = False

anyio.run(main, backend=sys.argv[2])
print(found, len(elsewhere) > 50)
"""


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_event_loop_never_touches_a_file(path, backend):
    done = subprocess.run(
        [sys.executable, "-c", AUDITED, path, backend],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[] True\n"


async def test_one_object_serves_several_loops_and_threads(journal):
    def serve(n):
        async def write():
            record = await journal.open(f"run-{n}")
            for number in range(20):
                await record.append(work(number))
            await record.close()

        anyio.run(write, backend="trio" if n % 2 else "asyncio")

    async with anyio.create_task_group() as tasks:
        for n in range(6):
            tasks.start_soon(anyio.to_thread.run_sync, serve, n)
    for n in range(6):
        events = await journal.read(f"run-{n}")
        assert events == [e for number in range(20) for e in work(number)]


async def test_a_large_value_comes_back(journal, path):
    value = {"text": "x" * 49_000_000, "more": "é" * 500_000}
    record = await journal.open("run")
    await record.append([StepSucceeded(0.0, "a", value)])
    assert await journal.read("run") == [StepSucceeded(0.0, "a", value)]
    await record.append(work(1))
    await record.close()
    assert len(await journal.read("run")) == 3
    assert [p.name for p in path.parent.iterdir()] == ["runs.db"]


async def test_to_read_while_it_is_written_gives_what_was_committed(journal):
    record = await journal.open("run")
    await record.append(work(0))
    over = anyio.Event()
    seen: list[int] = []

    async def read():
        while not over.is_set():
            events = await SqliteJournal(journal.path).read("run")
            seen.append(len(events) // 2)
            assert events == [e for n in range(seen[-1]) for e in work(n)]

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(read)
        for number in range(1, 40):
            await record.append(work(number))
        over.set()
    assert seen == sorted(seen)
    await record.close()


async def test_objects_for_the_same_file_do_not_get_in_each_others_way(path):
    journals = [SqliteJournal(path) for _ in range(4)]

    async def use(n):
        for turn in range(3):
            record = await journals[n].open(f"run-{n}")
            for number in range(5):
                await record.append(work(number + turn))
            await record.close()

    async with anyio.create_task_group() as tasks:
        for n in range(4):
            tasks.start_soon(use, n)
    for n in range(4):
        assert len(await journals[0].read(f"run-{n}")) == 30
    with pytest.raises(RunBusy):
        await _both(journals)


async def _both(journals):
    record = await journals[0].open("run")
    try:
        await journals[1].open("run")
    finally:
        await record.close()


async def test_an_opening_that_nobody_waits_for_leaves_the_run_to_others(journal):
    with anyio.CancelScope() as scope:
        scope.cancel()
        await journal.open("run")
    await (await journal.open("run")).close()


async def test_events_of_which_a_cancelled_task_never_heard_are_whole(journal):
    record = await journal.open("run")
    with anyio.CancelScope() as scope:
        scope.cancel()
        await record.append(work(1))
    await record.append(work(2))
    await record.close()
    assert await journal.read("run") == [*work(1), *work(2)]


WRITER = """
import sys, anyio
from dagplan.journal import SqliteJournal
from dagplan.journal.lock import LockFile
from tests.journal.samples import work

async def main():
    record = await SqliteJournal(sys.argv[1]).open("run")
    for number in range(len(record.events) // 2, 10_000):
        await record.append(work(number))
        print(number, flush=True)

anyio.run(main)
"""


async def test_a_process_that_is_killed_leaves_all_that_it_was_told_is_recorded(
    journal, path
):
    done = -1
    for _ in range(3):
        with subprocess.Popen(  # noqa: ASYNC220 - read line by line
            [sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout
            for line in writer.stdout:
                if int(line) > done + 20:
                    break
            with pytest.raises(RunBusy) as busy:
                await journal.open("run")
            assert busy.value.pid == writer.pid
            writer.send_signal(signal.SIGKILL)
            lines = writer.stdout.read().split()
        done = int(lines[-1]) if lines else done + 21
        events = await journal.read("run")
        recorded = len(events) // 2
        assert events == [e for n in range(recorded) for e in work(n)]
        assert recorded in (done + 1, done + 2)
        done = recorded - 1
    await (await journal.open("run")).close()
    assert [p.name for p in path.parent.iterdir()] == ["runs.db"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
async def test_a_run_stays_with_the_process_that_opened_it(journal):
    record = await journal.open("run")
    child = os.fork()
    if not child:
        code = 1
        try:
            record.append(work(1)).send(None)
        except JournalError as error:
            code = 0 if "in another process" in str(error) else 2
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0  # noqa: ASYNC222 - it ends at once
    await record.append(work(1))
    await record.close()
    assert await journal.read("run") == work(1)


async def test_a_file_system_without_links_holds_a_journal_too(
    journal, path, monkeypatch
):
    def refuse(link, target):
        raise PermissionError(
            1, "Operation not permitted", str(target), None, str(link)
        )

    monkeypatch.setattr(type(path), "hardlink_to", refuse)
    record = await journal.open("run")
    await record.append(work(1))
    await record.close()
    assert [p.name for p in path.parent.iterdir()] == ["runs.db"]
    assert await journal.read("run") == work(1)
