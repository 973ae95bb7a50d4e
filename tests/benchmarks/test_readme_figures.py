"""The README's figures are those of the results in the repository."""

import json

import pytest

from benchmarks.findings import Aim
from benchmarks.readme import BEGIN, END, RESULTS, ROOT, figures, pictures

RESULTS_OF_LAST_RUN = json.loads(RESULTS.read_text("utf-8"))
README = (ROOT / "README.md").read_text("utf-8")


def test_the_tables_are_those_of_the_results():
    shown = README.partition(BEGIN)[2].partition(END)[0].strip()
    assert shown == figures(RESULTS_OF_LAST_RUN)


@pytest.mark.parametrize("name", ["latency.svg", "run.svg"])
def test_the_pictures_are_those_of_the_results(name):
    drawn = pictures(RESULTS_OF_LAST_RUN)[name]
    assert (RESULTS.parent / name).read_text("utf-8") == f"{drawn}\n"
    assert f"(benchmarks/{name})" in README


def test_every_aim_that_was_missed_is_named():
    for name, benchmark in RESULTS_OF_LAST_RUN["benchmarks"].items():
        for written in benchmark["aims"]:
            given = dict(written)
            met = given.pop("met")
            assert Aim(**given).met is met
            assert met or f"- `{name}`: {written['name']}: " in README


def test_no_promise_was_broken():
    for benchmark in RESULTS_OF_LAST_RUN["benchmarks"].values():
        assert all(aim["met"] for aim in benchmark["aims"] if aim["promise"])
