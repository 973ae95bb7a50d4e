import argparse
from importlib import import_module

import pytest

from benchmarks.__main__ import NAMES, _options
from benchmarks.suite import SUITE


def test_the_suite_runs_every_benchmark():
    assert set(SUITE) == set(NAMES)


@pytest.mark.parametrize("name", SUITE)
def test_every_benchmark_takes_its_options_in_the_suite(name):
    parser = _options(name)
    import_module(f"benchmarks.{name}").add_options(parser)
    options = parser.parse_args([*SUITE[name], "--json", "x.json"])
    assert isinstance(options, argparse.Namespace)
