"""A slice of the campaign that damages journals, and of the races for a run."""

import anyio

from dagplan.journal import SqliteJournal
from tests.journal.corruption import cases
from tests.journal.races import race


def test_what_comes_back_of_a_damaged_journal_is_right_or_an_error():
    assert [verdict for verdict in cases(range(60)) if not verdict.is_good] == []


def test_of_two_processes_that_open_a_run_at_once_one_owns_it(tmp_path):
    path = tmp_path / "runs.db"
    assert race(path, 10) == []
    assert len(anyio.run(SqliteJournal(path).run_ids)) == 10
    assert [file.name for file in tmp_path.iterdir()] == ["runs.db"]
