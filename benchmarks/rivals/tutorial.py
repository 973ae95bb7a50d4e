"""LangGraph's plan-and-execute tutorial: plan, run the first step, replan, and so on.

Rebuilt after https://langchain-ai.github.io/langgraph/tutorials/plan-and-execute/, its
prompts shortened, with `create_agent` for the deprecated `create_react_agent`.
"""

import operator
from typing import Annotated, Any, TypedDict

from pydantic import BaseModel, Field

from benchmarks.provider.scripts.tutorial import DONE

from . import Ask
from .site import Site

PLANNER = """\
For the given objective, come up with a simple step by step plan. This plan should \
involve individual tasks, that if executed correctly will yield the correct answer. Do \
not add any superfluous steps."""
REPLANNER = """\
Update your plan accordingly. If no more steps are needed and you can return to the \
user, then respond with that. Otherwise, fill out the plan. Only add steps to the plan \
that still need to be done."""
_MOST_TURNS = 100


class Plan(BaseModel):
    """Plan to follow in future."""

    steps: list[str] = Field(description="different steps to follow, in sorted order")


class Response(BaseModel):
    """Response to user."""

    response: str


class Act(BaseModel):
    """Action to perform."""

    action: Response | Plan = Field(description="Response to answer, Plan to go on.")


class State(TypedDict, total=False):
    """What the nodes share."""

    input: str
    plan: list[str]
    past_steps: Annotated[list[tuple[str, str]], operator.add]
    response: str


def prepare(site: Site, retry: object = None) -> Ask:
    """Return a question to the compiled graph.

    Args:
        site: Where it is answered.
        retry: LangGraph's `RetryPolicy` for each node.
    """
    graph = _graph(site, retry)

    async def ask() -> str:
        asked = {"input": site.question.text}
        state = await graph.ainvoke(asked, {"recursion_limit": _MOST_TURNS})
        return str(state["response"])

    return ask


def _graph(site: Site, retry: object) -> Any:
    from langchain.agents import create_agent
    from langgraph.graph import END, START, StateGraph

    model: Any = site.model("tutorial")
    planner, replanner = (model.with_structured_output(kind) for kind in (Plan, Act))
    agent: Any = create_agent(model, site.langchain_tools())

    async def plan(state: State) -> State:
        found = await planner.ainvoke([("system", PLANNER), ("user", state["input"])])
        return {"plan": found.steps}

    async def execute(state: State) -> State:
        task = state["plan"][0]
        listed = "\n".join(f"{at}. {step}" for at, step in enumerate(state["plan"], 1))
        told = (
            f"For the following plan:\n{listed}\n\n"
            f"You are tasked with executing step 1, {task}."
        )
        done = await agent.ainvoke({"messages": [("user", told)]})
        return {"past_steps": [(task, str(done["messages"][-1].content))]}

    async def replan(state: State) -> State:
        told = (
            f"Your objective was this:\n{state['input']}\n\n"
            f"Your original plan was this:\n{state['plan']}\n\n"
            f"{DONE}\n{state['past_steps']}\n\n{REPLANNER}"
        )
        action = (await replanner.ainvoke([("user", told)])).action
        if isinstance(action, Response):
            return {"response": action.response}
        return {"plan": action.steps}

    builder: Any = StateGraph(State)
    for name, node in (("planner", plan), ("agent", execute), ("replan", replan)):
        builder.add_node(name, node, retry_policy=retry)
    builder.add_edge(START, "planner")
    builder.add_edge("planner", "agent")
    builder.add_edge("agent", "replan")
    builder.add_conditional_edges(
        "replan",
        lambda state: END if state.get("response") else "agent",
        ["agent", END],
    )
    return builder.compile()
