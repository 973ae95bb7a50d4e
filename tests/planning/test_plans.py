"""Plans that a language model wrote at first try: what they are worth must not fall.

The figures are measured ones, a little rounded down; plans/README.md has them all.
"""

from pathlib import Path

import pytest

from benchmarks.tokenizer import Tokenizer
from tests.planning.questions import questions
from tests.planning.score import Worths, worths

PLANS = Path(__file__).with_name("plans")


@pytest.fixture(scope="module", params=["before", "after"])
def written(request: pytest.FixtureRequest) -> Worths:
    return worths(PLANS / request.param, Tokenizer())


@pytest.fixture(scope="module")
def last() -> Worths:
    return worths(PLANS / "after", Tokenizer())


def test_each_can_run_as_it_was_written(written: Worths):
    assert [*written] == [*questions()]
    assert {q.id: one.problems for q, one in written.items() if one.problems} == {}


def test_what_can_run_side_by_side_does(written: Worths):
    able = [one for q, one in written.items() if q.shape in ("wide", "each")]
    assert sum(one.width > 1 for one in able) >= 24
    assert sum(one.width for one in able) >= 4 * len(able)


def test_where_no_step_is_needed_there_is_none(written: Worths):
    assert all(o.told for q, o in written.items() if q.shape in ("none", "ask"))
    assert all(o.steps == 1 for q, o in written.items() if q.shape == "one")


def test_a_call_costs_what_was_measured(last: Worths):
    planned = [one for one in last.values() if one.of_steps]
    searches = [tokens for one in planned for tokens in one.of_searches]
    assert sum(searches) / len(searches) <= 19
    assert sum(one.tokens for one in planned) / sum(o.calls for o in planned) <= 27


def test_a_call_costs_half_of_what_it_did():
    before, after = (
        sum(one.tokens for one in found.values()) / sum(o.calls for o in found.values())
        for found in (worths(PLANS / name, Tokenizer()) for name in ("before", "after"))
    )
    assert after / before <= 0.5
