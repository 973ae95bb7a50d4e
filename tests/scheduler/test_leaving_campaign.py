"""A slice of `python -m benchmarks cancel`: runs left in every way leave nothing."""

from benchmarks.leaving import leave_in_every_way


def test_nothing_stays_alive_in_whatever_way_a_run_is_left():
    counts = leave_in_every_way(100, seed=2)
    assert sum(count.rounds for count in counts) == 100
    for count in counts:
        assert count.tasks == 0, count
        assert count.steps == 0, count
        assert count.errors == 0, count
        # Else the rounds would show nothing.
        assert count.running > 0, count
