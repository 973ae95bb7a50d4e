"""A slice of the campaign of malformed outputs; see `malformed.py`."""

import json
import os
from random import Random

import pytest

from .corpus import own_text, real_texts
from .extremes import EXTREMES
from .malformed import report, run, text_of
from .mutations import MUTATIONS
from .verdict import judge

FOLDER = os.environ.get("DAGPLAN_TEST_DATA", "")


@pytest.mark.parametrize("start", range(1, 301, 50))
def test_whatever_a_model_writes_is_a_plan_or_a_plan_error(start: int) -> None:
    tally = run(range(start, start + 50))
    assert not tally.failures, report(tally)
    assert tally.outcomes.total() >= 50


@pytest.mark.skipif(not FOLDER, reason="set DAGPLAN_TEST_DATA to a folder with plans")
def test_so_is_what_becomes_of_plans_that_a_model_wrote() -> None:
    real = real_texts(FOLDER)
    for text in real:
        assert judge(text, Random(0)).outcome == "plan"
    tally = run(range(1, 150), real)
    assert not tally.failures, report(tally)


def test_a_plan_that_is_cut_anywhere_is_refused() -> None:
    text = own_text(Random(3))
    for at in range(len(text)):
        assert judge(text[:at], Random(at)).outcome == "not-json"


@pytest.mark.parametrize("kind", MUTATIONS)
def test_every_mutation_changes_the_text_and_is_received(kind: str) -> None:
    changed = 0
    for seed in range(15):
        chance = Random(seed)
        text = own_text(chance)
        try:
            mutated = MUTATIONS[kind](text, chance)
        except (ValueError, LookupError):
            continue  # nothing of the kind stands in this plan
        changed += mutated != text
        judge(mutated, chance)
    assert changed


def test_the_campaign_reaches_every_kind() -> None:
    texts = [*map(text_of, range(50, 50 * len(EXTREMES) + 1, 50))]
    assert {kind for kinds, _ in texts for kind in kinds} == {
        f"extreme: {kind}" for kind in EXTREMES
    }
    assert text_of(7) == text_of(7)


def test_the_verdict_finds_a_plan_that_says_something_else() -> None:
    from .verdict import _as_plan, _assert_same

    step = {"search": {"q": "x"}, "id": "a:text"}
    _, plan = _as_plan(json.dumps({"steps": [step], "answer": "${a}"}))
    assert plan is not None
    _assert_same(plan, {"steps": [step], "answer": "${a}"})
    for document in (
        {"steps": [step], "answer": "${b}"},
        {"steps": [step], "answer": "${a}", "note": None},
        {"steps": [step, step], "answer": "${a}"},
        {"steps": [{**step, "search": {"q": "y"}}], "answer": "${a}"},
        {"steps": [{**step, "search": {"q": "x", "k": 1}}], "answer": "${a}"},
        {"steps": [{**step, "id": "a"}], "answer": "${a}"},
        {"steps": [{"for_each": ["x"], "step": step}], "answer": "${a}"},
    ):
        with pytest.raises(AssertionError):
            _assert_same(plan, document)
