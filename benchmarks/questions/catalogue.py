"""All questions, by id."""

from collections.abc import Mapping
from pathlib import Path

from .own import own_questions, questions_in_head
from .question import Question
from .real import musique_plans, real_questions

REAL_OF_EACH = 8


def catalogue(data: Path | None) -> Mapping[str, Question]:
    """Return the own questions, and those of a folder.

    Args:
        data: The folder; None for the own ones only.
    """
    found = [*own_questions(), *questions_in_head()]
    if data is not None:
        found += real_questions(data, REAL_OF_EACH)
        found += musique_plans(data)
    return {question.id: question for question in found}
