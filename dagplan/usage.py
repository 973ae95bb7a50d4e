"""What calls of models came to: how many, how many tokens, which price."""

from dataclasses import dataclass, field

from dagplan.events import ModelCalled, Tokens


@dataclass(frozen=True, slots=True)
class Usage:
    """What some calls of models came to.

    Attributes:
        calls: How many.
        tokens: Tokens of those whose provider counted them.
        price: US dollars of those whose price is known; None where that is none of
            them, 0 where there was no call.
        unpriced: How many have no known price: where not 0, `price` is not all.
    """

    calls: int = 0
    tokens: Tokens = field(default_factory=Tokens)
    price: float | None = 0.0
    unpriced: int = 0

    def plus(self, call: ModelCalled) -> "Usage":
        """Return the usage with one more call."""
        unpriced = self.unpriced + (call.price is None)
        if call.price is None:
            price = self.price if self.calls > self.unpriced else None
        else:
            price = (self.price or 0.0) + call.price
        tokens = self.tokens + (call.tokens or Tokens())
        return Usage(self.calls + 1, tokens, price, unpriced)

    @property
    def price_text(self) -> str:
        """The price in words: `"$0.0021"`, `"unknown"`, or what of it is known."""
        if self.price is None:
            return "unknown"
        known = dollars(self.price)
        if not self.unpriced:
            return known
        calls = "call" if self.unpriced == 1 else "calls"
        return f"{known} and {self.unpriced:,} {calls} of unknown price"

    @property
    def price_phrase(self) -> str:
        """The same where nothing else says that it is a price."""
        return "price unknown" if self.price is None else self.price_text


def dollars(price: float) -> str:
    """Write a price: cents from a dollar on, else two digits that count.

    Args:
        price: US dollars.
    """
    if price == 0 or price >= 1:
        return f"${price:,.2f}"
    return f"${price:.2g}" if price >= 0.0001 else "under $0.0001"
