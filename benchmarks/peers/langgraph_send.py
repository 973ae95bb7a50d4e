"""LangGraph's map: a `Send` for each step of a wave, and a barrier after the wave."""

import operator
from typing import Annotated, Any, TypedDict

from benchmarks.peers import SLOTS, Once, Work
from benchmarks.shapes import Graph, layers


class State(TypedDict):
    """What the nodes share."""

    wave: int
    done: Annotated[int, operator.add]


class Task(TypedDict):
    """What a `Send` carries."""

    index: int


def prepare(steps: Graph, step: Work) -> Once:
    """Return a run of the compiled graph, without a checkpointer."""
    from langgraph.graph import END, START, StateGraph
    from langgraph.types import Send

    waves = layers(steps)

    async def work(state: Task) -> dict[str, int]:
        await step(state["index"])
        return {"done": 1}

    async def join(state: State) -> dict[str, int]:
        return {"wave": state["wave"] + 1}

    def fan_out(state: State) -> Any:
        if state["wave"] == len(waves):
            return END
        return [Send("work", Task(index=index)) for index in waves[state["wave"]]]

    builder = StateGraph(State)
    builder.add_node("work", work, input_schema=Task)
    builder.add_node("join", join)
    builder.add_edge("work", "join")
    for node in (START, "join"):
        builder.add_conditional_edges(node, fan_out, ["work", END])
    compiled = builder.compile()
    settings: Any = {
        "max_concurrency": SLOTS,
        "recursion_limit": 2 * len(waves) + 10,
    }

    async def once() -> object:
        state = await compiled.ainvoke({"wave": 0, "done": 0}, settings)
        assert state["done"] == len(steps)
        return state

    return once
