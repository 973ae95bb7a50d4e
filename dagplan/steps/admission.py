"""Has an agent's requests wait until they may go out."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from langchain.agents.middleware import (
    AgentMiddleware,
    ModelRequest,
    ModelResponse,
    ToolCallRequest,
)

from dagplan.protocols import Admit

T = TypeVar("T")


class Admission(AgentMiddleware):
    """A langchain middleware that asks before each request of one attempt.

    Not a callback: langchain has those run for the models inside tools as well, and for
    a sync tool on an event loop of another thread, where nothing of the run may wait.

    Args:
        admit: Waits until one request may go out. Not asked for the first one, which
            the scheduler admitted with the attempt.
    """

    def __init__(self, admit: Admit) -> None:
        super().__init__()
        self._admit = admit
        self._begun = False

    async def awrap_model_call(
        self,
        request: ModelRequest,
        handler: Callable[[ModelRequest], Awaitable[ModelResponse]],
    ) -> ModelResponse:
        """Call the model once that is admitted."""
        if self._begun:
            await self._admit()
        self._begun = True
        return await handler(request)

    async def awrap_tool_call(
        self,
        request: ToolCallRequest,
        handler: Callable[[ToolCallRequest], Awaitable[T]],
    ) -> T:
        """Call a tool once that is admitted."""
        await self._admit()
        return await handler(request)
