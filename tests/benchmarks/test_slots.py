import json
from random import Random

import pytest

from benchmarks.slots import (
    SLOTS,
    WAYS,
    Tasks,
    compare,
    first_come,
    makespan,
    order,
    waves,
    wfinstances,
)

# A long chain beside two short tasks that were ready first.
CHAIN_LAST = Tasks("chain last", [2.0, 2.0, 1.0, 3.0], [[], [], [], [2]])


def random_tasks(seed: int) -> Tasks:
    chance = Random(seed)
    count = chance.randrange(2, 15)
    needs = [
        sorted(chance.sample(range(task), chance.randrange(min(task, 3) + 1)))
        for task in range(count)
    ]
    return Tasks(str(seed), [chance.uniform(0.1, 3.0) for _ in needs], needs)


def test_the_bound_is_the_critical_path_or_the_work():
    assert CHAIN_LAST.bound(None) == 4.0
    assert CHAIN_LAST.bound(2) == 4.0
    assert CHAIN_LAST.bound(1) == 8.0


def test_what_was_ready_first_is_started_first():
    assert first_come(CHAIN_LAST, 2) == 6.0
    assert first_come(CHAIN_LAST, 1) == 8.0
    assert first_come(CHAIN_LAST, None) == 4.0


def test_a_wave_waits_for_the_one_before():
    assert waves(CHAIN_LAST, None) == 2.0 + 3.0
    assert waves(CHAIN_LAST, 2) == 3.0 + 3.0


def test_the_longest_remaining_path_goes_first():
    assert makespan(CHAIN_LAST, 2, "by seconds") == 4.0
    assert makespan(CHAIN_LAST, 2, "by hops") == 5.0


def test_the_order_puts_each_task_after_what_it_needs():
    for seed in range(50):
        tasks = random_tasks(seed)
        placed = {task: place for place, task in enumerate(order(tasks))}
        assert len(placed) == len(tasks.needs)
        for task, needs in enumerate(tasks.needs):
            assert all(placed[need] < placed[task] for need in needs)


@pytest.mark.parametrize("way", WAYS)
def test_nobody_is_quicker_than_the_bound_or_slower_than_one_at_a_time(way):
    for seed in range(10):
        tasks = random_tasks(seed)
        for slots in (2, 4, None):
            taken = makespan(tasks, slots, way)
            assert taken >= tasks.bound(slots) - 1e-9
            assert taken <= sum(tasks.seconds) + 1e-9


def test_graphs_are_read_and_compared(tmp_path):
    file = tmp_path / "wfinstances.jsonl"
    line = {"id": "a", "cp": 4.0, "tasks": [[2, []], [2, []], [1, []], [3, [2]]]}
    file.write_text(json.dumps(line))
    [tasks] = wfinstances(file)
    assert tasks == Tasks("a", [0.5, 0.5, 0.25, 0.75], [[], [], [], [2]])
    [table], aims = compare({"one": [tasks]})
    assert [row[0] for row in table.rows] == ["2", "4", "8", "16", "unlimited"]
    assert len(aims) == len(SLOTS)
    assert all(aim.met for aim in aims)
    assert table.rows[0][1:] == [1.0, 1.0, 1.25, 1.25, 1.5, 1.5, 1.5, 1.5]
