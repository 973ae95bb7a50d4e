from benchmarks.hedge import HEDGE, Latencies, latencies, latency
from benchmarks.mockclock import run_simulated


def test_a_latency_depends_on_the_step_and_the_attempt_only():
    assert latency(1, "s3", 1) == latency(1, "s3", 1)
    drawn = {latency(s, i, a) for s in (1, 2) for i in ("s1", "s2") for a in (1, 2)}
    assert len(drawn) == 8
    assert all(0.05 < seconds <= 5.0 for seconds in drawn)


def test_a_quantile_is_a_latency_that_occurred():
    found = Latencies([float(n) for n in range(1, 201)], 0, 0, 0)
    assert found.quantile(0.5) == 100
    assert found.quantile(0.99) == 198


def test_hedging_cuts_the_tail_in_simulated_time():
    plain = run_simulated(latencies, 1, 1.0, None)
    hedged = run_simulated(latencies, 1, 1.0, HEDGE)
    assert plain.hedges == 0
    assert 0 < hedged.hedges <= 60
    assert len(plain.steps) == len(hedged.steps) == 200
    assert hedged.quantile(0.99) < 0.5 * plain.quantile(0.99)
