"""A model that can do nothing but write."""

from typing import Any

from dagplan.testing import ScriptedModel


class Toolless(ScriptedModel):
    """Follows a script and takes no tools."""

    def __init__(self, *replies: Any) -> None:
        super().__init__(*replies)

    def bind_tools(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse, as langchain's models without tools do."""
        raise NotImplementedError
