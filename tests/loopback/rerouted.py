"""A `ChatOpenAI` that calls OpenAI's own address, and whose requests end up here."""

from typing import TYPE_CHECKING, Any

from .clients import chat_model
from .script import Loopback

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI


def rerouted(loopback: Loopback, **settings: Any) -> "ChatOpenAI":
    """Make a model that by all that it knows is served by OpenAI."""
    import httpx2

    class Rerouted(httpx2.AsyncHTTPTransport):
        """Sends every request to the loopback server, over real HTTP."""

        async def handle_async_request(
            self, request: httpx2.Request
        ) -> httpx2.Response:
            path = request.url.path.removeprefix("/v1")
            request.url = httpx2.URL(f"{loopback.base_url}{path}")
            return await super().handle_async_request(request)

    client = httpx2.AsyncClient(transport=Rerouted())
    return chat_model(loopback, base_url=None, http_async_client=client, **settings)
