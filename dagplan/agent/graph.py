"""The LangGraph graph: `start → execute → END`."""

from collections.abc import Callable
from typing import Any, Required, TypedDict
from uuid import uuid4

from langchain_core.runnables import RunnableLambda
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore

from dagplan.agent.answer import Agent, Answered, check_question
from dagplan.agent.background import background
from dagplan.events import Event
from dagplan.plan.references import as_text
from dagplan.protocols import Observer

_MOST_CHARACTERS = 500  # of one result in `past_steps`


class AgentState(TypedDict, total=False):
    """State of the graph: plain JSON, with the keys of LangGraph's tutorial.

    Attributes:
        input: The question.
        run_id: Names the run; new for each question.
        plan: The plan as it was run, as `Plan.model_dump` gives it.
        past_steps: Pairs of a step's task and what it found, cut short.
        response: The answer.
        report: `RunReport.as_dict`.
    """

    input: Required[str]
    run_id: str
    plan: dict[str, Any]
    past_steps: list[list[str]]
    response: str
    report: dict[str, Any]


def build_graph(
    agent: Callable[[], Agent],
    *,
    name: str,
    on_event: Observer | None,
    checkpointer: BaseCheckpointSaver[Any] | bool | None,
    store: BaseStore | None,
) -> "CompiledStateGraph[Any, Any, Any, Any]":
    """Compile the graph around an agent.

    Args:
        agent: Makes the agent of one run, inside the event loop of that run.
        name: Name of the graph.
        on_event: Sees each event of each run.
        checkpointer: As for `StateGraph.compile`.
        store: As for `StateGraph.compile`.
    """
    node = _Execute(agent, on_event)
    graph = StateGraph(AgentState)
    graph.add_node("start", RunnableLambda(_start, name="start"))
    graph.add_node("execute", RunnableLambda(node.run, node.arun, name="execute"))
    graph.add_edge(START, "start")
    graph.add_edge("start", "execute")
    graph.add_edge("execute", END)
    return graph.compile(checkpointer=checkpointer, store=store, name=name)


def _start(state: AgentState) -> dict[str, object]:
    """Begin a new run: what an earlier question of the thread left is not its own."""
    check_question(state.get("input", ""))
    return {
        "run_id": uuid4().hex,
        "plan": {},
        "past_steps": [],
        "response": "",
        "report": {},
    }


class _Execute:
    """The node that plans, runs, replans and answers."""

    def __init__(self, agent: Callable[[], Agent], on_event: Observer | None) -> None:
        self._agent = agent
        self._on_event = on_event

    def run(self, state: AgentState) -> dict[str, object]:
        """Run the sync half, on the background loop."""
        observer = self._observer()
        return background.run(lambda: self._execute(state, observer))

    async def arun(self, state: AgentState) -> dict[str, object]:
        """Run the async half, on the caller's loop."""
        return await self._execute(state, self._observer())

    async def _execute(
        self, state: AgentState, observer: Observer
    ) -> dict[str, object]:
        return _update(await self._agent().answer(state["input"], observer))

    def _observer(self) -> Observer:
        """Tell events to `on_event` and to LangGraph's `custom` stream."""
        write, on_event = get_stream_writer(), self._on_event

        def observe(event: Event) -> None:
            write(event)
            if on_event is not None:
                on_event(event)

        return observe


def _update(answered: Answered) -> dict[str, object]:
    run = answered.run
    return {
        "plan": run.plan.model_dump(mode="json", exclude_defaults=True),
        "past_steps": [
            [
                step.task or step.id,
                as_text(run.results[step.id].value)[:_MOST_CHARACTERS],
            ]
            for step in run.plan.steps
            if run.results[step.id].status == "succeeded"
        ],
        "response": answered.response,
        "report": run.report.as_dict(),
    }
