"""The one question that a planner may ask the user instead of planning."""

from collections.abc import Collection, Sequence
from typing import Final

from dagplan.errors import PlanError, Problem, UnclearQuestionError
from dagplan.plan.load import parse_json
from dagplan.plan.references import is_unicode, short
from dagplan.plan.toolspec import ToolSpec
from dagplan.planning.fence import unfenced
from dagplan.protocols import PlanRequest

ASK: Final = "ask_user"
"""First and only key of what stands in place of the steps."""

_MOST = 2_000  # characters of a question to the user
_LONGEST = 20_000  # characters of JSON that may hold one; longer texts are plans


def may_ask(request: PlanRequest) -> bool:
    """Tell whether the planner may ask the user.

    Not where steps of the plan have begun already, nor where a tool has that name: then
    asking is a step like any other.
    """
    taken = any(tool.name == ASK for tool in request.tools)
    return request.may_ask and not request.kept and not taken


def question_in(text: str, tools: Sequence[ToolSpec]) -> str | None:
    """Return what a planner asks instead of planning; None where it plans.

    Args:
        text: What it wrote.
        tools: What steps may call.

    Raises:
        PlanError: It does both, or its question is none.
    """
    if (
        ASK not in text
        or len(text) > _LONGEST
        or any(tool.name == ASK for tool in tools)
    ):
        return None
    steps = _steps(text)
    asking = [each for each in steps if isinstance(each, dict) and ASK in each]
    if not asking:
        return None
    if len(steps) > 1 or len(asking[0]) > 1:
        raise _refused(asking[0], f'write {{"{ASK}": "…"}} and no other step, or plan')
    asked = asking[0][ASK]
    if not isinstance(asked, str) or not asked.strip() or not is_unicode(asked):
        raise _refused(asked, "write the question as text")
    if len(asked) > _MOST:
        raise _refused(asked, f"ask in no more than {_MOST:,} characters")
    return asked.strip()


def refuse_to_plan(text: str, request: PlanRequest, kept: Collection[str]) -> None:
    """Raise what a planner asks instead of planning; do nothing where it plans.

    Args:
        text: What it wrote.
        request: What it was asked.
        kept: Ids of the steps that have begun.

    Raises:
        UnclearQuestionError: It asks the user.
        PlanError: It may not ask, or asks in a way that is none.
    """
    asked = question_in(text, request.tools)
    if asked is None:
        return
    if kept or not may_ask(request):
        raise _refused(asked, "the user cannot be asked; plan with what you know")
    raise UnclearQuestionError(asked)


def _steps(text: str) -> Sequence[object]:
    """Return what is written as steps; nothing where the text is no plan at all."""
    try:
        document = parse_json(unfenced(text))
    except PlanError:
        # Whoever reads the plan says so, with all its problems.
        return ()
    steps = document.get("steps") if isinstance(document, dict) else document
    return steps if isinstance(steps, list) else ()


def _refused(value: object, remedy: str) -> PlanError:
    return PlanError([Problem(None, "question", short(value), remedy)])
