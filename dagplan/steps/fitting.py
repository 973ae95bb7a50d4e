"""Keeps what an agent's tools have found within what its model is shown."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse

from dagplan.cuts import RESULTS, fit

if TYPE_CHECKING:
    from langchain_core.messages import AnyMessage


class Fitting(AgentMiddleware):
    """A langchain middleware that cuts what tools found, the longest first.

    The conversation keeps it whole: what is cut for one request may have room in
    another.
    """

    async def awrap_model_call(
        self,
        request: ModelRequest,
        handler: Callable[[ModelRequest], Awaitable[ModelResponse]],
    ) -> ModelResponse:
        """Call the model with what has room."""
        return await handler(request.override(messages=fitted(request.messages)))


def fitted(messages: "Sequence[AnyMessage]") -> "list[AnyMessage]":
    """Return a conversation in which the results of tools keep within their bound."""
    found = [message for message in messages if message.type == "tool"]
    # Tools of steps are wrapped so that they answer in text.
    texts = iter(fit([message.text for message in found], RESULTS))
    return [
        message.model_copy(update={"content": next(texts)})
        if message.type == "tool"
        else message
        for message in messages
    ]
