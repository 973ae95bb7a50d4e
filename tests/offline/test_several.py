"""Several questions at once, and parts that lean on those before them."""

import pytest

from tests.offline.asking import ask, planned


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        (
            "What is the capital of Peru, and how many people live in Kenya?",
            ["capital_peru", "population_kenya"],
        ),
        (
            "How far is Paris from Berlin? What is 3*7? Which countries border Chad?",
            ["distance_paris_berlin", "part_1", "neighbours_chad"],
        ),
        (
            "I want to know the area of Mali. Also, what currency does Mali use?",
            ["area_mali", "currency_mali"],
        ),
        (
            "Please tell me the GDP of Spain and list the neighbours of Spain.",
            ["gdp_spain", "neighbours_spain"],
        ),
    ],
)
async def test_independent_questions_run_side_by_side(question, ids):
    asked = await ask(question)
    assert asked.shape == [ids]
    assert len(asked.told.splitlines()) == len(ids)


async def test_equal_steps_are_shared():
    plan = await planned(
        "What is the population of France? Which is more populous, France or Spain?"
    )
    assert [s.id for s in plan.steps] == [
        *("population_france", "population_spain", "ranking"),
    ]


@pytest.mark.parametrize(
    ("question", "last"),
    [
        (
            "What is the GDP of Chad and Mali? Which is higher?",
            "Mali has the higher GDP: ",
        ),
        (
            "What is the area of Chad? What about Mali?",
            "The area of Mali is 1,240,192 km².",
        ),
        (
            "What is the area of Chad? And in square miles?",
            "The area of Chad is 495,755 sq",
        ),
        (
            "Compare the area of Chad and Mali. Which is smallest?",
            "Mali has the smaller ",
        ),
        (
            "Compare the area of Chad and Mali; by how much?",
            "Chad has the larger area: ",
        ),
    ],
)
async def test_parts_that_lean_on_those_before(question, last):
    assert (await ask(question)).told.splitlines()[-1].startswith(last)


async def test_the_sum_of_figures_needs_figures_of_one_kind():
    with pytest.raises(Exception, match="measure different things"):
        await planned(
            "What is the area of Chad? What is the GDP of Mali? And their sum?"
        )
