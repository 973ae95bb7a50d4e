"""An oracle over real HTTP, for plans whose sub-questions have one exact wording.

The server answers a sub-question only if every earlier result was put into it exactly;
for any other it fails. MuSiQue (CC-BY-4.0) knows the sub-questions and their answers.
`python -m tests.planning.oracle --data DIR [--plans 300]` asks each of its questions
twice: as a plan that is run directly, each step a search over HTTP, and through the
planner, which a server streams the plan to.
"""

import argparse
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from pydantic import SecretStr

from dagplan import Plan, Step, create_dag_agent, execute_plan
from dagplan.errors import DagplanError
from dagplan.steps import PlannedStepRunner
from dagplan.tools import as_tool
from dagplan.tools.search import WebSearch
from dagplan.tools.spec import by_name
from tests.loopback import Found, Hit, Json, Loopback, Recorded, Reply, Sliced, serve
from tests.loopback.clients import chat_model
from tests.real_plans import Written, filled, read

TEMPLATE = "${{s{}}}"
"""A reference to a value that was read out."""

PASSAGE = "${{s{}.results.0.content}}"
"""A reference to the passage that a search found, as it is."""


class Oracle:
    """Knows one question: what may be asked on the way, and what the answers are.

    Attributes:
        written: The plan as a person wrote it.
        queries: The sub-questions with all earlier answers put in, by step.
        answers: What they are answered, by step.
    """

    def __init__(self, written: Written) -> None:
        self.written = written
        steps = written["steps"]
        self.answers: dict[str, str] = {s["id"]: str(s["answer"]) for s in steps}
        self.queries = {
            step["id"]: self._worded(step["text"], self.answers.__getitem__)
            for step in steps
        }

    def _worded(self, text: str, say: Callable[[str], str]) -> str:
        return " ".join(filled(self.written, text, say).split())

    def passage(self, step: str) -> str:
        """What a search finds: more than the answer, so that it has to be read out."""
        return f"{self.queries[step]} is known: {self.answers[step]} (p. {step})."

    def plan(self, reference: str) -> list[tuple[str, str]]:
        """The steps as pairs of id and query.

        Args:
            reference: How the result of a step is referred to, `{}` being its number.
        """
        return [
            (f"s{step['id']}", self._worded(step["text"], reference.format))
            for step in self.written["steps"]
        ]

    def find(self, query: str, *, clean: bool) -> Reply | None:
        """Answer a search whose query is exact; None to any other.

        Args:
            query: What was asked.
            clean: Whether the passage is the answer itself.
        """
        for step, exact in self.queries.items():
            if query == exact:
                hit = self.answers[step] if clean else self.passage(step)
                return Found((Hit(hit),))
        return None

    def chat(self, request: Recorded) -> Reply | str:
        """Answer as a perfect model would: plan, read values out, word the answer."""
        name = (request.json_schema or {}).get("name")
        if name == "plan":
            return Sliced(Json(self.wire()), characters=5, octets=7)
        if name == "value":
            return Json({"value": self._read(request.text)})
        last = self.written["steps"][-1]["id"]
        assert _shows(request.text, self.passage(last)), "the last result is missing"
        return str(self.written["answer"])

    def wire(self) -> dict[str, Any]:
        """The plan as the planning model writes it.

        Every other question has a template for its answer; the others are worded by
        the model that sees what was found.
        """
        pairs = self.plan(TEMPLATE)
        last = pairs[-1][0]
        templated = len(self.written["question"]) % 2 == 0
        return {
            "steps": [
                {
                    "web_search": {"query": query},
                    "id": f"{step}:text" if step != last or templated else step,
                }
                for step, query in pairs
            ],
            "answer": f"${{{last}}}" if templated else None,
        }

    def _read(self, asked: str) -> str | None:
        """Read a value out of what is shown; both query and passage must be exact."""
        for step, query in self.queries.items():
            if _shows(asked, self.passage(step)) and _shows(asked, query):
                return self.answers[step]
        return None


def _shows(text: str, what: str) -> bool:
    """Tell whether a text holds another one, as JSON writes it."""
    return json.dumps(what, ensure_ascii=False)[1:-1] in text


async def ask_directly(loopback: Loopback, oracle: Oracle) -> object:
    """Run the plan with a search for each step; returns the last result."""
    loopback.answer_search(lambda query: oracle.find(query, clean=True))
    steps = [
        Step(id=step, tool="web_search", args={"query": query})
        for step, query in oracle.plan(PASSAGE)
    ]
    plan, tool = Plan(steps=steps), as_tool(_search(loopback))
    plan.check([tool.spec])
    run = await execute_plan(plan, PlannedStepRunner(by_name([tool])))
    found: Any = run.results[steps[-1].id].value
    return found["results"][0]["content"] if found else None


async def ask_the_agent(loopback: Loopback, oracle: Oracle) -> object:
    """Ask the question; the server streams the plan and reads the values out."""
    loopback.answer(oracle.chat)
    loopback.answer_search(lambda query: oracle.find(query, clean=False))
    agent = create_dag_agent(chat_model(loopback), tools=[_search(loopback)])
    result = await agent.ainvoke({"input": oracle.written["question"]})
    return result["response"]


def _search(loopback: Loopback) -> Callable[[str], Awaitable[object]]:
    key = SecretStr("tvly-test")
    return WebSearch(key, base_url=loopback.tavily_url).web_search


Ask = Callable[[Loopback, Oracle], Awaitable[object]]
WAYS: dict[str, Ask] = {
    "directly": ask_directly,
    "by the agent": ask_the_agent,
}


async def fault(loopback: Loopback, oracle: Oracle, ask: Ask) -> str | None:
    """Ask a question in one way and say what was not exact; None if all was."""
    try:
        answer = await ask(loopback, oracle)
    except DagplanError as error:
        answer = error
    if violations := loopback.take_violations():
        return "; ".join(violations)
    if answer != oracle.written["answer"]:
        return f"the answer is {answer!r}, not {oracle.written['answer']!r}"
    asked = sorted(str(search.body["query"]) for search in loopback.searches)
    exact = sorted(oracle.queries.values())
    return None if asked == exact else f"asked {asked}, not {exact}"


async def _campaign(folder: str, count: int) -> int:
    questions = read(folder, "musique")[:count]
    failed = 0
    with serve() as server:
        for way, ask in WAYS.items():
            began, exact, searches, calls = time.perf_counter(), 0, 0, 0
            for written in questions:
                oracle = Oracle(written)
                with server.script() as loopback:
                    wrong = await fault(loopback, oracle, ask)
                searches += len(loopback.searches)
                calls += len(loopback.requests)
                exact += wrong is None
                if wrong:
                    sys.stdout.write(f"{written['id']} {way}: {wrong}\n")
            failed += len(questions) - exact
            sys.stdout.write(
                f"{way}: {exact} of {len(questions)} exact; {searches} searches, "
                f"{calls} model calls, {time.perf_counter() - began:.0f} s\n"
            )
    return failed


def main() -> int:
    """Ask the questions; returns 1 if one was not answered exactly."""
    parser = argparse.ArgumentParser(prog="python -m tests.planning.oracle")
    parser.add_argument("--data", required=True, help="a folder with musique.jsonl")
    parser.add_argument("--plans", type=int, default=300, help="how many questions")
    wish = parser.parse_args()
    return 1 if anyio.run(_campaign, wish.data, wish.plans) else 0


if __name__ == "__main__":
    sys.exit(main())
