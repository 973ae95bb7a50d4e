from benchmarks.mockclock import run_simulated
from benchmarks.shared import RUNS, Requests, most_in_window, requests


def test_a_window_holds_both_its_ends():
    assert most_in_window([]) == 0
    assert most_in_window([0.0, 30.0, 60.0]) == 3
    assert most_in_window([0.0, 30.0, 60.1, 89.0, 90.0]) == 4


def test_what_was_used_is_counted_over_all_runs():
    found = Requests(seed=1, seconds=120, moments=[[0.0] * 30, [1.0] * 60])
    assert found.used == 0.75
    assert found.fairness == 0.5
    assert found.most == 90


def test_runs_that_share_a_throttle_keep_to_its_rate():
    found = run_simulated(requests, 3, 2)
    assert len(found.moments) == RUNS
    assert found.most <= 60
    assert found.used > 0.95
