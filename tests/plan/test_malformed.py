"""A slice of the campaign of malformed plans; see `malformed.py`."""

import json
import time
from random import Random

import pytest

from .malformed import good_plan, malformed_plan, outcome


@pytest.mark.parametrize("start", range(1, 301, 50))
def test_every_malformed_plan_is_refused_or_valid(start: int) -> None:
    for seed in range(start, start + 50):
        text = malformed_plan(seed)
        started = time.process_time()
        assert outcome(text)
        # Far above what any takes, far below what a mistake would.
        assert time.process_time() - started < 3


def test_what_the_mutations_start_from_is_valid() -> None:
    for seed in range(50):
        assert outcome(json.dumps(good_plan(Random(seed)))) == "valid"


def test_a_seed_gives_the_same_plan_again() -> None:
    assert malformed_plan(7) == malformed_plan(7)
    assert malformed_plan(7) != malformed_plan(8)
