"""What calls of models cost, by the list prices that genai-prices comes with.

Nothing is fetched: prices are those of the installed release. What a model costs depends
on who serves it, so a model whose provider is not known has no price, whatever its name.
"""

from typing import TYPE_CHECKING

from dagplan.events import Tokens

if TYPE_CHECKING:
    from genai_prices import Usage


def price_of(model: str, provider: str | None, tokens: Tokens | None) -> float | None:
    """Return the price of a call in US dollars; None where it is not known.

    Args:
        model: Name of the model as its provider knows it.
        provider: The address that is called, such as `"https://api.openai.com"`, or the
            provider's name; None where neither is known.
        tokens: What was read and written; None where nobody counted.
    """
    if provider is None or tokens is None:
        return None
    from genai_prices import Usage

    usage = Usage(
        input_tokens=tokens.input,
        output_tokens=tokens.output,
        # Some providers count what was cached apart, on top of what was read.
        cache_read_tokens=min(tokens.cached, tokens.input),
    )
    # Gateways put the maker before the name, and some list the model without it.
    for name in dict.fromkeys((model, model.rpartition("/")[2])):
        try:
            return _listed(usage, name, provider)
        except (LookupError, ValueError):
            continue
    return None


def _listed(usage: "Usage", model: str, provider: str) -> float:
    from genai_prices import calc_price

    found = (
        calc_price(usage, model, provider_api_url=provider)
        if "://" in provider
        else calc_price(usage, model, provider_id=provider)
    )
    return float(found.total_price)


def load() -> None:
    """Read the list, so that the first call of a run need not wait for it."""
    is_priced("", "openai")


def is_priced(model: str, provider: str | None) -> bool:
    """Tell whether the price of a model is known."""
    return price_of(model, provider, Tokens(1, 1)) is not None
