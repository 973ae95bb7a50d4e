"""The price of a journal, on plans of a few steps."""

import argparse
from typing import Any

from benchmarks import journal


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    journal.add_options(parser)
    return parser.parse_args(arguments)


def test_it_compares_the_same_plan_with_a_journal_and_without(tmp_path):
    found = journal.measure(
        options("--steps", "20", "--rounds", "1", "--folder", str(tmp_path))
    )
    cells: Any = found.figures["cells"]
    chain, wide = cells
    assert (chain["shape"], wide["shape"]) == ("chain", "wide")
    for cell in (chain, wide):
        assert cell["on"][0] > cell["off"][0] > 0
        assert cell["commit"][0] > 0
    assert "16 in flight" in found.to_text()
    assert not list(tmp_path.iterdir())


def test_the_cost_is_that_of_the_rounds_and_not_of_their_sums():
    cell = journal.Cell("", "chain", 1, [1, 2, 50], [11, 22, 51], [5, 5, 5])
    assert cell.cost == 10
    assert cell.commits == 2
