from benchmarks.interrupts import interrupt_often


def test_a_real_sigint_leaves_nothing_alive():
    count = interrupt_often(rounds=6, processes=1, seed=1)
    assert count.rounds == 6
    assert count.begun > 0
    assert count.tasks == count.steps == 0
