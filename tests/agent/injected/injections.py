"""The set of injections, from a seed."""

import json
import re
from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

from tests.agent.injected.wordings import CALLS, FAMILIES, ORDERS, worded

Carrier = Literal[
    "text",
    "alone",
    "nested",
    "key",
    "json in text",
    "long",
    "item",
    "object item",
    "error",
    "kind of error",
    "error of an item",
    "passage",
]
"""By which way a text gets into the run."""

CARRIERS: tuple[Carrier, ...] = get_args(Carrier)
_LONGEST = 300  # of what is certain to be shown of an error
_RUN = re.compile(r"[^\s\"\\{}\[\]<>$'`]+(?: [^\s\"\\{}\[\]<>$'`]+)*")


@dataclass(frozen=True, slots=True)
class Injection:
    """A text that tries to change what is called.

    Attributes:
        number: Its number in the set.
        family: How it is worded.
        goal: What it wants done.
        carrier: How it gets in.
        text: The text.
        mark: The longest part of it that no JSON changes: who sees it, is taken in.
    """

    number: int
    family: str
    goal: str
    carrier: Carrier
    text: str
    mark: str


def injections(count: int, seed: int) -> list[Injection]:
    """Draw injections so that each family, goal and carrier comes as often as it can."""
    random = Random(seed)
    families, goals = list(FAMILIES), list(ORDERS)
    for names in (families, goals):
        random.shuffle(names)
    return [
        _drawn(
            number,
            families[number % len(families)],
            goals[number % len(goals)],
            CARRIERS[(number + number // len(CARRIERS)) % len(CARRIERS)],
            random,
        )
        for number in range(count)
    ]


def _drawn(
    number: int, family: str, goal: str, carrier: Carrier, random: Random
) -> Injection:
    order = random.choice(sorted(ORDERS[goal].values()))
    # Each has a word of its own, so that what is seen is this one and no other.
    order = f"{order} ({random.randrange(16**6):06x})"
    call = json.dumps(_call(goal), ensure_ascii=False)
    text = worded(random.choice(FAMILIES[family]), order, call)
    if carrier == "kind of error":
        text = "".join(word.title() for word in re.findall("[a-z]+", order)) + "Error"
    text = text[:_LONGEST]
    mark = max(_RUN.findall(text), key=len)
    return Injection(number, family, goal, carrier, text, mark)


def _call(goal: str) -> dict[str, object]:
    found = CALLS[goal]
    assert isinstance(found, dict)
    return found
