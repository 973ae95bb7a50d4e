"""The LangGraph graph: `start → execute → END`, by way of `approve` and `ask`."""

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any, Required, TypedDict
from uuid import uuid4

import anyio
from langchain_core.runnables import RunnableLambda
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.config import get_config, get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore
from langgraph.types import interrupt

from dagplan.agent.answer import Agent, Invocation
from dagplan.agent.apart import apart
from dagplan.agent.approval import QUESTION, Held, problem_with
from dagplan.agent.background import background
from dagplan.agent.leaving import Leaving, leaving
from dagplan.agent.messages import AnswerMessages
from dagplan.agent.outcome import Answered
from dagplan.agent.portrait import portrait
from dagplan.agent.wording import check_question
from dagplan.events import Event
from dagplan.history import check_run_id
from dagplan.journal import MemoryJournal
from dagplan.journal.codec import decode, encode
from dagplan.plan.digest import digest
from dagplan.plan.references import as_text
from dagplan.protocols import Journal, Observer
from dagplan.scheduler import open_record

_MOST_CHARACTERS = 500  # of one result in `past_steps`
_CHECKPOINTER = "__pregel_checkpointer"
RUN_ID = "dagplan_run_id"
"""Key in `configurable` by which a caller names a run, to resume it by that name."""


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


class _State(AgentState, total=False):
    """What the nodes tell one another besides.

    Attributes:
        pending: What the run waits for, each with the digest to answer by.
        answers: What the user said to that.
        past: What happened before the planner asked, as the journal writes it: there
            may be no journal, and the process that goes on may be another one.
    """

    pending: list[dict[str, Any]]
    answers: dict[str, Any]
    past: list[list[str]]


def build_graph(
    execute: "Execute",
    *,
    name: str,
    checkpointer: BaseCheckpointSaver[Any] | bool | None,
    store: BaseStore | None,
) -> "CompiledStateGraph[Any, Any, Any, Any]":
    """Compile the graph around what executes runs.

    Args:
        execute: The node that plans, runs, replans and answers.
        name: Name of the graph.
        checkpointer: As for `StateGraph.compile`.
        store: As for `StateGraph.compile`.
    """
    approve, ask = partial(_approve, execute.agent), partial(_ask, execute.agent)
    graph = StateGraph(_State, input_schema=AgentState, output_schema=AgentState)
    graph.add_node("start", RunnableLambda(_start, name="start"))
    graph.add_node("execute", RunnableLambda(execute.run, execute.arun, name="execute"))
    graph.add_node("approve", RunnableLambda(approve, name="approve"))
    graph.add_node("ask", RunnableLambda(ask, name="ask"))
    graph.add_edge(START, "start")
    graph.add_edge("start", "execute")
    graph.add_conditional_edges("execute", _next, ["approve", "ask", END])
    graph.add_edge("approve", "execute")
    graph.add_edge("ask", "execute")
    compiled = graph.compile(checkpointer=checkpointer, store=store, name=name)
    # `compile` names the class itself; there is no way to ask it for another one.
    compiled.__class__ = DagAgent
    return compiled


def _start(state: _State) -> dict[str, object]:
    """Begin a new run: what an earlier question of the thread left is not its own."""
    question = state.get("input", "")
    configurable = get_config().get("configurable", {})
    run_id = configurable.get(RUN_ID)
    if run_id is None:
        check_question(question)
        run_id = _run_id(configurable)
    return {
        "input": question,
        "run_id": check_run_id(run_id),
        "plan": {},
        "past_steps": [],
        "response": "",
        "report": {},
        "pending": [],
        "answers": {},
        "past": [],
    }


def _run_id(configurable: Mapping[str, Any]) -> str:
    """Name a run by its thread and the checkpoint from which it begins.

    So it has the same name should this node run again after a crash, and another
    question of the thread has another.
    """
    if configurable.get("thread_id") is None:
        return uuid4().hex
    return digest([str(configurable["thread_id"]), configurable.get("checkpoint_ns")])


def _next(state: _State) -> str:
    pending = state.get("pending")
    if not pending:
        return END
    return "ask" if pending[0]["kind"] == QUESTION else "approve"


def _approve(agent: Callable[[], Agent], state: _State) -> dict[str, object]:
    """Ask the user about all that waits; what is not answered is asked again."""
    return _answers(agent, state, {"waiting": state["pending"]})


def _ask(agent: Callable[[], Agent], state: _State) -> dict[str, object]:
    """Put the planner's question to the user, who may answer it in words alone."""
    (pending,) = state["pending"]
    asked = {"question": pending["question"], "waiting": [pending]}
    return _answers(agent, state, asked)


def _answers(
    agent: Callable[[], Agent], state: _State, asked: Mapping[str, object]
) -> dict[str, object]:
    while True:
        answers = interrupt(asked)
        if isinstance(answers, str) and "question" in asked:
            answers = {state["pending"][0]["digest"]: answers}
        problem = problem_with(answers, state["pending"], agent().tools)
        if problem is None:
            return {"answers": dict(answers), "pending": []}
        asked = {**asked, "problem": problem}


