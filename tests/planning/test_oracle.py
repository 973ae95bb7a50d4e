"""Sub-questions reach the server exactly, over real HTTP; see `oracle.py`."""

import os
from typing import Any

import pytest

from tests.loopback import Server
from tests.real_plans import read

from .oracle import WAYS, Oracle, fault

FOLDER = os.environ.get("DAGPLAN_TEST_DATA", "")
TOWN: dict[str, Any] = {
    "question": "Who leads the town of Ann's birth?",
    "answer": "“Bo” ${x} $1000 #1 Wałęsa",
    "steps": [
        {"id": "1", "text": "Where was Ann born?", "answer": 'São "Tomé" #2 $1'},
        {"id": "2", "text": "In which year, #9?", "answer": "1943"},
        {
            "id": "3",
            "text": "Who led #1 in #2 (#1)?",
            "answer": "“Bo” ${x} $1000 #1 Wałęsa",
        },
    ],
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("question", [TOWN["question"], TOWN["question"] + "?"])
async def test_results_that_look_like_references_are_put_in_once(
    way: str, question: str, loopback_server: Server
):
    oracle = Oracle({**TOWN, "question": question})
    assert oracle.queries["3"] == 'Who led São "Tomé" #2 $1 in 1943 (São "Tomé" #2 $1)?'
    with loopback_server.script() as loopback:
        assert await fault(loopback, oracle, WAYS[way]) is None
    # One call plans, one reads each value that is referred to, and without a template
    # one more answers, which sees the last result as it was found.
    assert len(loopback.requests) == {"directly": 0, "by the agent": 4}[way]
    assert len(loopback.searches) == 3


@pytest.mark.parametrize("way", WAYS)
async def test_a_sub_question_that_is_not_exact_is_not_answered(
    way: str, loopback_server: Server
):
    class Careless(Oracle):
        def plan(self, reference: str) -> list[tuple[str, str]]:
            *first, (step, query) = super().plan(reference)
            return [*first, (step, query.replace(reference.format(2), "1944"))]

    with loopback_server.script() as loopback:
        said = await fault(loopback, Careless(TOWN), WAYS[way])
    assert said is not None
    assert "no result was scripted for" in said
    assert "1944" in said


@pytest.mark.skipif(not FOLDER, reason="set DAGPLAN_TEST_DATA to a folder with plans")
@pytest.mark.parametrize("way", WAYS)
async def test_questions_of_musique_are_answered_exactly(
    way: str, loopback_server: Server
):
    for written in read(FOLDER, "musique")[:10]:
        with loopback_server.script() as loopback:
            assert await fault(loopback, Oracle(written), WAYS[way]) is None
