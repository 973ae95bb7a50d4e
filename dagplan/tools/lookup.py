"""`Lookup`: finding a thing by a name that people write in many ways."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# Longer than any name in the data; what is longer is cut before it costs anything.
MAX_NAME = 100

# Letters that Unicode does not decompose into a plain one and an accent.
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
_SEPARATOR = re.compile(r"[\W_]+")
_WORDS = {"st": "saint", "ste": "sainte"}


def normal(name: str) -> str:
    """Reduce a name to what all its spellings share.

    Case, accents, punctuation, a leading "the", "&" for "and" and "St" for "Saint"
    make no difference.
    """
    text = name[:MAX_NAME].casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).translate(_PLAIN)
        text = "".join(c for c in text if not unicodedata.combining(c))
    text = text.replace("&", " and ").replace(".", "")
    words = [_WORDS.get(word, word) for word in _SEPARATOR.sub(" ", text).split()]
    return " ".join(words[1:] if words[:1] == ["the"] and words[1:] else words)


@dataclass(frozen=True, slots=True)
class Lookup:
    """Names of one kind of thing.

    Attributes:
        names: Every spelling, normalised, to the name of the thing.
        codes: Codes in upper case, e.g. ``"FR"``, to the same.
        related: Spellings that name nothing here or too much, e.g. "korea", to the
            names that one may have meant.
    """

    names: Mapping[str, str]
    codes: Mapping[str, str]
    related: Mapping[str, tuple[str, ...]]

    def find(self, text: str) -> str | None:
        """Return the name of the thing that a text names; None if none does."""
        if len(text) > MAX_NAME:
            return None
        key = normal(text)
        if key in self.related:
            return None
        # "it" and "no" are words; only in upper case are they codes.
        return self.codes.get(text.strip()) or self.names.get(key)

    def nearest(self, text: str, count: int = 3) -> list[str]:
        """Return names that resemble a text, best first."""
        key = normal(text)[:MAX_NAME]
        if key in self.related:
            return list(self.related[key])
        # Several spellings may lead to one name, so a few more are asked for.
        close = difflib.get_close_matches(key, self.names, n=4 * count, cutoff=0.6)
        return list(dict.fromkeys(self.names[spelling] for spelling in close))[:count]


def spellings(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Index (spelling, name) pairs; the first pair of a spelling stays."""
    index: dict[str, str] = {}
    for spelling, name in pairs:
        index.setdefault(normal(spelling), name)
    return index
