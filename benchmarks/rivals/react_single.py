"""A ReAct agent that calls one tool a turn."""

from collections.abc import Awaitable, Callable
from typing import Any

from . import Ask
from .react import ask_react
from .site import Site


def prepare(site: Site) -> Ask:
    """Return a question to the agent."""
    from langchain.agents.middleware import wrap_model_call

    async def one_call(request: Any, handler: Callable[[Any], Awaitable[Any]]) -> Any:
        settings = {**request.model_settings, "parallel_tool_calls": False}
        return await handler(request.override(model_settings=settings))

    return ask_react(site, [wrap_model_call(one_call)])
