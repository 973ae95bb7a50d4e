"""How a perfect model answers the plan-and-execute tutorial of LangGraph."""

from benchmarks.provider.asked import Asked, Refusal, Reply, compact
from benchmarks.questions.question import Question, shown

from .known import (
    by_task,
    call_of,
    numbered,
    ready,
    require_question,
    result_of,
    stands_in,
    task_of,
)

DONE = "You have currently done the follow steps:"
_TASK = "You are tasked with executing step 1, "


def tutorial(asked: Asked) -> Reply:
    """Answer a call of the tutorial's planner, step agent or replanner."""
    if asked.schema == "Plan":
        require_question(asked)
        return Reply("plan", compact({"steps": numbered(asked.question)}))
    if asked.schema == "Act":
        require_question(asked)
        return Reply("replan", compact({"action": _act(asked)}))
    return _turn(asked)


def _act(asked: Asked) -> dict[str, object]:
    """Answer if all is known, else repeat what is left with what is known put in."""
    question = asked.question
    done = _done(question, asked.user.partition(DONE)[2])
    left = [name for name in question.works if name not in done]
    if not left:
        return {"response": question.answer}
    return {"steps": [_written(question, name, done) for name in left]}


def _done(question: Question, told: str) -> list[str]:
    """Return the works whose task stands before what it found."""
    return [
        name
        for name in question.works
        if _stands(task_of(question, name), told)
        and _stands(shown(question.values[name]), told)
    ]


def _stands(said: str, told: str) -> bool:
    """Look for it as Python writes it in a list of tuples, too."""
    return stands_in(said, told) or repr(said)[1:-1] in told


def _written(question: Question, name: str, done: list[str]) -> str:
    if name in ready(question, done):
        return task_of(question, name)
    return numbered(question)[list(question.works).index(name)]


def _turn(asked: Asked) -> Reply:
    """Carry out the step that the agent is told: call a tool, then say its result."""
    question = asked.question
    _, said, task = asked.user.rpartition(_TASK)
    if not said:
        raise Refusal(f"no step was named: {asked.user[-200:]!r}")
    name = by_task(question, task.removesuffix("."))
    if stands_in(result_of(question, name), asked.found):
        return Reply("answer", shown(question.values[name]))
    tool, args = call_of(question, name)
    return Reply("turn", calls=[(tool, compact(args))])
