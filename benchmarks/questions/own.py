"""The thirty questions of own.json.

Each has its steps in order: a list is a search with what it finds, a text is an
expression to calculate, an object is a ranking of names by values. `worded` says
whether the wording of the answer is known before its values are. `plan` is how dagplan's
planner writes it where several searches are one step: a list of the items and the search.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from dagplan import Step

from .question import SEARCH, Draft, Question

FILE = Path(__file__).parent / "own.json"


@cache
def own_questions() -> tuple[Question, ...]:
    """Read all of them."""
    return tuple(_read(entry) for entry in json.loads(FILE.read_text("utf-8")))


@cache
def questions_in_head() -> tuple[Question, ...]:
    """Read those with arithmetic or order once more, without the steps for it.

    Whoever answers then works it out in their head, and is right.
    """
    entries = json.loads(FILE.read_text("utf-8"))
    return tuple(_in_head(entry) for entry in entries if _sums(entry))


def _sums(entry: dict[str, Any]) -> list[str]:
    """Return the ids of the steps that do not search."""
    return [k for k, step in entry["steps"].items() if not isinstance(step, list)]


def _in_head(entry: dict[str, Any]) -> Question:
    steps = {k: v for k, v in entry["steps"].items() if isinstance(v, list)}
    grouped = {k: v for k, v in entry.get("plan", {}).items() if isinstance(v, list)}
    return _read(
        {
            **entry,
            "id": f"{entry['id']}-head",
            "steps": steps,
            "plan": grouped,
            "answer": _read(entry).answer.replace("${", r"\${"),
            "worded": False,
        }
    )


def _read(entry: dict[str, Any]) -> Question:
    steps = entry["steps"]
    draft = Draft(
        id=entry["id"],
        text=entry["question"],
        steps=[_step(name, written) for name, written in steps.items()],
        facts={k: v[1] for k, v in steps.items() if isinstance(v, list)},
        answer=entry["answer"],
        worded=entry["worded"],
        grouped=[_step(name, w) for name, w in entry.get("plan", {}).items()] or None,
    )
    return draft.question()


def _step(name: str, written: object) -> Step:
    match written:
        case [list(items), str(query)]:
            given: dict[str, object] = {"query": query}
            return Step(id=name, tool=SEARCH, args=given, for_each=items)
        case [str(query), _]:
            return Step(id=name, tool=SEARCH, args={"query": query})
        case str(expression):
            return Step(id=name, tool="calculate", args={"expression": expression})
        case {"of": str(items)}:
            return Step(id=name, tool="rank", args={"items": items})
        case dict(ranked):
            pairs = [{"item": item, "value": value} for item, value in ranked.items()]
            return Step(id=name, tool="rank", args={"items": pairs})
        case other:
            raise ValueError(f"step {name!r} is a list, a text or an object: {other!r}")
