import anyio

from benchmarks.streaming import lags


def test_steps_start_while_their_planner_pauses():
    found = anyio.run(lags, 2, 0.05)
    assert len(found.after_brace) == len(found.after_dependency) == 2
    # The next brace comes after 0.05 s and the plan's end after 0.2 s.
    assert 0 <= found.after_brace[0] < 0.05
    assert 0 <= max(found.after_dependency) < 0.03
