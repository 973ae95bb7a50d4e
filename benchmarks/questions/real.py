"""Questions of people, with the decompositions that people wrote.

MuSiQue (CC-BY-4.0) says what each step finds; the last step is the answer. StrategyQA
(MIT) says only yes or no, so that what its steps find is made up here; its last step is
a judgement on what was found, which is left to whoever answers.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from dagplan import Step

from .question import SEARCH, Draft, Question

Written = dict[str, Any]
_JUDGED = re.compile(r"(is|are|was|were|do|does|did|has|have|had|can|could|would)\b")
_SEED = 11


@cache
def real_questions(folder: Path, each: int) -> tuple[Question, ...]:
    """Read questions that have parallel steps, some of each set.

    Args:
        folder: Where the files are; sets that are not there are left out.
        each: How many of each set, drawn with a fixed seed.
    """
    found: list[Question] = []
    sets = musique_plans(folder), map(_strategy, _lines(folder, "strategyqa"))
    for questions in sets:
        kept = [q for q in questions if q and q.is_parallel]
        found += Random(_SEED).sample(kept, min(each, len(kept)))
    return tuple(found)


@cache
def musique_plans(folder: Path) -> tuple[Question, ...]:
    """Read all questions of MuSiQue, chains too."""
    return tuple(map(_musique, _lines(folder, "musique")))


def chains(folder: Path, count: int) -> tuple[Question, ...]:
    """Read the first questions of MuSiQue whose steps each need the one before."""
    return tuple(q for q in musique_plans(folder) if not q.is_parallel)[:count]


def _lines(folder: Path, name: str) -> Iterator[Written]:
    file = folder / f"{name}.jsonl"
    if file.is_file():
        with file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _musique(written: Written) -> Question:
    steps = [_search(step) for step in written["steps"]]
    facts = {f"s{step['id']}": str(step["answer"]) for step in written["steps"]}
    answer = f"The answer is ${{{steps[-1].id}}}."
    return Draft(
        written["id"], written["question"], steps, facts, answer, worded=True
    ).question()


def _strategy(written: Written) -> Question | None:
    """Make a question of a line of StrategyQA's; None if it is not of the usual form."""
    *asked, last = written["steps"]
    if not _JUDGED.match(last["text"].lower()) or len(asked) < 2:
        return None
    if any(_JUDGED.match(step["text"].lower()) for step in asked):
        return None
    facts = {f"s{s['id']}": f"finding {s['id']} of {written['id'][:5]}" for s in asked}
    answer = f"{'Yes' if written['answer'] else 'No'}, as the steps show."
    steps = [_search(step) for step in asked]
    return Draft(
        written["id"], written["question"], steps, facts, answer, worded=False
    ).question()


def _search(step: Written) -> Step:
    text = step["text"].replace("${", r"\${")
    query = re.sub(r"#(\d+)", r"${s\1}", text)
    return Step(id=f"s{step['id']}", tool=SEARCH, args={"query": query})
