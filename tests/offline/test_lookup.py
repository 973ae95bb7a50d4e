"""Properties of places, in the words that people use."""

import pytest

from dagplan.plan.references import for_people
from tests.offline.asking import ask, figure


def people(place: str) -> str:
    return for_people(figure(place, "population"))


@pytest.mark.parametrize(
    "question",
    [
        "What is the population of France?",
        "what's the population of france",
        "What is France's population?",
        "How many people live in France?",
        "how many inhabitants does France have?",
        "Tell me the population of France, please.",
        "Could you tell me what the population of France is?",
        "Population of France",
        "France\N{RIGHT SINGLE QUOTATION MARK}s population?",
        "How populous is France?",
    ],
)
async def test_one_property_of_one_place(question):
    asked = await ask(question)
    assert asked.shape == [["population_france"]]
    assert asked.told == f"The population of France is {people('France')}."


@pytest.mark.parametrize(
    "question",
    [
        "What is the population of France, Japan and Brazil?",
        "How many people live in France, Japan and Brazil?",
        "What are France's, Japan's and Brazil's populations?",
        "Give me the populations of France, Japan, and Brazil.",
    ],
)
async def test_one_property_of_several_places_is_looked_up_side_by_side(question):
    asked = await ask(question)
    assert asked.shape == [
        ["population_france", "population_japan", "population_brazil"]
    ]
    assert asked.told == (
        f"The population of France is {people('France')}, that of Japan "
        f"{people('Japan')} and that of Brazil {people('Brazil')}."
    )


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What is the capital of Peru?", "The capital of Peru is Lima."),
        ("What currency does Japan use?", "The currency of Japan is Japanese Yen."),
        ("Which continent is Egypt on?", "Egypt is in Africa."),
        ("Which country is Nairobi in?", "Nairobi (Kenya) is in Kenya."),
        ("Where is Lima?", "Lima (Peru) is in Peru."),
        (
            "Where are Egypt and Peru?",
            "Egypt is in Africa.\nPeru is in South America.",
        ),
        (
            "Which languages are spoken in Switzerland?",
            "The languages of Switzerland are German, French and Italian.",
        ),
        ("Which countries border Portugal?", "The neighbour of Portugal is Spain."),
        ("What are the neighbours of Monaco?", "The neighbour of Monaco is France."),
        ("What are Chad's neighbors?", "The neighbours of Chad are Cameroon, "),
        ("How many neighbours does Austria have?", "Austria has 8 neighbours."),
        ("How many countries border Portugal?", "Portugal has 1 neighbour."),
        (
            "What is the latitude of Oslo?",
            "The latitude of Oslo (Norway) is 59.91° north.",
        ),
    ],
)
async def test_facts_and_lists(question, told):
    assert (await ask(question)).told.startswith(told)


@pytest.mark.parametrize(
    ("question", "name", "unit"),
    [
        ("How big is Canada?", "area", " km²"),
        ("What is the total area of Canada?", "area", " km²"),
        ("What's Canada's literacy rate?", "literacy", "%"),
    ],
)
async def test_figures_have_their_units(question, name, unit):
    value = for_people(figure("Canada", name))
    assert (await ask(question)).told.endswith(f" of Canada is {value}{unit}.")


@pytest.mark.parametrize(
    "question",
    [
        "What is the population density of Japan?",
        "How densely populated is Japan?",
        "How many people per square kilometre live in Japan?",
    ],
)
async def test_a_density_is_worked_out_of_two_figures(question):
    asked = await ask(question)
    assert asked.shape == [["population_japan", "area_japan"], ["density_japan"]]
    value = figure("Japan", "population") / figure("Japan", "area")
    shown = for_people(float(f"{value:.4g}"))
    assert asked.told == f"The population density of Japan is {shown} people per km²."


async def test_several_properties_at_once():
    asked = await ask("What are the population and capital of Kenya?")
    assert asked.shape == [["population_kenya", "capital_kenya"]]
    assert asked.told.endswith("\nThe capital of Kenya is Nairobi.")


async def test_different_properties_of_different_places():
    asked = await ask("What is the capital of Chad and the population of Peru?")
    assert asked.shape == [["capital_chad", "population_peru"]]


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of each of Portugal's neighbours?",
        "What are the capitals of Portugal's neighbours?",
    ],
)
async def test_a_property_of_each_place_of_a_set(question):
    asked = await ask(question)
    assert asked.shape == [["neighbours_portugal"], ["capital_neighbours_portugal"]]
    assert (
        asked.told
        == "The capital of each of the neighbours of Portugal: Spain: Madrid."
    )


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("What is the population of London?", "London (United Kingdom)"),
        ("What is the population of London, Canada?", "London (Canada)"),
        ("How many people live in Paris, France?", "Paris (France)"),
        ("What is the population of the UK?", "the United Kingdom"),
        ("What is the population of the U.S.?", "the United States"),
        ("What is the population of St. Lucia?", "Saint Lucia"),
        ("What is the population of Cote d'Ivoire?", "Ivory Coast"),
        ("What is the population of Bosnia & Herzegovina?", "Bosnia and Herzegovina"),
        ("What is the population of Guinea-Bissau?", "Guinea Bissau"),
        ("What is the population of Papua New Guinea?", "Papua New Guinea"),
        ("What is the population of Singapore?", "Singapore"),
    ],
)
async def test_names_are_found_in_many_spellings(question, label):
    told = (await ask(question)).told.replace("Guinea-Bissau", "Guinea Bissau")
    assert told.startswith(f"The population of {label} is ")


async def test_an_answer_names_its_sources_once_and_who_planned_it():
    asked = await ask("What are the population and the area of Kenya, Peru and Chad?")
    atlas = "pyworldatlas 0.10 (published 2026): total area"
    source = f"Sources: CLDR 48.2 (published 2026): population; {atlas}."
    assert asked.answer.split("\n\n")[1:] == [
        source,
        "Planned and answered by rules, without a model.",
    ]
    assert asked.said == [asked.answer]
