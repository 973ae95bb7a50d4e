"""What a conversation holds of what a question's steps find."""

import json
from collections.abc import Iterable

from benchmarks.provider.asked import Asked, Refusal
from benchmarks.questions.question import SEARCH, Question, shown, template


def found_in(question: Question, text: str) -> list[str]:
    """Return the ids of the searches whose passage stands in a text."""
    return [n for n, said in question.passages.items() if stands_in(said, text)]


def stands_in(said: str, text: str) -> bool:
    """Tell whether something stands in a text, as it is or as JSON writes it."""
    return said in text or json.dumps(said, ensure_ascii=False)[1:-1] in text


def ready(question: Question, done: Iterable[str]) -> list[str]:
    """Return the works that can be done once others are."""
    have = set(done)
    return [
        name
        for name, step in question.works.items()
        if name not in have and have >= step.dependencies().keys()
    ]


def call_of(question: Question, name: str) -> tuple[str, dict[str, str]]:
    """Return the tool that does a work, and its arguments with values in them."""
    if name in question.queries:
        return SEARCH, {"query": question.queries[name]}
    return "calculate", {"expression": question.expressions[name]}


def result_of(question: Question, name: str) -> str:
    """Return what the tool gives back: a passage or a number."""
    return question.passages.get(name) or shown(question.values[name])


def task_of(question: Question, name: str) -> str:
    """Write a work as a task, with values in it."""
    if name in question.queries:
        return question.queries[name]
    return f"= {question.expressions[name]}"


def by_task(question: Question, text: str) -> str:
    """Return the id of the work that a task asks for in its words.

    Raises:
        Refusal: None does; most likely a reference was not put in.
    """
    for name in question.works:
        if task_of(question, name) == text.strip():
            return name
    raise Refusal(f"{text!r} is no task of {question.id}")


def require_leaves(asked: Asked, text: str) -> None:
    """Refuse to answer where something is missing that the answer rests on.

    Raises:
        Refusal: The text has neither the passage nor the value of a work on which no
            other one depends.
    """
    question = asked.question
    for name in question.leaves:
        said = result_of(question, name), shown(question.values[name])
        if not any(stands_in(one, text) for one in said):
            raise Refusal(f"{question.id}: {name} is not among what was found")


def require_question(asked: Asked) -> None:
    """Refuse to plan or answer where the question was not asked.

    Raises:
        Refusal: It does not stand in what the user said.
    """
    if asked.question.text not in asked.user:
        raise Refusal(f"the question of {asked.question.id} was not asked")


def numbered(question: Question) -> list[str]:
    """Write the works one after the other, with `#2` for what the second finds."""
    place = {name: str(at) for at, name in enumerate(question.works, 1)}
    texts = []
    for name, step in question.works.items():
        text = template(step)
        for other, at in place.items():
            text = text.replace(f"${{{other}}}", f"#{at}")
        texts.append(text if name in question.queries else f"= {text}")
    return texts
