"""dagplan as users call it."""

from benchmarks.questions.tools import tools
from dagplan import create_dag_agent

from . import Ask
from .site import Site


def prepare(site: Site) -> Ask:
    """Return a question to an agent."""
    return ask_agent(site)


def ask_agent(site: Site, script: str = "dagplan", **settings: object) -> Ask:
    """Return a question to an agent with other settings.

    Args:
        site: Where it is answered.
        script: Which script answers.
        settings: Arguments of `create_dag_agent`.
    """
    agent = create_dag_agent(
        site.model(script),
        tools(site.search().web_search),
        **settings,  # type: ignore[arg-type]
    )

    async def ask() -> str:
        state = await agent.ainvoke({"input": site.question.text})
        return str(state["response"])

    return ask
