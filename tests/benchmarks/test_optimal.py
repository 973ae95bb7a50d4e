import argparse
import json

import anyio

from benchmarks import optimal


def line(
    name: str, optimum: float, *durations: float, last: float | None = None
) -> str:
    steps = [
        {"id": str(n), "deps": [] if n == 1 else ["1"], "duration_s": [d, d]}
        for n, d in enumerate(durations, start=1)
    ]
    if last is not None:
        steps[-1]["duration_s"] = [durations[-1], last]
    return json.dumps(
        {"id": name, "steps": steps, "meta": {"optimal_s": [optimum, optimum]}}
    )


def test_plans_without_parallelism_or_with_ranges_are_left_out(tmp_path):
    file = tmp_path / optimal.FILE
    file.write_text(
        "\n".join(
            [
                line("chain", 30, 10, 20),
                line("range", 30, 10, 20, 15, last=20),
                line("fan", 30, 10, 20, 15),
                line("more", 30, 10, 20, 15),
            ]
        )
    )
    [plan] = optimal.read(file, 1, 2.0)
    assert plan.name == "fan"
    assert plan.seconds == {"s1": 2 / 3, "s2": 4 / 3, "s3": 1.0}
    assert plan.optimum == 2.0


def test_both_ways_take_at_least_the_optimum(tmp_path):
    file = tmp_path / optimal.FILE
    file.write_text(line("fan", 30, 10, 20, 15))
    [found] = anyio.run(optimal._measure, optimal.read(file, 1, 0.02))
    assert found.dagplan >= 1
    assert found.waves >= 1


def test_absent_data_is_said_and_no_fault(tmp_path):
    for folder in (None, tmp_path):
        options = argparse.Namespace(data=folder, count=1, scale=1.0)
        assert "asynchow.jsonl" in (optimal.measure(options).skipped or "")
