"""Whatever goes wrong with the file ends in one clear line, and leaves what was there."""

import errno
import os
import shutil
import sqlite3
from contextlib import closing

import anyio
import pytest

from dagplan.errors import CorruptJournalError, JournalError
from dagplan.events import StepSucceeded
from dagplan.journal import SqliteJournal, database
from dagplan.journal.failures import explained
from tests.journal.samples import work


@pytest.fixture
def path(tmp_path):
    return tmp_path / "runs.db"


async def made(path):
    """Make a journal with a run."""
    journal = SqliteJournal(path)
    record = await journal.open("run")
    await record.append(work(0))
    await record.close()
    return journal


async def refused(path, match, error=JournalError):
    """See that whatever is done with a journal ends in the same error."""
    journal = SqliteJournal(path)
    with pytest.raises(error, match=match) as caught:
        await journal.open("run")
    assert caught.value.path == str(path)
    assert "\n" not in str(caught.value)
    assert "; " in str(caught.value)  # with a remedy
    with pytest.raises(error, match=match):
        await journal.read("run")
    with pytest.raises(error, match=match):
        await journal.run_ids()
    return caught.value


def contents(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


def other_database(path, *pragmas):
    with closing(sqlite3.connect(path)) as connection:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE event (x)")
        connection.execute("INSERT INTO event VALUES (1)")
        connection.commit()


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (
            lambda path: path.write_bytes(b"What a day! " * 1000),
            "is no SQLite database",
        ),
        (lambda path: path.write_bytes(b"x"), "other software made it"),
        (lambda path: path.touch(), "it is empty"),
        (other_database, "other software made it"),
        (lambda path: other_database(path, "journal_mode=WAL"), "other software"),
        (lambda path: other_database(path, "application_id=7"), "other software"),
    ],
    ids=["text", "byte", "nothing", "tables", "tables with a log", "other application"],
)
async def test_a_file_that_is_no_journal_is_left_untouched(path, make, what):
    make(path)
    before = contents(path.parent)
    await refused(
        path, f"is no journal: .*{what}.*; give the journal a file of its own"
    )
    assert contents(path.parent) == before
    assert [p.name for p in path.parent.iterdir()] == ["runs.db"]


