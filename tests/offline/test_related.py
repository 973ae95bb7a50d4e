"""Places by what relates them to others, distances, routes and units."""

from typing import Any

import pytest

from dagplan.tools.countries import country_list
from dagplan.tools.routes import distance, land_route
from tests.offline.asking import ask, figure, planned

ENDS = "from Portugal to Poland"


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Germany's most populous neighbour?",
        "What is the capital of the most populous neighbour of Germany?",
        "What's the capital of the neighbour of Germany with the most people?",
    ],
)
async def test_a_property_of_a_related_place(question):
    asked = await ask(question)
    assert [len(layer) for layer in asked.shape] == [1, 1, 1, 1]
    assert asked.plan.steps[-1].args == {
        "country": "${ranking.first.item}",
        "fact": "capital",
    }
    assert asked.told == (
        "The capital of the most populous of the neighbours of Germany (France) "
        "is Paris."
    )


async def test_a_property_of_a_capital():
    asked = await ask("How many people live in the capital of France?")
    assert asked.shape == [["capital_france"], ["population_capital_france"]]
    assert asked.told.startswith(
        "The population of the capital of France (Paris) is 2,1"
    )


async def test_related_places_nest():
    asked = await ask(
        "What is the population of the capital of Spain's smallest neighbour?"
    )
    assert asked.told.startswith(
        "The population of the capital of the smallest of the nei"
    )


@pytest.mark.parametrize(
    "question",
    [
        "What is the shortest land route from Portugal to Poland?",
        "Shortest overland route between Portugal and Poland",
        "How do I get from Portugal to Poland by land?",
        "Which countries do I cross from Portugal to Poland by land?",
        "How many borders do you cross from Portugal to Poland?",
    ],
)
async def test_land_routes(question):
    asked = await ask(question)
    names = land_route("Portugal", "Poland")["value"]
    route: Any = asked.results["route_portugal_poland"].value
    assert route["value"] == names
    assert asked.told.endswith(f"{names[-2]} and crosses {len(names) - 1} borders.")


@pytest.mark.parametrize(
    "question",
    [
        f"Find the land route {ENDS}. Then add the populations of the countries on it.",
        f"What is the total population of the countries on the shortest route {ENDS}?",
        f"Find the shortest land route {ENDS}. What is their total population?",
        f"What is the shortest land route {ENDS}, and what is the total population on it?",
        f"Find the land route {ENDS}. What is the total population along it?",
    ],
)
async def test_a_total_over_a_route(question):
    asked = await ask(question)
    expected = sum(
        figure(name, "population") for name in land_route("Portugal", "Poland")["value"]
    )
    assert asked.results["sum_population_route_portugal_poland"].value == expected


async def test_a_route_that_does_not_exist_is_named():
    asked = await ask("What is the shortest land route from Spain to Japan?")
    assert "Nothing was found." in asked.answer
    assert "Failed: Land route from Spain to Japan: no land route" in asked.answer


@pytest.mark.parametrize(
    "question",
    [
        "How far is Paris from Berlin?",
        "How far is it from Paris to Berlin?",
        "How far apart are Paris and Berlin?",
        "What is the distance between Paris and Berlin?",
        "What is the distance from Paris to Berlin in km?",
        "How many kilometres is it from Paris to Berlin?",
    ],
)
async def test_distances(question):
    km = distance("Paris", "Berlin")["value"]
    assert (await ask(question)).told == (
        f"The distance between Paris and Berlin is {km} km, as the crow flies."
    )


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            "Which is farther from Paris, Berlin or Madrid?",
            "Paris and Madrid are farthest",
        ),
        ("Is Paris closer to Berlin or Madrid?", "Paris and Berlin are closest: "),
        (
            "Which of Berlin and Madrid is nearest to Paris?",
            "Paris and Berlin are closest",
        ),
    ],
)
async def test_distances_are_compared(question, told):
    asked = await ask(question)
    pairs = ["distance_paris_berlin", "distance_paris_madrid"]
    assert asked.shape == [pairs, ["ranking"]]
    assert asked.told.startswith(told)


async def test_legs_of_a_journey_add_up():
    asked = await ask("What is the total distance from Paris to Berlin to Warsaw?")
    legs = [distance("Paris", "Berlin"), distance("Berlin", "Warsaw")]
    expected = sum(leg["value"] for leg in legs)
    assert asked.results["total_distance"].value == pytest.approx(expected)


async def test_capitals_have_distances():
    asked = await ask("How far is the capital of France from the capital of Japan?")
    assert len(asked.shape[0]) == 2
    assert "(Paris and Tokyo)" in asked.told


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Convert 5 miles to km", "5 miles = 8.04672 km."),
        ("What is 100 km in miles?", "100 km = 62.1371 miles."),
        ("How many feet are in a mile?", "1 mile = 5280 feet."),
        ("What is 20 °C in °F?", "20 °C = 68 °F."),
        ("Convert -40 degrees Celsius to Fahrenheit", "-40 °C = -40 °F."),
    ],
)
async def test_conversions(question, told):
    assert (await ask(question)).told == told


@pytest.mark.parametrize(
    "question",
    [
        "What is the area of France in square miles?",
        "What is the area in square miles of France?",
        "How many square miles is France?",
        "What is the area of France in sq mi?",
    ],
)
async def test_results_are_converted(question):
    asked = await ask(question)
    assert asked.shape == [["area_france"], ["area_france_in_mi2"]]
    square_miles = figure("France", "area") / 1.609344**2
    assert asked.told == f"The area of France is {round(square_miles):,} square miles."


async def test_a_set_is_converted_item_by_item():
    asked = await ask("What is the total area of France's neighbours in square miles?")
    areas = [figure(n, "area") for n in country_list("France", "neighbours")["value"]]
    assert asked.last == pytest.approx(sum(areas) / 1.609344**2)


async def test_a_distance_is_converted():
    km = distance("Lima", "Nairobi")["value"]
    asked = await ask("How far is Lima from Nairobi in miles?")
    converted: Any = asked.last
    assert converted["value"] == pytest.approx(km / 1.609344)


async def test_a_unit_that_does_not_fit_is_refused():
    with pytest.raises(Exception, match="the GDP cannot be given in mile"):
        await planned("What is the GDP of France in miles?")
