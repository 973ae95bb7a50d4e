"""Any text is a plan that passes the check, or a refusal, within 50 ms."""

import random
import time
from contextlib import suppress

import pytest

from dagplan.errors import QuestionError
from dagplan.offline.grammar import EXAMPLES, parse
from dagplan.offline.outline import build
from dagplan.offline.world_names import world_gazetteer
from dagplan.plan.check import check_plan
from dagplan.tools.names import country_names
from tests.offline.asking import SPECS

QUESTIONS = [
    *(example for _, example in EXAMPLES),
    "Compare the population density of France, Japan and Brazil; which is highest?",
    "Which of Lima, Quito and Bogotá is closest to Caracas?",
    "What is the population of Lodnon and Frnace's most populous neighbour?",
    "What is the total area of Trinidad and Tobago and St. Lucia in square miles?",
    "Rank the countries in South America by GDP per capita from lowest to highest",
    "What are the capitals of the U.S., Côte d'Ivoire and Guinea-Bissau?",
]
WORDS = " ".join(QUESTIONS).split()
SIGNS = "aZ'\u2019,.?;$-{}()é0 9\n\x00\N{SLIGHTLY SMILING FACE}\ud800%*"
SECONDS = 0.05


def mutated(question: str, chance: random.Random) -> str:
    words = question.split() or ["a"]
    place = chance.randrange(len(words))
    match chance.randrange(6):
        case 0:
            return " ".join(chance.choices(WORDS, k=chance.randrange(1, 25)))
        case 1:
            words.insert(place, chance.choice(WORDS))
        case 2:
            del words[place]
        case 3:
            chance.shuffle(words)
        case 4:
            return (
                question
                + chance.choice([" ", " and ", ", ", "? "])
                + chance.choice(QUESTIONS)
            )
        case _:
            at = chance.randrange(len(question) or 1)
            return (
                question[:at]
                + chance.choice(SIGNS)
                + question[at + chance.randrange(2) :]
            )
    return " ".join(words)


def read(question: str) -> float:
    """Plan a question or have it refused; return the seconds of work that it takes.

    Noise only ever adds to a measured time: one that is too long is measured again.
    """
    return next(
        (took for _ in range(3) if (took := read_once(question)) < SECONDS), SECONDS
    )


def read_once(question: str) -> float:
    began = time.process_time()
    with suppress(QuestionError):
        check_plan(build(parse(question, world_gazetteer())).plan, SPECS)
    return time.process_time() - began


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    # The first plan pays for loading the world and the JSON schema library.
    for question in QUESTIONS:
        read(question)


@pytest.mark.parametrize("seed", range(40))
def test_fifty_mutated_questions(seed):
    chance = random.Random(seed)
    for _ in range(50):
        question = mutated(chance.choice(QUESTIONS), chance)
        if chance.random() < 0.3:
            question = mutated(question, chance)
        assert read(question) < SECONDS, question


@pytest.mark.parametrize(
    "question",
    [
        *("a" * 20_000, "1" * 20_000, "(" * 20_000, "-" * 20_000, "$\u007b" * 10_000),
        *("1," * 10_000, "1+" * 10_000, ". " * 9_999, ", " * 290, "'s" * 10_000),
        *("the capital of " * 1_300, "neighbours of " * 1_400, "what is " * 2_500),
        *("France, " * 2_500, "France and " * 1_800, "France's " * 2_000, "and " * 500),
        "What is the population of " + "the capital of " * 190 + "France?",
        "What is the population of " + "France, " * 280,
        "Compare the area of " + "Frnace and " * 290,
        "What is " + "(" * 250 + "1" + ")" * 250,
        "calculate " + "2**" * 200 + "2",
        "how far is " + "Paris from " * 290,
        "most populous neighbour of " * 140 + "France",
        "What is the total population of " + ", ".join(country_names()),
        "population of " + "Saint Vincent and the " * 140,
        "compare " + "Xyzzy, " * 290,
        "a " * 590 + "France",
        "\n" * 19_999 + "x",
    ],
    ids=lambda question: question[:30].strip() or "blank",
)
def test_adversarial_questions(question):
    assert read(question) < SECONDS
