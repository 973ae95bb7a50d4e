"""Real clients, pointed at the loopback server."""

from typing import TYPE_CHECKING, Any

from .script import Loopback

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI
    from tavily import AsyncTavilyClient  # type: ignore[import-untyped, unused-ignore]


def chat_model(loopback: Loopback, **settings: Any) -> "ChatOpenAI":
    """A `ChatOpenAI` that hides nothing: no retries, streamed usage on."""
    from langchain_openai import ChatOpenAI

    defaults: dict[str, Any] = {
        "model": "gpt-4.1-mini",
        "api_key": "sk-test",
        "base_url": loopback.base_url,
        "max_retries": 0,
        "stream_usage": True,
    }
    return ChatOpenAI(**{**defaults, **settings})


def tavily_client(
    loopback: Loopback, api_key: str = "tvly-test"
) -> "AsyncTavilyClient":
    """A Tavily client with a key; close it with ``async with``."""
    from tavily import AsyncTavilyClient

    return AsyncTavilyClient(api_key=api_key, api_base_url=loopback.tavily_url)
