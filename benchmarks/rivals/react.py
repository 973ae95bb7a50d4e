"""A ReAct agent, langchain's, with as many tool calls a turn as the model likes."""

from typing import Any

from . import Ask
from .site import Site

PROMPT = "Answer the question. Look up every fact; ask for several at once if you can."
_MOST_TURNS = 60


def prepare(site: Site) -> Ask:
    """Return a question to the agent."""
    return ask_react(site, [])


def ask_react(site: Site, middleware: list[Any]) -> Ask:
    """Return a question to an agent with middleware."""
    from langchain.agents import create_agent

    agent: Any = create_agent(
        site.model("react"),
        site.langchain_tools(),
        system_prompt=PROMPT,
        middleware=middleware,
    )
    asked = {"messages": [("user", site.question.text)]}

    async def ask() -> str:
        state = await agent.ainvoke(asked, {"recursion_limit": _MOST_TURNS})
        return str(state["messages"][-1].content)

    return ask
