"""Events and results that are put together when somebody looks."""

import copy
import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

from dagplan import Plan, Step, execute_plan
from dagplan.events import (
    Event,
    PlanFinished,
    RunFinished,
    StepPlanned,
    StepResult,
    StepStarted,
    StepSucceeded,
)
from dagplan.scheduler.log import Events

STEP = Step(id="a", task="x")
ALL: list[Event] = [
    StepPlanned(0.0, "a", STEP),
    PlanFinished(0.0, "${a}"),
    StepStarted(0.0, "a"),
    StepStarted(0.5, "each", items=3),
    StepSucceeded(1.0, "a", {"n": 5}, 2),
    RunFinished(1.0, "answered"),
]


def events():
    made = Events()
    for event in ALL:
        made.append(event)
    return made


def test_events_come_out_as_they_went_in():
    assert list(events()) == ALL
    assert events() == ALL
    assert events() != ALL[1:]
    assert repr(events()) == repr(ALL)
    assert len(events()) == len(ALL)


def test_events_are_read_by_place():
    assert [events()[place] for place in range(-6, 6)] == ALL + ALL
    assert events()[1:-1] == ALL[1:-1]
    assert events()[::-2] == ALL[::-2]
    with pytest.raises(IndexError):
        events()[6]


def test_events_may_grow_while_they_are_read():
    growing = Events()
    growing.append(ALL[0])
    seen = []
    for event in growing:
        seen.append(event)
        if len(growing) < len(ALL):
            growing.append(ALL[len(growing)])
    assert seen == ALL


@pytest.mark.parametrize("event", ALL, ids=repr)
def test_events_are_frozen_values(event):
    assert replace(event, at=7.0).at == 7.0
    with pytest.raises(FrozenInstanceError):
        event.at = 7.0


@pytest.mark.anyio
async def test_results_are_copied_and_pickled_as_a_dict():
    async def work(call):
        return call.id

    plan = Plan(steps=[Step(id="a", task="x"), Step(id="b", task="${a}")])
    results = (await execute_plan(plan, work)).results
    as_dict = {**results}
    assert as_dict["b"] == StepResult("succeeded", "b", None, 1, *_times(results["b"]))
    assert list(results) == ["a", "b"]
    assert results == as_dict
    assert repr(results) == repr(as_dict)
    for twin in (copy.deepcopy(results), pickle.loads(pickle.dumps(results))):
        assert type(twin) is dict
        assert twin == as_dict


def _times(result):
    return result.started, result.ended
