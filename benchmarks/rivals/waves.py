"""LangGraph's `Send` for each step of a wave, a barrier after it, every fact read."""

import operator
from typing import Annotated, Any, TypedDict

from . import Ask
from .outlined import Outlined, levels
from .site import Site

_MOST_TURNS = 100


class State(TypedDict, total=False):
    """What the nodes share."""

    tasks: list[str]
    wave: int
    found: Annotated[dict[int, str], operator.or_]
    response: str


class Task(TypedDict):
    """What a `Send` carries."""

    at: int
    task: str
    known: dict[int, str]


def prepare(site: Site, retry: object = None) -> Ask:
    """Return a question to the compiled graph.

    Args:
        site: Where it is answered.
        retry: LangGraph's `RetryPolicy` for each node.
    """
    graph = _graph(Outlined(site), retry)

    async def ask() -> str:
        state = await graph.ainvoke({}, {"recursion_limit": _MOST_TURNS})
        return str(state["response"])

    return ask


def _graph(outlined: Outlined, retry: object) -> Any:
    from langgraph.graph import END, START, StateGraph
    from langgraph.types import Send

    async def plan(_: State) -> State:
        return {"tasks": await outlined.plan(), "wave": 0}

    async def find(task: Task) -> State:
        value = await outlined.find(task["task"], task["known"], read=True)
        return {"found": {task["at"]: value}}

    async def join(state: State) -> State:
        return {"wave": state["wave"] + 1}

    async def answer(state: State) -> State:
        return {"response": await outlined.answer(state["tasks"], state["found"])}

    def fan_out(state: State) -> Any:
        rows = levels(state["tasks"])
        if state["wave"] == len(rows):
            return "answer"
        return [
            Send("find", Task(at=at, task=state["tasks"][at - 1], known=known))
            for known in [state.get("found") or {}]
            for at in rows[state["wave"]]
        ]

    builder: Any = StateGraph(State)
    builder.add_node("plan", plan, retry_policy=retry)
    builder.add_node("find", find, input_schema=Task, retry_policy=retry)
    builder.add_node("join", join)
    builder.add_node("answer", answer, retry_policy=retry)
    builder.add_edge(START, "plan")
    builder.add_edge("find", "join")
    for node in ("plan", "join"):
        builder.add_conditional_edges(node, fan_out, ["find", "answer"])
    builder.add_edge("answer", END)
    return builder.compile()
