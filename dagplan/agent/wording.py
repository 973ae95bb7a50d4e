"""The texts at both ends: the question that is taken, the answer a plan words itself."""

from collections.abc import Callable, Mapping, Sequence

from dagplan.errors import QuestionError, StepError, TemplateError
from dagplan.events import StepResult
from dagplan.plan.model import Plan
from dagplan.plan.references import Reference, fill, is_unicode, resolve
from dagplan.plan.toolspec import ToolSpec
from dagplan.plan.wording import has_template, unpromised
from dagplan.policy import Wording

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


def answer_of(
    plan: Plan,
    results: Mapping[str, StepResult],
    tools: Sequence[ToolSpec],
    wording: Wording,
) -> str | None:
    """Return the answer in the plan's own words; None where a model is to word it.

    A plan without steps is an answer in the words of the model that planned: nothing
    was found that another one could word.

    Raises:
        TemplateError: No model may be asked, and the plan's words will not do.
    """
    if wording == "template":
        return _filled(plan, results, tools)
    if wording == "model" and plan.steps:
        return None
    return template_answer(plan, results, tools)


def template_answer(
    plan: Plan, results: Mapping[str, StepResult], tools: Sequence[ToolSpec]
) -> str | None:
    """Fill in the plan's answer template, where that says all there is to say.

    Only if every step succeeded and every value in the template is of a declared type:
    otherwise the wording was chosen without knowing what it would be about.
    """
    try:
        return _filled(plan, results, tools)
    except TemplateError:
        return None


def _filled(
    plan: Plan, results: Mapping[str, StepResult], tools: Sequence[ToolSpec]
) -> str:
    """Fill in the template.

    Raises:
        TemplateError: There is none, or it does not say all there is to say.
    """
    if plan.answer is None or not has_template(plan):
        raise TemplateError("the plan has none")
    for name, result in results.items():
        if result.status != "succeeded":
            why = f": {result.error}" if result.error else ""
            raise TemplateError(f"step {name!r} {result.status}{why}")
    if untyped := unpromised(plan, tools):
        raise TemplateError(f"nobody promised a type of {untyped[0]}")

    def look_up(reference: Reference) -> object:
        value = resolve(results[reference.step].value, reference)
        if value is None:
            raise TemplateError(f"{reference} has no value")
        return value

    try:
        return fill(plan.answer, look_up)
    except StepError as error:
        # Such as the first of an empty list: only a model can say that in words.
        raise TemplateError(str(error)) from error


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
