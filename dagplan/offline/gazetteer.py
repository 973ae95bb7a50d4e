"""The names of places, and the longest one that begins at a word of a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from dagplan.offline.text import Token

Kind = Literal["country", "city", "region"]

_LONGEST = 7  # words: "Saint Vincent and the Grenadines" has five
_SIGNS_IN_NAMES = frozenset({"and", ",", "'s", "(", ")"})


class Names(Protocol):
    """Finds things of one kind by name, as the tools do."""

    def find(self, text: str, /) -> str | None:
        """Return the name of the thing that a text names; None if none does."""
        ...

    def nearest(self, text: str, /) -> list[str]:
        """Return names that resemble a text, best first."""
        ...

    def alike(self, text: str, /) -> list[str]:
        """Return names that may resemble a text, by a quick test."""
        ...

    def begins(self, word: str, /) -> bool:
        """Tell whether a name begins with a folded word."""
        ...


@dataclass(frozen=True, slots=True)
class Span:
    """A known name in a question.

    Attributes:
        end: Index of the token after it.
        names: What it names, by kind: one word may name a country and a city.
    """

    end: int
    names: Mapping[Kind, str]


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """The known names by kind; there is no other equality than identity.

    Attributes:
        kinds: How to find the names of each kind.
        common: Words that are no name unless they are written with a capital.
    """

    kinds: Mapping[Kind, Names]
    common: frozenset[str]

    def find(self, kind: Kind, text: str) -> str | None:
        """Return the name of the thing of a kind that a text names, if any."""
        return self.kinds[kind].find(text)

    def nearest(self, kind: Kind, text: str) -> list[str]:
        """Return names of a kind that resemble a text, best first."""
        return self.kinds[kind].nearest(text)

    def alike(self, kind: Kind, text: str) -> list[str]:
        """Return names of a kind that may resemble a text, by a quick test."""
        return self.kinds[kind].alike(text)

    def longest(self, tokens: Sequence[Token], at: int) -> Span | None:
        """Return the longest name that begins at a token, of all kinds it has."""
        first = tokens[at] if at < len(tokens) else None
        if first is None or first.kind != "word":
            return None
        if first.key in self.common and (at == 0 or not first.capital):
            return None
        begun = [k for k, n in self.kinds.items() if n.begins(first.key)]
        for end in range(min(at + _LONGEST, len(tokens)), at, -1) if begun else ():
            names = self._named(tokens[at:end], begun)
            if names and not _is_in_list(tokens, at, end):
                return Span(end, names)
        return None

    def _named(self, tokens: Sequence[Token], kinds: list[Kind]) -> dict[Kind, str]:
        if tokens[-1].kind == "owner" or not _could_be_name(tokens):
            return {}
        text = " ".join(_written(token) for token in tokens).replace(" ,", ",")
        found = {kind: self.kinds[kind].find(text) for kind in kinds}
        if "," in text:  # "Paris, France" is a city; "Chad, Niger" are two countries
            found = {k: v for k, v in found.items() if k == "city"}
            if self._named(tokens[:1], ["country"]):
                return {}
        return {kind: name for kind, name in found.items() if name is not None}


def _is_in_list(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Tell whether a name with a comma may be two of a list: "London, Canada, Peru"."""
    if not any(token.key == "," for token in tokens[at:end]):
        return False
    after = tokens[end].key if end < len(tokens) else ""
    before = tokens[at - 1].key if at else ""
    return after in {",", "and", "or"} or before == ","


def _could_be_name(tokens: Sequence[Token]) -> bool:
    return all(t.kind == "word" or t.key in _SIGNS_IN_NAMES for t in tokens) and (
        tokens[-1].kind == "word" and tokens[-1].key != "and"
    )


def _written(token: Token) -> str:
    # Codes count only in capitals: "IT" may be Italy, "it" never is.
    return (
        token.key.upper()
        if token.capital and token.end - token.start < 5
        else (token.key)
    )
