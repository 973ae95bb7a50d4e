"""Judges a request and decides on its reply: no clock, no network."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.questions.question import Question

from .asked import Asked, Refusal, Reply
from .pace import Pace
from .pieces import pieces
from .scripts import SCRIPTS

MOST_QUERY = 400  # characters; Tavily refuses more
_FILLER = "This page is about something else that has to do with it. "


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        results: Passages, best first.
        query: The sub-question that it was taken for.
        is_last: Whether that is the last one of its question.
    """

    results: Sequence[str]
    query: str
    is_last: bool = False

    @property
    def length(self) -> int:
        """Tokens of all passages."""
        return sum(len(pieces(text)) for text in self.results)


class Desk:
    """Answers for all questions, and counts what comes again.

    Args:
        questions: What can be asked about, by id.
        pace: How long what takes; the sizes of what is found.
    """

    def __init__(self, questions: Mapping[str, Question], pace: Pace) -> None:
        self._questions = questions
        self._pace = pace
        self._attempts: Counter[str] = Counter()
        self.refusals: list[str] = []

    def chat(self, name: str, body: Mapping[str, Any]) -> tuple[Asked, Reply]:
        """Decide what a model says.

        Args:
            name: Id of the question.
            body: The request.

        Raises:
            Refusal: The conversation lacks what the reply needs.
        """
        asked = Asked(self._question(name), body)
        script = SCRIPTS.get(str(body.get("model")))
        if script is None:
            raise Refusal(f"no script {body.get('model')!r}; use {', '.join(SCRIPTS)}")
        return asked, script(asked)

    def search(self, name: str, body: Mapping[str, Any]) -> Found:
        """Decide what a search finds.

        Raises:
            Refusal: The query is none of the question's sub-questions with what the
                earlier steps found in place of its references.
        """
        question, query = self._question(name), str(body.get("query"))
        if len(query) > MOST_QUERY:
            raise Refusal(f"Query is too long. Max query length is {MOST_QUERY}.")
        meant = query
        # LLMCompiler puts the whole passage where the value is meant; what it asks for
        # is understood all the same, as by a search engine that knows everything.
        for step, passage in question.passages.items():
            meant = meant.replace(passage, str(question.values[step]))
        for step, asked in question.queries.items():
            if meant == asked or meant == asked.replace('"', "'"):
                results = self._results(question.passages[step], asked)
                return Found(results, asked, step == [*question.queries][-1])
        raise Refusal(f"{query!r} is no sub-question of {question.id}")

    def attempt(self, key: str) -> int:
        """Return how often something came before, and count it."""
        self._attempts[key] += 1
        return self._attempts[key] - 1

    def _question(self, name: str) -> Question:
        if name not in self._questions:
            raise Refusal(f"there is no question {name!r}")
        return self._questions[name]

    def _results(self, passage: str, query: str) -> list[str]:
        """Return the passage, and pages beside it that bring it to its drawn size."""
        missing = self._pace.size_of(query) - len(pieces(passage))
        repeats = max(0, missing) // len(pieces(_FILLER))
        beside = [_FILLER * (repeats // 4)] * 4 if repeats >= 4 else []
        return [passage, *beside]
