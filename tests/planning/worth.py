"""What a plan that a model wrote is worth: valid at first try, wide, short."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.tokenizer import Tokenizer
from dagplan.errors import PlanError
from dagplan.plan import Plan, PlanLimits, Step, ToolSpec
from dagplan.plan.check import check_plan
from dagplan.plan.graph import layers
from dagplan.planning.wire import read_plan

SEARCH = '"web_search"'
_STEPS = re.compile(r'"steps"\s*:\s*\[|^\s*(?:```\w*\s*)?\[')
_BETWEEN = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Worth:
    """What one written plan is worth.

    Attributes:
        problems: How often each rule was broken; none where the plan could run as it
            was written.
        steps: How many steps it has.
        calls: How many calls these are, as far as the plan tells: a list that is
            written out has a call for each item.
        width: Most calls on one level, those that may run side by side.
        depth: Steps on the longest path, the levels.
        agents: Steps that only an agent can do.
        tokens: Of the whole text.
        of_steps: Tokens of each step as it was written, with what parts it from the
            next.
        of_searches: Of each call that searches the web, as its part of its step.
        told: Whether it answers or asks, without a step.
    """

    problems: Mapping[str, int]
    steps: int
    calls: int
    width: int
    depth: int
    agents: int
    tokens: int
    of_steps: Sequence[int]
    of_searches: Sequence[float]
    told: bool

    @property
    def valid(self) -> bool:
        """Whether it could run as it was written."""
        return not self.problems


def judge(text: str, tools: Sequence[ToolSpec], tokenizer: Tokenizer) -> Worth:
    """Read and check a plan as the planner does, and count its tokens."""
    problems: Counter[str] = Counter()
    plan = Plan(steps=[])
    levels: list[int] = []
    try:
        plan = read_plan(text, tools)
        check_plan(plan, tools, PlanLimits())
        calls = {step.id: _calls(step) for step in plan.steps}
        levels = [sum(map(calls.__getitem__, level)) for level in layers(plan)]
    except PlanError as error:
        problems.update(problem.rule for problem in error.problems)
    written = [*slices(text)]
    tokens, *of_steps = tokenizer.count([text.strip(), *written])
    return Worth(
        problems=problems,
        steps=len(plan.steps) or len(written),
        calls=sum(map(_calls, plan.steps)) or len(written),
        width=max(levels, default=0),
        depth=len(levels),
        agents=sum(step.tool is None for step in plan.steps),
        tokens=tokens,
        of_steps=of_steps,
        of_searches=[*_of_searches(plan, written, of_steps)],
        told=not written and not problems,
    )


def _of_searches(
    plan: Plan, written: Sequence[str], of_steps: Sequence[int]
) -> Iterator[float]:
    """Give the tokens of each search; none where the steps could not be read."""
    for step, text, tokens in zip(plan.steps, written, of_steps, strict=False):
        if SEARCH in text and (calls := _calls(step)):
            yield from [tokens / calls] * calls


def _calls(step: Step) -> int:
    return len(step.for_each) if isinstance(step.for_each, list) else 1


def slices(text: str) -> Iterator[str]:
    """Cut the steps out of a plan's text, each up to where the next one begins.

    Ends early where the text is no JSON: what cannot be parsed has no tokens of steps.
    """
    found = _STEPS.search(text)
    decoder = json.JSONDecoder()
    start = found.end() if found else len(text)
    while start < len(text):
        begin = _end(_BETWEEN, text, start)
        try:
            _, end = decoder.raw_decode(text, begin)
        except ValueError:
            return
        start = _end(_BETWEEN, text, end)
        yield text[begin:start]


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start
