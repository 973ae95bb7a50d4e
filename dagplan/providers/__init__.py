"""Which model and which tools: from arguments, the environment, or none.

Objects:
    `Settings` (settings.py): what the environment says. Keys are `SecretStr`.
    `resolve_model` (model.py): explicit argument → `DAGPLAN_MODEL` → `OPENAI_API_KEY` or
        `OPENAI_BASE_URL` → None, which means offline. Nothing is probed.
    `default_tools` (toolset.py): the tools of an agent that was given none.
    http.py: connections that belong to the event loop that uses them.

Invariants: without a key or an explicit setting no data leaves the machine. No model
that is made here tries a failed call again by itself (`max_retries=0`): what a provider
refuses is for the run to count, to wait for and to show.
"""

from dagplan.providers.model import resolve_model
from dagplan.providers.settings import Settings
from dagplan.providers.toolset import default_tools

__all__ = ["Settings", "default_tools", "resolve_model"]