async def test_the_log_of_other_software_is_left_untouched(path, tmp_path):
    live = tmp_path / "live"
    live.mkdir()
    with closing(sqlite3.connect(live / "runs.db")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (x)")
        shutil.copytree(live, tmp_path / "crashed")
    before = contents(tmp_path / "crashed")
    assert "runs.db-wal" in before
    await refused(tmp_path / "crashed" / "runs.db", "other software made it")
    assert contents(tmp_path / "crashed") == before


async def test_a_journal_of_a_newer_version_is_refused(path):
    await made(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=7")
    error = await refused(
        path, "is of version 7, and this dagplan knows versions up to 1"
    )
    assert "install the newer one" in str(error)
    assert not isinstance(error, CorruptJournalError)


async def test_a_newer_version_is_seen_in_the_log_too(path):
    await made(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=7")
        assert path.with_name("runs.db-wal").stat().st_size
        await refused(path, "is of version 7")


async def test_an_older_version_is_brought_up_to_date(path, monkeypatch):
    journal = await made(path)
    more = (*database.MIGRATIONS, ("CREATE TABLE note (text TEXT)",))
    monkeypatch.setattr(database, "MIGRATIONS", more)
    monkeypatch.setattr(database, "VERSION", 2)
    assert await journal.read("run") == work(0)
    monkeypatch.undo()
    await refused(path, "is of version 2, and this dagplan knows versions up to 1")


async def test_a_migration_that_fails_changes_nothing(path, monkeypatch):
    journal = await made(path)
    more = (*database.MIGRATIONS, ("CREATE TABLE note (x)", "CREATE TABLE run (x)"))
    monkeypatch.setattr(database, "MIGRATIONS", more)
    monkeypatch.setattr(database, "VERSION", 2)
    await refused(path, "table run already exists")
    monkeypatch.undo()
    assert await journal.read("run") == work(0)


async def test_a_log_whose_file_is_gone_is_not_another_ones(path):
    await made(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE book SET runs = runs + 1")
        connection.commit()
        log = path.with_name("runs.db-wal").read_bytes()
    path.unlink()
    path.with_name("runs.db-wal").write_bytes(log)
    await refused(
        path, "'runs.db-wal' is there and the file is not", CorruptJournalError
    )
    assert not path.exists()


async def test_a_folder_is_no_journal(path):
    path.mkdir()
    await refused(path, "it is a folder; name a file in it")


async def test_a_place_that_cannot_be_is_named(tmp_path):
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "x", tmp_path / "file" / "y" / "x"):
        with pytest.raises(JournalError, match="there is no such place"):
            await SqliteJournal(path).open("run")
    with pytest.raises(JournalError, match="there is no such place"):
        await SqliteJournal(tmp_path / ("x" * 300)).open("run")


async def test_a_file_in_the_place_of_the_locks_is_named(path):
    journal = await made(path)
    (path.parent / "runs.db.locks").touch()
    with pytest.raises(JournalError, match=r"no such place .*runs\.db\.locks"):
        await journal.open("run")


@pytest.mark.parametrize(("place", "mode"), [("runs.db", 0o400), (".", 0o500)])
async def test_what_may_not_be_written_is_named(path, place, mode):
    await made(path)
    place = path.parent / place
    place.chmod(mode)
    try:
        if os.access(place, os.W_OK):
            pytest.skip("this user may write anywhere")
        await refused(path, "it may not be written; make it and its folder writable")
    finally:
        place.chmod(0o700)
    assert [p.name for p in path.parent.iterdir()] == ["runs.db"]
    assert await SqliteJournal(path).read("run") == work(0)


async def test_a_log_that_may_only_be_read_is_named(path, monkeypatch):
    error = sqlite3.OperationalError("attempt to write a readonly database")
    error.sqlite_errorcode = sqlite3.SQLITE_READONLY
    monkeypatch.setattr(os, "access", lambda place, mode: place == path)
    assert "it may not be written; make it and its" in str(explained(error, path))


@pytest.mark.parametrize(
    ("place", "byte", "what"),
    [
        (0, b"s", "its header cannot be read"),
        (18, b"\x03", "its header forbids to write to it"),
        (19, b"\x03", "its header cannot be read"),
        (63, b"\x00", "its header names the version 0"),
        (60, b"\x80", "its header names the version -2147483647"),
        (70, b"?", "its header does not name it a journal"),
    ],
)
async def test_a_header_that_was_changed_is_damage(path, place, byte, what):
    await made(path)
    with path.open("r+b") as file:
        file.seek(place)
        file.write(byte)
    with pytest.raises(CorruptJournalError, match=f"{what}; restore it") as caught:
        await _append(SqliteJournal(path))
    assert caught.value.path == str(path)
    assert [p.name for p in path.parent.iterdir()] == ["runs.db"]


async def _append(journal):
    record = await journal.open("run")
    try:
        await record.append(work(1))
    finally:
        await record.close()


async def test_a_file_that_others_lock_for_too_long_is_named(path, monkeypatch):
    monkeypatch.setattr(database, "BUSY", 0.01)
    journal = await made(path)
    record = await journal.open("run")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError, match="another process keeps it locked; end"):
            await record.append(work(1))
        other.execute("ROLLBACK")
        await record.append(work(2))
    await record.close()
    assert await journal.read("run") == [*work(0), *work(2)]


@pytest.fixture
def small_disk(monkeypatch):
    """Let files grow to 40 pages."""
    limit = "max_page_count=40"
    monkeypatch.setattr(database, "SETTINGS", (*database.SETTINGS, limit))


@pytest.mark.usefixtures("small_disk")
async def test_what_does_not_fit_on_the_disk_leaves_the_journal_usable(path):
    journal = await made(path)
    record = await journal.open("run")
    expected = work(0)
    for number in range(1, 10):
        with pytest.raises(
            JournalError, match="its disk is full; make room and"
        ) as full:
            await record.append(
                [*work(number), StepSucceeded(0.0, "big", "x" * 200_000)]
            )
        assert isinstance(full.value.__cause__, sqlite3.Error)
        await record.append(work(number))
        expected += work(number)
        assert await journal.read("run") == expected
    await record.close()
    assert await journal.read("run") == expected
    assert [p.name for p in path.parent.iterdir()] == ["runs.db"]


@pytest.mark.usefixtures("small_disk")
async def test_what_does_not_fit_takes_nothing_with_it(path):
    journal = await made(path)
    records = [await journal.open(f"run-{n}") for n in range(8)]
    full: list[int] = []

    async def write(n):
        more = [StepSucceeded(0.0, "big", "x" * 200_000)] if n % 4 == 0 else []
        try:
            await records[n].append([*work(n), *more])
        except JournalError:
            full.append(n)

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # until all wait for it, so that they are one
        async with anyio.create_task_group() as tasks:
            for n in range(8):
                tasks.start_soon(write, n)
            await anyio.wait_all_tasks_blocked()
            other.execute("ROLLBACK")
    for record in records:
        await record.close()
    assert sorted(full) == [0, 4]
    assert {*await journal.run_ids()} == {"run", *(f"run-{n}" for n in range(8))} - {
        "run-0",
        "run-4",
    }


async def test_a_journal_that_is_gone_is_missed(path):
    journal = await made(path)
    record = await journal.open("run")
    path.unlink()
    with pytest.raises(JournalError, match="it cannot be opened; check that it"):
        await record.append(work(1))
    await record.close()


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "its disk is full; make"),
        (OSError(errno.EROFS, "Read-only file system"), "it may not be written; make"),
        (OSError(errno.EIO, "I/O error"), "I/O error; check the disk"),
        (sqlite3.OperationalError("odd"), "odd; check the disk"),
        (MemoryError(), "not enough memory; free some"),
        (KeyError("x"), r"KeyError\('x'\); please report this"),
    ],
)
def test_every_error_has_its_line(path, error, what):
    assert what.replace("\\", "") in str(explained(error, path))
    assert explained(error, path).path == str(path)


async def test_a_file_that_is_gone_is_missed_after_a_crash(path, tmp_path):
    journal = await made(path)
    record = await journal.open("run")
    await record.append(work(1))
    shutil.copytree(path.with_name("runs.db.locks"), tmp_path / "crashed.db.locks")
    await record.close()
    await refused(tmp_path / "crashed.db", "it is gone, and run 'run' was in it")
    assert not (tmp_path / "crashed.db").exists()
    shutil.rmtree(tmp_path / "crashed.db.locks")
    await _append(SqliteJournal(tmp_path / "crashed.db"))


@pytest.mark.parametrize(
    ("where", "byte"), [(b"TABLE book", b"\xa0"), (b"UNIQUE", b"\xd5")]
)
async def test_a_table_that_is_none_is_damage(path, where, byte):
    await made(path)
    data = path.read_bytes()
    assert where in data
    path.write_bytes(data.replace(where, byte + where[1:]))
    await refused(path, "is damaged: ", CorruptJournalError)


async def test_a_form_of_file_that_was_never_written_is_damage(path):
    await made(path)
    with path.open("r+b") as file:
        file.seek(47)
        file.write(b"\xff")
    await refused(path, "is damaged: its header names a form", CorruptJournalError)
