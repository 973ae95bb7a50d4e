"""Comparisons: who is first, by how much, in what order."""

import pytest

from dagplan.tools.countries import country_list
from tests.offline.asking import ask, figure, planned

FLAGSHIP = (
    "Compare the population density of France, Japan and Brazil; "
    "which is highest and by how much?"
)


async def test_the_flagship_question_is_ten_steps_in_three_layers():
    asked = await ask(FLAGSHIP)
    assert asked.shape == [
        [
            *("population_france", "area_france", "population_japan"),
            *("area_japan", "population_brazil", "area_brazil"),
        ],
        ["density_france", "density_japan", "density_brazil"],
        ["ranking"],
    ]
    assert [step.task for step in asked.plan.steps[:3]] == [
        "Population of France",
        "Area of France",
        "Population density of France",
    ]
    assert asked.plan.steps[2].args == {
        "expression": "${population_france} / ${area_france}"
    }


async def test_the_flagship_answer_says_who_and_by_how_much():
    density = {
        name: figure(name, "population") / figure(name, "area")
        for name in ("France", "Japan", "Brazil")
    }
    japan, france, brazil = density["Japan"], density["France"], density["Brazil"]
    assert (await ask(FLAGSHIP)).told == (
        f"Japan has the highest population density: {japan:.4g} people per km², "
        f"{japan - france:.4g} more than France ({france:.4g}), "
        f"i.e. {japan / france:.3g} times as much. "
        f"Next: Brazil ({brazil:.4g}, a factor of {japan / brazil:.3g})."
    )


@pytest.mark.parametrize(
    "question",
    [
        "Which is bigger, France or Spain?",
        "Which country is larger: France or Spain?",
        "Is France bigger than Spain?",
        "Is Spain larger than France, and by how much?",
        "How much bigger is France than Spain?",
        "How many times larger is France than Spain?",
        "Compare the area of France and Spain",
        "Compare France and Spain by area.",
        "Compare the areas of France and Spain. Which one is the largest?",
        "Of France and Spain, which is larger?",
        "What is the area of France? And of Spain? Which is larger?",
    ],
)
async def test_two_places_in_many_words(question):
    asked = await ask(question)
    assert asked.plan.steps[-1].id == "ranking"
    assert set(asked.shape[0]) == {"area_france", "area_spain"}
    assert asked.told.startswith(
        "France has the larger area: 643,801 km², 138,431 more "
    )


@pytest.mark.parametrize(
    ("question", "steps", "descending"),
    [
        ("Which is richer, Norway or Qatar?", "gdp_per_head", True),
        ("Who has the larger economy, Norway or Qatar?", "gdp", True),
        ("Which has fewer people, Norway or Qatar?", "population", False),
        ("Which is the least populous of Norway and Qatar?", "population", False),
        ("Does Norway have more people than Qatar?", "population", True),
        ("How many more people live in Norway than in Qatar?", "population", True),
        ("Which of Norway and Qatar has the lowest literacy?", "literacy", False),
        ("Who is poorer, Norway or Qatar?", "gdp_per_head", False),
        ("Which has a higher GDP per capita, Norway or Qatar?", "gdp_per_head", True),
        ("Is the GDP of Norway higher than that of Qatar?", "gdp", True),
        ("How does the GDP of Norway compare to that of Qatar?", "gdp", True),
        ("Which is higher, the literacy of Norway or Qatar?", "literacy", True),
    ],
)
async def test_words_for_measures_and_directions(question, steps, descending):
    plan = await planned(question)
    assert [s.id for s in plan.steps] == [
        f"{steps}_norway",
        f"{steps}_qatar",
        "ranking",
    ]
    assert plan.steps[-1].args.get("descending", True) is descending


async def test_places_are_ranked_in_the_order_that_is_asked_for():
    asked = await ask("Rank France, Spain and Italy by area from smallest to largest")
    assert asked.told == (
        "By area, smallest first: Italy (301,340 km²), Spain (505,370) "
        "and France (643,801)."
    )


@pytest.mark.parametrize(
    "question",
    [
        "Which of France's neighbours is the most populous?",
        "Which neighbour of France has the most people?",
        "What is the most populous neighbour of France?",
        "What is France's most populous neighbour?",
    ],
)
async def test_a_set_is_measured_by_one_for_each_step(question):
    asked = await ask(question)
    ids = ["neighbours_france", "population_neighbours_france", "ranking"]
    assert asked.shape == [[step] for step in ids]
    assert asked.plan.steps[1].for_each == "${neighbours_france.value}"
    neighbours = country_list("France", "neighbours")["value"]
    first = max(neighbours, key=lambda name: figure(name, "population"))
    assert asked.told.startswith(
        f"{first} has the highest population of the neighbours of France: "
    )


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            "What is the largest country in Africa?",
            "Algeria has the largest area of the ",
        ),
        (
            "Which African country is the largest?",
            "Algeria has the largest area of the ",
        ),
        ("Which country in Europe is the smallest?", "Vatican City has the smallest "),
        (
            "What are the two largest countries in Europe?",
            "By area of the countries in ",
        ),
        (
            "Top 3 countries in Africa by area",
            "By area of the countries in Africa, larg",
        ),
    ],
)
async def test_regions(question, told):
    assert (await ask(question)).told.startswith(told)


async def test_several_measures_are_compared_side_by_side():
    asked = await ask("Compare France and Spain by population, area and GDP")
    assert [len(layer) for layer in asked.shape] == [6, 3]
    assert len(asked.told.splitlines()) == 3


async def test_cities_are_compared_with_cities():
    asked = await ask("Compare the populations of Paris, Singapore and Tokyo")
    assert {step.tool for step in asked.plan.steps} == {"city_figure", "rank"}


async def test_the_lowest_has_less_than_the_next():
    asked = await ask("Which is the smallest of Italy, France and Spain?")
    assert asked.told == (
        "Italy has the smallest area: 301,340 km², 204,030 less than Spain (505,370), "
        "which has 1.68 times as much. Next: France (643,801, a factor of 2.14)."
    )


async def test_two_names_of_one_place_are_one_place():
    asked = await ask("Compare the population of the UK and Great Britain and France")
    assert len(asked.shape[0]) == 2


async def test_the_north_is_compared_without_a_ratio():
    asked = await ask("Which city is further north, Oslo or Helsinki?")
    assert asked.told == (
        "Helsinki has the higher latitude: 60.17° north, 0.2568 more than Oslo (59.91)."
    )
