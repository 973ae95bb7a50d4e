"""From a question to its outline: split into parts, recognise each, join them."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from dagplan.errors import QuestionError, UnsupportedQuestionError
from dagplan.offline.clause import Clause
from dagplan.offline.families import (
    arithmetic,
    comparison,
    conversion,
    distances,
    follow_up,
    lookup,
    routes,
    totals,
)
from dagplan.offline.families.comparison import Topic
from dagplan.offline.gazetteer import Gazetteer
from dagplan.offline.lexicon import SLOTS
from dagplan.offline.outline import Convertible, FollowUp, Intent, Outline, build
from dagplan.offline.splitting import clauses
from dagplan.offline.terms import NotPossibleError
from dagplan.offline.text import is_longer
from dagplan.plan.references import short

MAX_LENGTH: Final = 20_000
_MOST_WORDS: Final = 600
_MOST_PARTS: Final = 60

Part = Intent | FollowUp
Reading = tuple[Part, ...]
Read = Callable[[Clause], Iterator[Reading]]

FAMILIES: Final[tuple[Read, ...]] = (
    lookup.read,
    comparison.read,
    totals.read,
    routes.read,
    distances.read,
    conversion.read,
    arithmetic.read,
)
"""Families whose parts stand on their own; what leans on others is tried last."""

EXAMPLES: Final = (
    ("properties", "What is the capital of Peru, and how many people live in Kenya?"),
    ("comparisons", "Which is richer, Norway or Qatar, and by how much?"),
    ("totals", "What is the average area of France's neighbours?"),
    ("related places", "What is the capital of Germany's most populous neighbour?"),
    ("routes", "What is the shortest land route from Portugal to Poland?"),
    ("distances", "How far is Lima from Nairobi in miles?"),
    ("units", "How many miles are 5 km?"),
    ("arithmetic", "What's 3*7? What's 10/4? What's their sum?"),
)


def parse(question: str, names: Gazetteer) -> Outline:
    """Read a question.

    Args:
        question: The question, up to 20,000 characters.
        names: The places that are known.

    Returns:
        All that it asks.

    Raises:
        QuestionError: It is empty or too long.
        UnsupportedQuestionError: A part of it is not understood, is ambiguous or
            asks for what the tools do not know.
    """
    text = question.strip()
    if not text:
        raise QuestionError("the question is empty; write what you want to know")
    if len(text) > MAX_LENGTH:
        raise QuestionError(
            f"a question may have {MAX_LENGTH:,} characters, got {len(text):,}; "
            "ask less at a time"
        )
    return _parse(text, names)


@lru_cache(maxsize=64)
def _parse(text: str, names: Gazetteer) -> Outline:
    if is_longer(text, _MOST_WORDS):
        raise refusal(text, f"it has more than {_MOST_WORDS} words and signs")
    parts = clauses(text, names)
    if not parts:
        raise refusal(text, "there are no words in it")
    if len(parts) > _MOST_PARTS:
        raise refusal(text, f"it has more than {_MOST_PARTS} parts")
    outline = Outline()
    for clause in parts:
        outline = _with(outline, clause)
    if isinstance(outline.intents[-1], Topic):
        raise refusal(text, "it names places, but does not say what is asked of them")
    return outline


def _with(outline: Outline, clause: Clause) -> Outline:
    """Add what a clause asks to an outline."""
    readings = _readings(clause, first=not outline.intents)
    if not readings:
        raise refusal(clause.text, "no rule matches it")
    longer: dict[Outline, None] = {}
    reason = ""
    for reading in readings:
        try:
            longer[_extended(outline, reading)] = None
        except NotPossibleError as error:
            reason = str(error)
    if not longer:
        raise refusal(clause.text, reason)
    if len(longer) > 1 and not isinstance(readings[0][0], FollowUp):
        raise refusal(clause.text, "it can be read in more than one way")
    return next(iter(longer))


def _extended(outline: Outline, reading: Reading) -> Outline:
    for part in reading:
        outline = outline.then(part)
    build(outline)  # what the tools cannot tell is no reading of the question
    return outline


def _readings(clause: Clause, *, first: bool) -> list[Reading]:
    """Return the different ways to read a clause."""
    found = _of(FAMILIES, clause)
    if not found and (split := _in_unit(clause)):
        found = split
    if not first:
        found = [reading for reading in found if not isinstance(reading[0], Topic)]
    if not found and not first:
        # The first that makes sense counts: "larger" is by what was compared before.
        found = _of((follow_up.read,), clause)
    return found


def _of(families: Sequence[Read], clause: Clause) -> list[Reading]:
    return list(dict.fromkeys(r for read in families for r in read(clause)))


def _in_unit(clause: Clause) -> list[Reading]:
    """Read "… in square miles" as a question with a unit for its answer."""
    for at in range(max(len(clause) - 6, 1), len(clause) - 1):
        if clause.word(at) != "in":
            continue
        for unit, end in SLOTS["unit"](clause, at + 1):
            if end == len(clause):
                readings = _of(FAMILIES, clause.part(0, at))
                return [*_converted(readings, str(unit))]
    return []


def _converted(readings: list[Reading], unit: str) -> Iterator[Reading]:
    """Ask for another unit, where every part of a reading can be given in one."""
    for reading in readings:
        if all(isinstance(part, Convertible) for part in reading):
            yield tuple(
                part.in_unit(unit) for part in reading if isinstance(part, Convertible)
            )


def refusal(part: str, reason: str) -> UnsupportedQuestionError:
    """Refuse a question, with what can be asked and how to ask a model."""
    examples = "; ".join(f"{kind} ({example!r})" for kind, example in EXAMPLES)
    return UnsupportedQuestionError(
        f"the rule-based planner cannot read {short(part, 120)}: {reason}. "
        f"It answers questions for {examples}. For other questions set a model: "
        "`export OPENAI_API_KEY=…` or `dagplan ask --model openai:gpt-5-mini`",
        part=part,
    )
