"""dagplan, the tutorial and waves, each with the retries and timeouts that it has.

dagplan tries steps and models again by its `Retry`; LangGraph's nodes by a
`RetryPolicy`, for any exception, and their models twice by themselves. All give a
search the same time.
"""

from dataclasses import replace
from importlib import import_module

from dagplan import Retry

from . import OURS, Ask
from .dagplan import ask_agent
from .site import Site

_PATIENCE = 3.0  # seconds for a search, before they are scaled
_BACKOFF = 0.5
_ATTEMPTS = 3


def prepare(site: Site, rival: str, scale: str) -> Ask:
    """Return a question to one that tries again.

    Args:
        site: Where it is answered.
        rival: `dagplan`, `waves` or `tutorial`.
        scale: Shortens all times alike.
    """
    backoff = _BACKOFF * float(scale)
    patient = replace(site, patience=_PATIENCE * float(scale))
    if rival == OURS:
        retry = Retry(attempts=_ATTEMPTS, backoff=backoff)
        return ask_agent(patient, retry=retry)
    from langgraph.types import RetryPolicy

    policy = RetryPolicy(
        max_attempts=_ATTEMPTS, initial_interval=backoff, retry_on=Exception
    )
    module = import_module(f"{__package__}.{rival}")
    ask: Ask = module.prepare(replace(patient, retries=_ATTEMPTS - 1), policy)
    return ask
