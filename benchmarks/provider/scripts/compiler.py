"""How a perfect model answers LLMCompiler: a plan by lines, its arithmetic, the joiner."""

import re

from benchmarks.provider.asked import Asked, Refusal, Reply
from benchmarks.questions.question import SEARCH, Question

from .known import numbered, require_leaves, require_question, result_of, stands_in

JOIN = "You join the results of a plan."
MATH = "Translate the problem into one expression that can be calculated."


def compiler(asked: Asked) -> Reply:
    """Answer the planner, the tool for arithmetic, or the joiner."""
    if asked.system == MATH:
        return _expression(asked)
    require_question(asked)
    if asked.system.startswith(JOIN):
        require_leaves(asked, asked.user)
        return Reply("answer", f"Action: Finish({asked.question.answer})")
    lines = [f"{at}. {call}" for at, call in enumerate(_calls(asked.question), 1)]
    lines.append(f"{len(lines) + 1}. join()<END_OF_PLAN>")
    return Reply("plan", "\n".join(lines))


def _calls(question: Question) -> list[str]:
    calls = []
    for text in numbered(question):
        given = re.sub(r"#(\d+)", r"$\1", text.replace('"', "'"))
        expression = given.removeprefix("= ")
        tool = SEARCH if given == expression else "math"
        calls.append(f'{tool}("{expression}")')
    return calls


def _expression(asked: Asked) -> Reply:
    """Put the numbers that were found into the expression of a call."""
    question = asked.question
    problem = asked.user.partition("\n")[0]
    for call, (name, step) in zip(
        _calls(question), question.works.items(), strict=True
    ):
        if call != problem:
            continue
        missing = [
            need
            for need in step.dependencies()
            if not stands_in(result_of(question, need), asked.user)
        ]
        if missing:
            raise Refusal(f"{question.id}: {missing} was not put into {problem!r}")
        return Reply("expression", question.expressions[name])
    raise Refusal(f"{problem!r} is no call of {question.id}")
