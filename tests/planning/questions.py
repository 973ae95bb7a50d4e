"""The questions that the planner's prompt is tried on, written for this project."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

FILE = Path(__file__).with_name("questions.json")
TODAY = "2026-11-24"
Shape = Literal["none", "one", "chain", "wide", "each", "ask"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what is known of a good plan for it.

    Attributes:
        id: Its name, for files.
        tools: Name of the set of tools that it is asked with; see toolsets.py.
        shape: What a good plan looks like: no steps; one; a chain, for nothing in it
            is independent; several side by side; one step for each item of a list that
            has to be found; or a question back to the user. Planners do not see it.
        question: The question.
    """

    id: str
    tools: str
    shape: Shape
    question: str


@cache
def questions() -> tuple[Question, ...]:
    """Return all questions in the order of the file."""
    return tuple(Question(**one) for one in json.loads(FILE.read_text("utf-8")))
