"""How long the steps of a tool take, as it is learned."""

import pytest

from dagplan.scheduler.durations import ENOUGH, Durations


def learned(seconds, tool="work"):
    durations = Durations()
    for value in seconds:
        durations.add(tool, value)
    return durations


def test_too_few_say_nothing():
    durations = learned(range(ENOUGH - 1))
    assert durations.quantile("work", 0.5) is None
    assert durations.add("work", 1.0)
    assert durations.quantile("work", 0.5) is not None


def test_that_there_are_enough_is_told_once():
    durations = Durations()
    told = [durations.add("work", 1.0) for _ in range(3 * ENOUGH)]
    assert told.count(True) == 1
    assert told[ENOUGH - 1]


@pytest.mark.parametrize(
    ("part", "seconds"),
    [(0.01, 1), (0.1, 1), (0.11, 2), (0.5, 5), (0.95, 10), (0.99, 10)],
)
def test_a_quantile_is_that_within_which_such_a_part_ended(part, seconds):
    durations = learned([3, 1, 10, 2, 9, 4, 8, 5, 7, 6])
    assert durations.quantile("work", part) == seconds


def test_each_tool_has_its_own_and_agents_too():
    durations = learned(range(1, 11))
    for _ in range(ENOUGH):
        durations.add(None, 99.0)
    assert durations.quantile("work", 0.5) == 5
    assert durations.quantile(None, 0.5) == 99.0
    assert durations.quantile("other", 0.5) is None


def test_only_the_latest_count():
    durations = learned([1000.0] * 300 + [1.0] * 256)
    assert durations.quantile("work", 0.99) == 1.0
    durations.add("work", 7.0)
    assert durations.quantile("work", 0.999) == 7.0


def test_that_there_are_enough_is_not_told_again_when_old_ones_go():
    durations = Durations()
    assert sum(durations.add("work", float(i)) for i in range(1000)) == 1
