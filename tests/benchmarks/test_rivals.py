from collections import Counter

import pytest

from benchmarks.provider.pace import Pace
from benchmarks.provider.process import provider
from benchmarks.questions.own import own_questions
from benchmarks.rivals import OURS, RIVALS, prepare
from benchmarks.rivals.site import Site

BY_ID = {question.id: question for question in own_questions()}
CALLS = {
    # Model calls for two capitals and their populations, and a difference.
    "dagplan": 5,  # the plan, four values
    "sequential": 5,
    "tutorial": 16,  # the plan, and for each of five tasks two turns and a replanning
    "waves": 6,  # the plan, four values, the answer
    "levels": 6,
    "react": 4,  # capitals, populations, the difference, the answer
    "react_single": 6,
    "compiler": 3,  # the plan, the expression, the answer
}


@pytest.fixture(scope="module")
def site():
    with provider(Pace(scale=0.01)) as running:
        yield running


@pytest.mark.parametrize("rival", [OURS, *RIVALS])
async def test_every_rival_answers_word_for_word_with_the_calls_it_should_need(
    rival, site, no_certificates, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_DIR", str(no_certificates))
    question = BY_ID["capitals"]
    site.ledger()
    assert await prepare(rival, Site(site.url, question))() == question.answer
    calls, refusals = site.ledger()
    assert not refusals
    kinds = Counter(call.kind == "search" for call in calls)
    assert kinds == {True: 4, False: CALLS[rival]}
    assert all(call.question == "capitals" for call in calls)


async def test_what_is_asked_without_its_references_is_refused(site):
    search = Site(site.url, BY_ID["capitals"]).search()
    with pytest.raises(Exception, match="400"):
        await search.web_search("population of ${lv}")
    calls, refusals = site.ledger()
    assert not calls
    assert refusals == ["'population of ${lv}' is no sub-question of capitals"]
