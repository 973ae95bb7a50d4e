"""One number of several places: sums, averages, differences, ratios."""

import pytest

from dagplan.tools.countries import countries_in, country_list
from tests.offline.asking import ask, figure, planned


@pytest.mark.parametrize(
    "question",
    [
        "What is the total population of Benin and Togo?",
        "How many people live in Benin and Togo combined?",
        "How many people live in Benin and Togo together?",
        "What is the sum of the populations of Benin and Togo?",
        "What is the combined population of Benin and Togo?",
        "Add the populations of Benin and Togo.",
        "What are the populations of Benin and Togo? What is their sum?",
    ],
)
async def test_sums_over_named_places(question):
    asked = await ask(question)
    assert asked.shape[0] == ["population_benin", "population_togo"]
    assert len(asked.plan.steps) == 3
    expected = figure("Benin", "population") + figure("Togo", "population")
    assert asked.last == expected
    assert f" is {expected:,} people" in asked.told


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference between the population of India and China?",
        "What is the difference in population between India and China?",
        "What is the population difference between India and China?",
        "By how much does the population of India exceed that of China?",
    ],
)
async def test_differences(question):
    asked = await ask(question)
    assert asked.last == abs(
        figure("India", "population") - figure("China", "population")
    )


@pytest.mark.parametrize(
    "question",
    [
        "What is the ratio of the population of India to that of Brazil?",
        "What is the ratio between the populations of India and Brazil?",
        "What is the population of India divided by the population of Brazil?",
    ],
)
async def test_ratios(question):
    expected = figure("India", "population") / figure("Brazil", "population")
    assert (await ask(question)).last == pytest.approx(expected)


async def test_two_measures_may_be_divided():
    asked = await ask("What is the GDP of France divided by the population of France?")
    expected = figure("France", "gdp") / figure("France", "population")
    assert asked.last == pytest.approx(expected)


async def test_averages_over_named_places():
    asked = await ask("What is the average literacy rate of Kenya, Chad and Mali?")
    expected = sum(figure(name, "literacy") for name in ("Kenya", "Chad", "Mali")) / 3
    assert asked.last == pytest.approx(expected)


@pytest.mark.parametrize(
    ("question", "operation", "name"),
    [
        ("What is the total population of France's neighbours?", sum, "population"),
        ("What is the combined area of the countries bordering France?", sum, "area"),
        ("What is the average area of the neighbours of France?", None, "area"),
        ("What's the mean GDP per head of France's neighbors?", None, "gdp_per_head"),
    ],
)
async def test_sets_of_neighbours(question, operation, name):
    asked = await ask(question)
    values = [figure(x, name) for x in country_list("France", "neighbours")["value"]]
    expected = sum(values) / (1 if operation else len(values))
    assert asked.last == pytest.approx(expected)
    assert [len(layer) for layer in asked.shape] == [1, 1, 1]
    assert f"({len(values)} countries)" in asked.told


@pytest.mark.parametrize(
    "question",
    [
        "What is the total population of the countries in South America?",
        "What is the combined population of all South American countries?",
        "What is the population of South America?",
        "How many people live in South America?",
    ],
)
async def test_regions_are_summed_over_their_countries(question):
    asked = await ask(question)
    names = countries_in("South America")["value"]
    assert asked.last == sum(figure(name, "population") for name in names)
    assert asked.told.startswith(
        "The total population of the countries in South America"
    )


async def test_what_does_not_add_up_is_refused():
    with pytest.raises(
        Exception, match="population density of several places has no sum"
    ):
        await planned("What is the total population density of France and Spain?")