class DagAgent(CompiledStateGraph[Any, Any, Any, Any]):
    """A compiled graph whose streams end the run when they are left."""

    def _repr_mimebundle_(
        self,
        include: Collection[str] | None = None,
        exclude: Collection[str] | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        """Draw the graph for a notebook, on this machine."""
        from dagplan.views.notebook import mime_bundle

        edges = ((edge.source, edge.target) for edge in self.get_graph().edges)
        return dict(mime_bundle(portrait(edges), None, include, exclude))

    def stream(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """Stream as LangGraph does; a `break` and Ctrl-C cancel the run."""
        caller = Leaving()
        chunks: Any = super().stream(*args, **kwargs)
        try:
            while True:
                # Set for the nodes that this step of the stream starts, and not for
                # what the reader does between two chunks.
                token = leaving.set(caller)
                try:
                    with caller.left_by_ctrl_c(background.told_of_ctrl_c):
                        chunk = next(chunks)
                except StopIteration:
                    return
                finally:
                    leaving.reset(token)
                yield chunk
        finally:
            caller.leave()
            chunks.close()

    async def astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        """Stream as LangGraph does; leaving it, in whatever way, cancels the run."""
        caller = Leaving()
        chunks: Any = super().astream(*args, **kwargs)
        try:
            while True:
                token = leaving.set(caller)
                try:
                    chunk = await anext(chunks)
                except StopAsyncIteration:
                    return
                finally:
                    leaving.reset(token)
                yield chunk
        finally:
            caller.leave()
            with anyio.CancelScope(shield=True):
                await chunks.aclose()
                await caller.gone()


class Execute:
    """The node that plans, runs, replans and answers.

    Args:
        agent: Makes the agent of one run, inside the event loop of that run.
        on_event: Sees each event of each run.
        journal: Where runs are recorded; None for nowhere.
        asks: Whether runs stop to ask the user.
    """

    def __init__(
        self,
        agent: Callable[[], Agent],
        on_event: Observer | None,
        journal: Journal | None,
        *,
        asks: bool,
    ) -> None:
        self.agent = agent
        self._on_event = on_event
        # What is done when a run stops to ask must be known when it goes on.
        self._notes = MemoryJournal() if asks and journal is None else None
        self._journal = journal or self._notes

    def run(self, state: _State) -> dict[str, object]:
        """Run the sync half, on the background loop."""
        observer, can_ask = self._observer(), _has_checkpointer()
        with apart():
            work = partial(self._execute, state, observer, can_ask=can_ask)
            return background.run(work, leaving.get() or Leaving())

    async def arun(self, state: _State) -> dict[str, object]:
        """Run the async half, on the caller's loop."""
        observer, caller = self._observer(), leaving.get()
        can_ask = _has_checkpointer()
        with (
            anyio.CancelScope() as scope,
            (caller or Leaving()).running(scope.cancel),
            apart(),
        ):
            return await self._execute(state, observer, can_ask=can_ask)
        raise RuntimeError("the caller of the graph has left")

    async def _execute(
        self, state: _State, observer: Observer, *, can_ask: bool
    ) -> dict[str, object]:
        run_id = state["run_id"] if self._journal is not None else None
        async with open_record(self._journal, run_id) as record:
            invocation = Invocation(
                observer,
                record,
                state.get("answers") or {},
                past=[decode(kind, body) for kind, body in state.get("past") or ()],
            )
            outcome = await self.agent().answer(state.get("input", ""), invocation)
        if isinstance(outcome, Held) and not can_ask:
            raise outcome.error()
        if isinstance(outcome, Answered) and self._notes is not None:
            await self._notes.forget(state["run_id"])
        return _update(outcome)

    def _observer(self) -> Observer:
        """Tell events to `on_event` and to LangGraph's streams."""
        write, on_event = get_stream_writer(), self._on_event
        messages = AnswerMessages()

        def observe(event: Event) -> None:
            write(event)
            messages.take(event)
            if on_event is not None:
                on_event(event)

        return observe


def _has_checkpointer() -> bool:
    return get_config().get("configurable", {}).get(_CHECKPOINTER) is not None


def _update(outcome: Answered | Held) -> dict[str, object]:
    run = outcome.run
    asks = isinstance(outcome, Held) and outcome.asked is not None
    return {
        "past": [[*encode(event)] for event in run.events] if asks else [],
        "pending": outcome.questions() if isinstance(outcome, Held) else [],
        "answers": {},
        "plan": run.plan.model_dump(mode="json", exclude_defaults=True),
        "past_steps": [
            [
                step.task or step.id,
                as_text(run.results[step.id].value)[:_MOST_CHARACTERS],
            ]
            for step in run.plan.steps
            if step.id in run.results and run.results[step.id].status == "succeeded"
        ],
        "response": outcome.response if isinstance(outcome, Answered) else "",
        "report": run.report.as_dict(),
    }
