"""A slice of the random schemas; see `strictness.py`."""

import json
from collections import Counter
from random import Random

import pytest

from .random_schemas import random_schema
from .strictness import Laws


@pytest.mark.parametrize("start", range(1, 81, 20))
def test_whatever_a_tool_takes_a_plan_can_say(start: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(start, start + 20):
        seen += Laws(random_schema(seed), Random(seed)).hold()
    assert {"strict", "not strict", "came back", "references"} <= seen.keys()
    assert seen["invalid values"] > 50


def test_a_seed_gives_the_same_schema_again() -> None:
    assert json.dumps(random_schema(7)) == json.dumps(random_schema(7))
    assert random_schema(7) != random_schema(8)
