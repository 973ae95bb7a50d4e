import pytest

from benchmarks.cell import in_own_process


def test_a_cell_returns_what_its_function_found_in_another_process():
    found = in_own_process(
        "benchmarks.stopwatch:memory",
        {"peer": "bare", "shape": "wide", "steps": 100},
        seconds=30,
    )
    assert found is not None
    assert isinstance(found["bytes"], float)
    assert 0 < found["bytes"] < 10_000


def test_a_cell_that_takes_too_long_is_none_and_one_that_fails_says_why():
    arguments = {"peer": "bare", "shape": "wide", "steps": 100}
    assert (
        in_own_process("benchmarks.stopwatch:memory", arguments, seconds=0.01) is None
    )
    with pytest.raises(RuntimeError, match="no_such_function"):
        in_own_process("benchmarks.cell:no_such_function", {}, seconds=30)
