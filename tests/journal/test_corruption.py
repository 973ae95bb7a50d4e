"""A slice of the campaign that damages journals, and of the races for a run."""

import subprocess
import sys

from tests.journal.corruption import cases


def test_what_comes_back_of_a_damaged_journal_is_right_or_an_error():
    # All of one batch, so that journals are made only once.
    assert [verdict for verdict in cases(range(50)) if not verdict.is_good] == []


def test_of_processes_that_open_a_run_at_once_one_owns_it():
    command = [sys.executable, "-m", "tests.journal.races", "--runs", "12"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert done.stdout.endswith("12 races, 0 went wrong\n")
