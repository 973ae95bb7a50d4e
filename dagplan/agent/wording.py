"""The texts at both ends: the question that is taken, the answer a plan words itself."""

from collections.abc import Callable, Mapping, Sequence

from dagplan.errors import QuestionError, StepError
from dagplan.events import StepResult
from dagplan.plan.check import value_type
from dagplan.plan.model import Plan
from dagplan.plan.references import fill, find, is_unicode, resolve
from dagplan.plan.returns import follow
from dagplan.plan.toolspec import ToolSpec

MOST_CHARACTERS = 100_000
"""Longest question, in characters."""


def check_question(question: str) -> None:
    """Refuse a question that no planner could take.

    Raises:
        QuestionError: It is empty or too long.
    """
    if not isinstance(question, str):
        raise QuestionError(
            f"the question is a {type(question).__name__}; write it as text"
        )
    if not is_unicode(question):
        raise QuestionError("the question holds half a character; write whole ones")
    if not question.strip():
        raise QuestionError("the question is empty; ask one")
    if len(question) > MOST_CHARACTERS:
        raise QuestionError(
            f"the question has {len(question):,} characters; "
            f"keep it under {MOST_CHARACTERS:,}"
        )


def template_answer(
    plan: Plan, results: Mapping[str, StepResult], tools: Sequence[ToolSpec]
) -> str | None:
    """Fill in the plan's answer template, where that says all there is to say.

    Only if every step succeeded and every value in the template is of a declared type:
    otherwise the wording was chosen without knowing what it would be about.
    """
    if plan.answer is None or not plan.answer.strip():
        return None
    if any(result.status != "succeeded" for result in results.values()):
        return None
    specs = {tool.name: tool for tool in tools}
    types = {step.id: value_type(step, specs) for step in plan.steps}
    try:
        for ref in find(plan.answer):
            if follow(types[ref.step], ref.path) is None:
                return None
            if resolve(results[ref.step].value, ref) is None:
                return None
        return fill(plan.answer, lambda ref: resolve(results[ref.step].value, ref))
    except StepError:
        # Such as the first of an empty list: only a model can say that in words.
        return None


class Said:
    """Hands the pieces of an answer on, and knows whether there were any."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._anything = False

    def __call__(self, text: str) -> None:
        """Hand the next piece on."""
        self._anything = True
        self._say(text)

    def nothing(self) -> bool:
        """Tell whether nothing was said yet: what was cannot be taken back."""
        return not self._anything
