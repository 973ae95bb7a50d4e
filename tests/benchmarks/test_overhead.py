from benchmarks.overhead import Cell, _too_long
from benchmarks.stopwatch import times


def test_a_cell_compares_the_medians_and_the_best_runs():
    cell = Cell(
        "x",
        "wide",
        10,
        "yields once",
        [4.0, 2.0, 90.0],
        [2.0, 1.0, 3.0],
        [6, 9],
        [2, 8],
    )
    assert cell.ratio == 2.0
    assert cell.cpu_ratio == 3.0


def test_a_size_that_cannot_end_in_time_is_not_tried():
    small = Cell("x", "wide", 1_000, "yields once", [100.0], [1.0])
    assert _too_long(None, 1_000, 60) is None
    assert _too_long(small, 100_000, 60) is None
    assert _too_long(small, 1_000_000, 60) == "over 60 s"
    skipped = Cell("x", "wide", 10_000, "yields once", skipped="over 60 s")
    assert _too_long(skipped, 100_000, 60) == "over 60 s"


def test_peer_and_bare_loop_are_timed_the_same_number_of_times():
    taken = times("dagplan_plan", "layered", 50, "yields once", repeats=3, budget=10.0)
    assert len(taken["peer"]) == len(taken["bare"]) == 3
    assert min(taken["peer_cpu"]) > min(taken["bare_cpu"]) > 0
