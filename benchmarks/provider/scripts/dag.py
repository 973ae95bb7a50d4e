"""How a perfect model answers dagplan: plans, values read out, answers."""

from typing import Any

from benchmarks.provider.asked import Asked, Refusal, Reply, compact
from benchmarks.questions.question import SEARCH, Question
from benchmarks.questions.tools import tools
from dagplan import Plan, Step
from dagplan.planning.wire import write_plan, write_step

from .known import by_task, found_in, require_leaves, require_question

PARTLY = "A part of it could not be found; the rest is as the results say."


def dag(
    asked: Asked,
    *,
    full: bool = False,
    templated: bool = True,
    agents: bool = False,
    typed: bool = False,
) -> Reply:
    """Answer a call of dagplan's planner, reader, step agent or replanner.

    Args:
        asked: The request.
        full: Whether plans are written with every field, at its default too.
        templated: Whether plans word the answer where that can be done.
        agents: Whether every search is a step for an agent.
        typed: Whether every search says what it returns.
    """
    if asked.schema == "plan":
        require_question(asked)
        plan = perfect_plan(asked.question, templated=templated, agents=agents)
        plan = _typed(plan, asked.question) if typed else plan
        return Reply("plan", plan_text(plan, full=full))
    if asked.schema == "value":
        return _value(asked)
    if asked.user.startswith("Task: "):
        return _turn(asked)
    if asked.schema == "Enough":
        return Reply("turn", compact({"enough": True}))
    require_question(asked)
    if "(failed)" in asked.user:
        return Reply("answer", PARTLY)
    require_leaves(asked, asked.user)
    return Reply("answer", asked.question.answer)


def perfect_plan(
    question: Question, *, templated: bool = True, agents: bool = False
) -> Plan:
    """Return the plan that a perfect model writes."""
    steps = question.written.steps
    if agents:
        steps = [_as_agent(step) for step in steps]
    return Plan(steps=steps, answer=question.written.answer if templated else None)


def _as_agent(step: Step) -> Step:
    if step.tool != SEARCH:
        return step
    return step.model_copy(
        update={"tool": None, "args": {}, "task": str(step.args["query"])}
    )


def _typed(plan: Plan, question: Question) -> Plan:
    """Have every search say what it returns, needed or not."""
    steps = [
        step.model_copy(update={"returns": step.returns or kind_of(question, step)})
        if step.tool == SEARCH
        else step
        for step in plan.steps
    ]
    return Plan(steps=steps, answer=plan.answer)


def kind_of(question: Question, step: Step) -> str:
    """Return the type of what a search finds, or of each of its items."""
    value = question.values[by_task(question, queries_of(question, step)[0])]
    return "text" if isinstance(value, str) else "number"


def queries_of(question: Question, step: Step) -> list[str]:
    """Return what a search of the written plan asks: one query, or one per item."""
    template = str(step.args["query"])
    if isinstance(step.for_each, list):
        return [template.replace("${item}", str(item)) for item in step.for_each]
    return [question.queries[step.id]]


def plan_text(plan: Plan, *, full: bool = False) -> str:
    """Write a plan in the wire format.

    Args:
        plan: The plan.
        full: Whether every field of every step is written, at its default too, in
            the form that `Plan.model_validate_json` reads.
    """
    specs = [tool.spec for tool in tools(_unused)]
    if not full:
        return write_plan(plan, specs)
    document = {
        "steps": [_in_full(write_step(step, specs), step) for step in plan.steps],
        "answer": plan.answer,
    }
    return compact(document)


async def _unused(query: str) -> str:
    """Search the web for one fact."""
    return query


_unused.__name__ = SEARCH


def _in_full(written: dict[str, Any], step: Step) -> dict[str, Any]:
    """Put all that a step may say around it."""
    call = written.get("step", written)
    around: dict[str, Any] = {"partial": False, "depends_on": [], "optional": []}
    if step.tool is not None:
        around["task"] = f"Look up: {compact(step.args)}"
    if step.for_each is not None:
        around["for_each"] = step.for_each
    return {"more": [{key: value} for key, value in around.items()], "step": call}


def _value(asked: Asked) -> Reply:
    """Read the value of the one passage that was found."""
    question = asked.question
    found = found_in(question, asked.user)
    if len(found) != 1:
        raise Refusal(f"{question.id}: {len(found)} passages to read a value out of")
    return Reply("value", compact({"value": question.values[found[0]]}))


def _turn(asked: Asked) -> Reply:
    """Carry out one step as an agent: search, then say what was found."""
    question = asked.question
    task = asked.user.removeprefix("Task: ").partition("\n\n")[0]
    name = by_task(question, task)
    if name not in found_in(question, asked.found):
        arguments = compact({"query": question.queries[name]})
        return Reply("turn", calls=[(SEARCH, arguments)])
    value = question.values[name]
    if "result" in asked.tools:
        return Reply("turn", calls=[("result", compact({"value": value}))])
    return Reply("turn", question.passages[name])
