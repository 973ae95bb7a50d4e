"""LLMCompiler (Kim et al., 2024): a streamed plan, eager tasks, raw results, a joiner.

Rebuilt from the paper and its code, https://github.com/SqueezeAILab/LLMCompiler, without
what slows that code down: a task starts the moment its line is complete and what it
needs is there, with no polling and no waiting for the next line. As there, `$1` becomes
the whole passage that the first task found, no value is read out of it, and the tool for
arithmetic asks a model to put the numbers into an expression.
"""

import re
from collections.abc import AsyncIterator
from typing import Any

import anyio

from benchmarks.provider.scripts.compiler import JOIN, MATH
from dagplan.tools.calculate import calculate

from . import Ask
from .site import Site, passages

PLANNER = """\
Given a user query, create a plan to solve it with the utmost parallelizability. Each \
line is `1. web_search("query")` or `2. math("$1 + 3")`; $1 is the output of action 1. \
End with join()<END_OF_PLAN>."""
JOINER = f"""\
{JOIN} Answer the question from the observations: Action: Finish(answer)."""
_LINE = re.compile(r'(\d+)\. (web_search|math)\("(.*)"\)')
_NUMBER = re.compile(r"\$(\d+)")
_FINISH = re.compile(r"Action: Finish\((.*)\)", re.DOTALL)


def prepare(site: Site) -> Ask:
    """Return a question by the compiler."""
    compiler = _Compiler(site)
    return compiler.ask


class _Compiler:
    def __init__(self, site: Site) -> None:
        self._question = site.question.text
        self._search = site.search()
        self._model: Any = site.model("compiler")

    async def ask(self) -> str:
        """Plan, run what can run while the plan is written, and join."""
        tasks: dict[int, _Task] = {}
        async with anyio.create_task_group() as group:
            async for line in self._lines():
                if match := _LINE.match(line):
                    tasks[int(match[1])] = task = _Task(match[2], match[3])
                    group.start_soon(self._run, task, tasks)
        return await self._join(tasks)

    async def _lines(self) -> AsyncIterator[str]:
        """Give each line of the plan once it is complete."""
        text = ""
        asked = [("system", PLANNER), ("user", self._question)]
        async for chunk in self._model.astream(asked):
            *lines, text = (text + str(chunk.content)).split("\n")
            for line in lines:
                yield line
        yield text

    async def _run(self, task: "_Task", tasks: dict[int, "_Task"]) -> None:
        # Plans refer backwards only, so what is needed is there already.
        needs = [tasks[int(number)] for number in _NUMBER.findall(task.given)]
        for need in needs:
            await need.done.wait()
        if task.tool == "math":
            task.found = [await self._work_out(task, needs)]
        else:
            query = _NUMBER.sub(lambda m: tasks[int(m[1])].found[0], task.given)
            task.found = await passages(self._search, query)
        task.done.set()

    async def _work_out(self, task: "_Task", needs: list["_Task"]) -> str:
        """Have a model put the numbers in, then calculate."""
        seen = "\n".join(" ".join(need.found) for need in needs)
        told = f'math("{task.given}")\n\n{seen}'
        said = await self._model.ainvoke([("system", MATH), ("user", told)])
        return str(calculate(str(said.content)))

    async def _join(self, tasks: dict[int, "_Task"]) -> str:
        seen = "\n".join(
            f"{number}. {task.given}\nObservation: {' '.join(task.found)}"
            for number, task in tasks.items()
        )
        told = f"Question: {self._question}\n\n{seen}"
        said = await self._model.ainvoke([("system", JOINER), ("user", told)])
        match = _FINISH.search(str(said.content))
        return match[1] if match else str(said.content)


class _Task:
    def __init__(self, tool: str, given: str) -> None:
        self.tool = tool
        self.given = given
        self.found: list[str] = []
        self.done = anyio.Event()
