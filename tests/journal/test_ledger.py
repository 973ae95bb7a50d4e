"""Whatever stands in the tables that was not written there is found."""

import sqlite3
from contextlib import closing

import pytest

from dagplan.errors import CorruptJournalError, JournalError
from dagplan.journal import SqliteJournal
from tests.journal.samples import work


@pytest.fixture
async def journal(tmp_path):
    made = SqliteJournal(tmp_path / "runs.db")
    for run_id in ("a", "b"):
        record = await made.open(run_id)
        for number in range(3):
            await record.append(work(number))
        await record.close()
    return made


def tamper(journal, *statements):
    with closing(sqlite3.connect(journal.path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


SWAPPED = "UPDATE event SET seq = {} WHERE run = 1 AND seq = {}"


@pytest.mark.parametrize(
    ("statements", "what"),
    [
        (
            ["UPDATE event SET body = body || ' ' WHERE run = 1 AND seq = 2"],
            "event 2 .*d",
        ),
        (
            ["UPDATE event SET kind = 'StepFailed' WHERE run = 1 AND seq = 1"],
            "event 1 ",
        ),
        (
            ["UPDATE event SET checksum = zeroblob(16) WHERE run = 1"],
            "event 0 .*changed",
        ),
        (["UPDATE event SET body = CAST(body AS BLOB) || x'ff'"], "event 0 .*changed"),
        (["UPDATE event SET body = x'', kind = 5"], "event 0 .*"),
        (["DELETE FROM event WHERE run = 1 AND seq = 0"], "event 0 .*is missing"),
        (["DELETE FROM event WHERE run = 1 AND seq = 3"], "event 3 .*is missing"),
        (
            ["DELETE FROM event WHERE run = 1 AND seq = 5"],
            "has 5 events where 6 others",
        ),
        (["DELETE FROM event WHERE run = 1"], "has 0 events where 6 others"),
        (
            ["DELETE FROM event WHERE run = 1", "UPDATE run SET count = 0"],
            "head of run",
        ),
        (
            [SWAPPED.format(*pair) for pair in ((99, 1), (1, 3), (3, 99))],
            "event 1 .*changed",
        ),
        (
            ["DELETE FROM event WHERE run = 1", "UPDATE event SET run = 1"],
            "event 0 .*changed",
        ),
        (["UPDATE run SET count = 5 WHERE nr = 1"], "has 6 events where 5 others"),
        (
            ["UPDATE run SET checksum = zeroblob(16) WHERE nr = 1"],
            "has 6 events where 6",
        ),
        (["UPDATE run SET checksum = 'x' WHERE nr = 1"], "has 6 events where 6 others"),
        (["UPDATE run SET id = 'z' WHERE nr = 1"], "it has 2 runs where 2 others were"),
        (["DELETE FROM run WHERE nr = 1"], "it has 1 runs where 2 others were"),
        (["DELETE FROM run"], "it has 0 runs where 2 others were"),
        (["DELETE FROM run WHERE nr = 1", "DELETE FROM book"], "list of runs is gone"),
        (["CREATE TRIGGER x AFTER INSERT ON event BEGIN SELECT 1; END"], "its tables"),
        (["CREATE TABLE x (y)"], "its tables are not those"),
        (["DROP TABLE book"], "its tables are not those"),
        (["PRAGMA journal_mode=DELETE"], "its header does not name the log"),
    ],
)
async def test_what_was_not_written_is_found(journal, statements, what):
    tamper(journal, *statements)
    for act in (journal.open, journal.read):
        with pytest.raises(CorruptJournalError, match=what) as caught:
            await act("a")
        assert caught.value.path == str(journal.path)
        assert "restore it from a backup" in str(caught.value)
    assert [p.name for p in journal.path.parent.iterdir()] == ["runs.db"]


async def test_damage_of_one_run_is_not_that_of_another(journal):
    tamper(journal, "UPDATE event SET body = '' WHERE run = 1")
    assert await journal.read("b") == [e for n in range(3) for e in work(n)]
    record = await journal.open("b")
    await record.append(work(3))
    await record.close()


async def test_a_run_that_is_changed_while_it_is_open_is_not_gone_on_with(journal):
    record = await journal.open("a")
    tamper(journal, "UPDATE run SET count = 5 WHERE nr = 1")
    with pytest.raises(CorruptJournalError, match="'a' was changed while it was open"):
        await record.append(work(3))
    await record.close()


async def test_an_event_of_a_newer_version_says_so(journal):
    # As a newer version would write it: with checksums that are right.
    from dagplan.journal import ledger

    with closing(sqlite3.connect(journal.path)) as connection:
        connection.text_factory = bytes
        head, _ = ledger.load(connection, journal.path, "a", {})
        ledger.append(connection, journal.path, head, [("StepDreamt", "{}")])
        connection.commit()
    with pytest.raises(
        JournalError, match=r"runs\.db': events of the kind 'StepDr"
    ) as e:
        await journal.read("a")
    assert not isinstance(e.value, CorruptJournalError)
    assert e.value.path == str(journal.path)
    assert len(await journal.read("b")) == 6


async def test_commits_that_are_lost_are_missed(journal, tmp_path):
    record = await journal.open("b")
    await record.append(work(3))
    # What a crash leaves: the lock file stays, and the log is lost on top of it.
    locks = tmp_path / "runs.db.locks"
    (lock,) = locks.iterdir()
    left = lock.read_bytes()
    await record.close()
    locks.mkdir()
    lock.write_bytes(left)
    assert len(await journal.read("b")) == 8
    tamper(
        journal,
        "DELETE FROM event WHERE run = 2 AND seq >= 6",
        "UPDATE run SET count = 6, checksum = "
        "(SELECT checksum FROM event WHERE run = 2 AND seq = 5) WHERE nr = 2",
    )
    for act, args in ((journal.open, "a"), (journal.read, "b"), (journal.open, "b")):
        with pytest.raises(CorruptJournalError, match="'b' lacks the last 2 of its e"):
            await act(args)
    with pytest.raises(
        CorruptJournalError, match=r"remove its file in 'runs\.db\.locks"
    ):
        await journal.run_ids()
    lock.unlink()
    assert len(await journal.read("b")) == 6
