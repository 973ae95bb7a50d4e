"""dagplan, one step at a time: the same machine with one slot."""

from . import Ask
from .dagplan import ask_agent
from .site import Site


def prepare(site: Site) -> Ask:
    """Return a question to a sequential agent."""
    return ask_agent(site, mode="sequential")
