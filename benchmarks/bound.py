"""The least time in which a question can be answered by a plan.

The plan is streamed, each step starts as soon as it can, and a model reads only where
a later step or the answer's template needs a value. All times are the provider's own
simulated ones, and nothing else takes any:

    close(s)  = token(index of the token that holds the closing brace of step s)
    start(s)  = max(close(s), done(d) for each d that s needs)
    done(s)   = start(s)                                         arithmetic, order
                start(s) + max over its queries q of             a search
                  search(q) + token(last of {"value":…})         if its value is needed
    planned   = token(last of the plan)
    bound     = max(planned, done(s) for each s)
                  + token(last of the answer)                    without a template

where token(i) = first + i · per token. What is not in it: HTTP, JSON, event loops, and
all that a client does.
"""

from collections.abc import Iterator

from benchmarks.provider.asked import compact
from benchmarks.provider.pace import Pace
from benchmarks.provider.pieces import pieces
from benchmarks.provider.scripts.dag import perfect_plan, plan_text, queries_of
from benchmarks.provider.scripts.known import by_task
from benchmarks.questions.question import SEARCH, Question
from dagplan import Plan
from dagplan.plan.references import find
from dagplan.planning.scanner import StepScanner


def bound(question: Question, pace: Pace, *, templated: bool = True) -> float:
    """Return the least seconds for a question, by the formula above.

    Args:
        question: The question.
        pace: The simulated times; without jitter, tail and limits.
        templated: Whether the plan may word the answer.
    """
    plan = perfect_plan(question, templated=templated)
    text = plan_text(plan)
    ended = max(_done(question, plan, text, pace).values())
    planned = pace.token_at(len(pieces(text)) - 1)
    answering = pace.token_at(len(pieces(question.answer)) - 1)
    return max(planned, ended) + (0.0 if plan.answer is not None else answering)


def _done(question: Question, plan: Plan, text: str, pace: Pace) -> dict[str, float]:
    closed = dict(zip((s.id for s in plan.steps), closings(text), strict=True))
    wanted = {ref.step for step in plan.steps for ref in step.references()}
    wanted |= {ref.step for ref in find(plan.answer or "")}
    done: dict[str, float] = {}
    for step in plan.steps:
        needs = [done[need] for need in step.dependencies()]
        started = max([pace.token_at(closed[step.id]), *needs])
        done[step.id] = started
        if step.tool == SEARCH:
            queries = queries_of(question, step)
            needed = step.id in wanted
            done[step.id] += max(_found(question, q, pace, needed) for q in queries)
    return done


def _found(question: Question, query: str, pace: Pace, needed: bool) -> float:  # noqa: FBT001
    """Return the seconds of a search, and of reading its value where it is needed."""
    seconds = pace.search_takes(query)
    if needed:
        value = question.values[by_task(question, query)]
        read = compact({"value": value})
        seconds += pace.token_at(len(pieces(read)) - 1)
    return seconds


def closings(text: str) -> Iterator[int]:
    """Give the index of the token that closes each step, in order."""
    scanner = StepScanner()
    for index, piece in enumerate(pieces(text)):
        for _ in scanner.feed(piece):
            yield index
