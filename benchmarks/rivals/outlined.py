"""What plans of numbered tasks have in common: the plan, references, reading."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field

from benchmarks.provider.scripts.outline import ANSWER, READ
from dagplan.tools.calculate import calculate

from .site import Site, passages

PLANNER = """\
List the searches that find the facts that the question needs, and what is to be \
calculated from them, as "= #1 - #2". Write #1 for what the first task finds."""
_NUMBER = re.compile(r"#(\d+)")
_SUM = "= "


class Outline(BaseModel):
    """The tasks."""

    tasks: list[str] = Field(description="in order; #1 is what the first one found")


class Outlined:
    """A question by a plan of tasks, a model call at a time.

    Args:
        site: Where it is answered.
    """

    def __init__(self, site: Site) -> None:
        self._question = site.question.text
        self._search = site.search()
        self._model: Any = site.model("outline")
        self._planner: Any = self._model.with_structured_output(Outline)

    async def plan(self) -> list[str]:
        """Return the tasks."""
        asked = [("system", PLANNER), ("user", self._question)]
        found: Outline = await self._planner.ainvoke(asked)
        return found.tasks

    async def find(self, task: str, known: Mapping[int, str], *, read: bool) -> str:
        """Do a task, with what is known put in, and read the value if asked to."""
        filled = _NUMBER.sub(lambda m: known.get(int(m[1]), m[0]), task)
        if filled.startswith(_SUM):
            return str(calculate(filled.removeprefix(_SUM)))
        found = "\n".join(await passages(self._search, filled))
        if not read:
            return found
        told = f"Task: {filled}\n\nPassage:\n{found}"
        said = await self._model.ainvoke([("system", READ), ("user", told)])
        return str(said.content)

    async def answer(self, tasks: Sequence[str], found: Mapping[int, str]) -> str:
        """Answer from all that was found."""
        listed = "\n".join(f"{task}: {found[at]}" for at, task in enumerate(tasks, 1))
        told = f"Question: {self._question}\n\n{listed}"
        said = await self._model.ainvoke([("system", ANSWER), ("user", told)])
        return str(said.content)


def needs(task: str) -> set[int]:
    """Return the numbers of the tasks that a task refers to."""
    return {int(number) for number in _NUMBER.findall(task)}


def levels(tasks: Sequence[str]) -> list[list[int]]:
    """Return the numbers of the tasks, level by level."""
    level: dict[int, int] = {}
    for at, task in enumerate(tasks, 1):
        level[at] = 1 + max((level[need] for need in needs(task)), default=-1)
    rows: list[list[int]] = [[] for _ in range(1 + max(level.values()))]
    for at, place in level.items():
        rows[place].append(at)
    return rows
