"""The tools of the questions: a search over HTTP, arithmetic, order."""

from collections.abc import Awaitable, Callable

from dagplan.tools.calculate import calculate
from dagplan.tools.rank import rank
from dagplan.tools.spec import Tool

Search = Callable[..., Awaitable[object]]


def tools(search: Search) -> list[Tool]:
    """Return what steps may call.

    Args:
        search: `WebSearch.web_search` of some instance, or what has its signature.
    """
    return [Tool.from_function(search), *local_tools()]


def local_tools() -> list[Tool]:
    """Return those that need no network."""
    return [
        Tool.from_function(calculate, returns="number", binds="expression"),
        Tool.from_function(rank),
    ]
