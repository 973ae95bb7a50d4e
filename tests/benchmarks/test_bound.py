from itertools import pairwise

import pytest

from benchmarks.bound import bound, closings
from benchmarks.provider.ledger import Call
from benchmarks.provider.pace import Pace
from benchmarks.provider.pieces import pieces
from benchmarks.provider.scripts.dag import perfect_plan, plan_text
from benchmarks.questions.own import own_questions
from benchmarks.waited import path

BY_ID = {question.id: question for question in own_questions()}
FREE = Pace(first=0.0, token=0.0, search=(1.0, 1.0))


def test_each_step_closes_at_a_token_of_its_own_in_order():
    for question in own_questions():
        plan = perfect_plan(question)
        text = plan_text(plan)
        closed = [*closings(text)]
        assert len(closed) == len(plan.steps)
        assert all(one < other for one, other in pairwise(closed))
        assert closed[-1] < len(pieces(text))


def test_without_models_the_bound_is_the_longest_chain_of_searches():
    expected = {
        "older": 1.0,
        "rivers": 1.0,
        "capitals": 2.0,
        "river": 4.0,
        "uneven": 3.0,
    }
    assert {name: bound(BY_ID[name], FREE) for name in expected} == expected


def test_a_value_that_is_needed_costs_a_reading_and_one_that_is_not_does_not():
    reading = Pace(first=1.0, token=0.0, search=(0.0, 0.0))
    # Plan and answer; plan, reading and template; plan and two readings.
    assert bound(BY_ID["older"], reading) == 2.0
    assert bound(BY_ID["peaks"], reading) == 2.0
    assert bound(BY_ID["peaks"], reading, templated=False) == 3.0
    assert bound(BY_ID["capital"], reading) == 3.0


def test_a_step_cannot_start_before_its_brace():
    writing = Pace(first=0.0, token=1.0, search=(0.0, 0.0))
    question = BY_ID["older"]
    text = plan_text(perfect_plan(question))
    answering = len(pieces(question.answer)) - 1
    assert bound(question, writing) == len(pieces(text)) - 1 + answering


def call(kind, began, ended, tokens=10):
    return Call("q", "s", kind, 100, tokens, began, ended, 0.0)


def test_the_path_goes_back_over_what_had_just_ended():
    calls = [
        call("plan", 0.0, 1.0),
        call("search", 1.0, 1.5),
        call("search", 1.0, 2.0),
        call("answer", 2.0, 3.0),
    ]
    found = path(calls, Pace())
    assert [waited.call for waited in found] == [calls[0], calls[2], calls[3]]


def test_of_a_plan_that_is_being_written_only_the_beginning_is_on_the_path():
    pace = Pace(first=0.5, token=0.1)
    plan = call("plan", 0.0, 2.5, tokens=21)
    search = call("search", 1.5, 4.0)
    [first, second] = path([plan, search], pace)
    assert (first.call, first.tokens) == (plan, 11)
    assert second.call == search


@pytest.mark.parametrize("scale", [1.0, 0.1])
def test_the_scale_shortens_the_bound_alike(scale):
    whole, part = bound(BY_ID["host"], Pace()), bound(BY_ID["host"], Pace(scale=scale))
    assert part == pytest.approx(scale * whole)
