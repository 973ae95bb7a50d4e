"""`resolve_model`: a model from a name, a setting, or what is configured."""

from typing import TYPE_CHECKING

from pydantic import SecretStr

from dagplan.errors import MissingKeyError, SettingsError
from dagplan.providers.http import connections
from dagplan.providers.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

OFFLINE = "offline"
DEFAULT_MODEL = "openai:gpt-5-mini"
"""The model where only a key or an address is configured."""


def resolve_model(
    model: "str | BaseChatModel | None" = None, settings: Settings | None = None
) -> "BaseChatModel | None":
    """Return the chat model to use, or None for the rule-based planner.

    Models that are made here never try a failed call again by themselves: a run does,
    by its `Retry`. One that is given as an object keeps its own `max_retries`.

    Args:
        model: A langchain chat model, which is returned as it is; a name such as
            `"openai:gpt-5-mini"` or `"anthropic:claude-sonnet-4-5"`; `"offline"`; or None
            for what the environment says.
        settings: The environment, read if not given.

    Raises:
        MissingKeyError: The model needs a key that is not set.
        SettingsError: There is no such provider, or its package is not installed.
    """
    if model is not None and not isinstance(model, str):
        if not hasattr(model, "bind_tools"):
            raise SettingsError(
                f"{type(model).__name__} is no chat model; pass the model itself, "
                "before `with_retry`, `bind` and the like"
            )
        return model
    settings = settings or Settings.read()
    name = model or settings.model
    if name is None:
        configured = settings.openai_api_key or settings.openai_base_url
        name = DEFAULT_MODEL if configured else OFFLINE
    if name == OFFLINE:
        return None
    provider, _, bare = name.partition(":")
    if not bare:
        provider, bare = "openai", name
    if provider == "openai":
        return _openai(bare, settings)
    return _other(name, settings)


def _openai(name: str, settings: Settings) -> "BaseChatModel":
    key = settings.openai_api_key
    if key is None:
        if settings.openai_base_url is None:
            raise MissingKeyError(
                f"model {name!r} needs a key: export OPENAI_API_KEY=…, or set "
                "OPENAI_BASE_URL for a server of your own",
                variable="OPENAI_API_KEY",
            )
        # Local servers want none, and the client refuses to start without one.
        key = SecretStr("not-needed")
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(  # type: ignore[call-arg] # its aliases confuse the plugin
        model=name,
        api_key=key,
        base_url=settings.openai_base_url,
        timeout=settings.request_timeout,
        # What the client tried again by itself, no run could count, show or slow down.
        max_retries=0,
        # A server of one's own sends usage in a stream only when it is asked to.
        stream_usage=True,
        http_async_client=connections(settings.request_timeout),
    )


def _other(name: str, settings: Settings) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(name, timeout=settings.request_timeout, max_retries=0)
    except ImportError as error:
        raise SettingsError(f"model {name!r} needs another package: {error}") from error
    except ValueError as error:
        line = " ".join(str(error).split())[:200]
        raise SettingsError(f"model {name!r} cannot be used: {line}") from error
