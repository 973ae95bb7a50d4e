"""A slice of the campaign: `python -m tests.crash` runs as much of it as one likes."""

import os

import pytest

from tests.crash.campaign import campaign, table
from tests.crash.verdicts import VERDICTS

pytestmark = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="kills by pidfd, which only Linux has"
)


# It waits for processes, which on a busy machine are slow to begin.
@pytest.mark.timeout(60)
def test_no_crash_loses_repeats_or_mixes_up_anything() -> None:
    outcome, _ = campaign(first=10, kills=40, jobs=1, of_one=4)
    assert outcome.said == []
    assert outcome.faults.total() == 0
    assert outcome.counts["kills"] >= 40


def test_the_same_plans_are_killed_on_langgraph() -> None:
    reason = "needs langgraph-checkpoint-sqlite"
    pytest.importorskip("langgraph.checkpoint.sqlite", reason=reason)
    outcome, seconds = campaign(first=1, kills=4, jobs=1, engine="langgraph")
    assert outcome.counts["kills"] >= 4
    shown = table(outcome, "langgraph", seconds)
    assert all(verdict in shown for verdict in VERDICTS)
