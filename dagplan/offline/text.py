"""A question as tokens: what was written, and the form in which words compare."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from dagplan.tools.lookup import normal

# Each alternative begins with characters of its own, so matching is linear.
_TOKEN = re.compile(
    r"""
    (?P<number>\d+(?:,\d{3}(?!\d))*(?:\.\d+)?|\.\d+)
    | (?P<letters>(?:[A-Za-z]\.){2,})           # U.S., U.K.
    | (?P<owner>['\u2019]s?(?![^\W_]))               # France's, countries'
    | (?P<word>[^\W\d_]+)
    | (?P<symbol>\*\*|//|[^\w\s])
    | (?P<other>\S)
    """,
    re.VERBOSE,
)
_DIGIT = re.compile(r"\d")
_IS = frozenset({"what", "which", "who", "where", "how", "that", "it", "there", "here"})
_GLUED = {"whats": "what", "wheres": "where", "whos": "who", "hows": "how"}
_SAME = {
    "neighbor": "neighbour",
    "neighbors": "neighbours",
    "neighboring": "neighbouring",
    "kilometer": "kilometre",
    "kilometers": "kilometres",
    "meter": "metre",
    "meters": "metres",
    "vs": "versus",
    "&": "and",
    "\N{MULTIPLICATION SIGN}": "*",
    "\N{DIVISION SIGN}": "/",
    "\N{MINUS SIGN}": "-",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": ";",
}
_APOSTROPHES = "'\N{RIGHT SINGLE QUOTATION MARK}"
_JOINING = f"-{_APOSTROPHES}\N{HYPHEN}\N{NON-BREAKING HYPHEN}"
_QUOTES = '"()\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}'
_ABBREVIATED = frozenset({"saint", "st", "versus", "vs", "mt", "dr", "approx"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign of a question.

    Attributes:
        key: What it is compared by: lower case, no accents, British spelling; `'s`
            for a possessive, `is` for the 's of "what's".
        start: Where it begins in the question.
        end: Where it ends.
        kind: `"word"`, `"number"`, `"owner"` or `"symbol"`.
        capital: Whether it begins with a capital letter.
    """

    key: str
    start: int
    end: int
    kind: str
    capital: bool = False


def is_longer(question: str, most: int) -> bool:
    """Tell whether a question has more words and signs than a number."""
    return sum(1 for _ in islice(_TOKEN.finditer(question), most + 1)) > most


def tokens(question: str) -> Iterator[Token]:
    """Split a question into tokens, in time linear in its length."""
    previous = ""
    for match in _TOKEN.finditer(question):
        for token in _read(match, previous, question):
            yield token
            previous = token.key


def _read(match: re.Match[str], previous: str, question: str) -> Iterator[Token]:
    text, start, end = match[0], match.start(), match.end()
    if match["number"]:
        yield Token(text.replace(",", ""), start, end, "number")
    elif match["letters"]:
        yield Token(fold(text.replace(".", "")), start, end, "word", text[0].isupper())
    elif match["owner"]:
        is_verb = previous in _IS and text != "'"
        key, kind = ("is", "word") if is_verb else ("'s", "owner")
        yield Token(key, start, end, kind)
    elif match["word"]:
        yield from _word(text, start, end)
    elif not _is_silent(text, previous, question, start):
        yield Token(_SAME.get(text, text), start, end, "symbol")


def _word(text: str, start: int, end: int) -> Iterator[Token]:
    key = fold(text)
    capital = text[0].isupper()
    if key in _GLUED:
        yield Token(_GLUED[key], start, end, "word", capital)
        yield Token("is", end, end, "word")
    else:
        yield Token(_SAME.get(key, key), start, end, "word", capital)


def _is_silent(sign: str, previous: str, question: str, start: int) -> bool:
    """Tell whether a sign only joins or shortens words: St. Lucia, Guinea-Bissau."""
    if sign == ".":
        return previous in _ABBREVIATED
    if sign in _QUOTES:
        return not _near_number(question, start)
    around = question[max(start - 1, 0) : start + 2]
    return sign in _JOINING and len(around) == 3 and (around[0] + around[2]).isalpha()


def _near_number(question: str, start: int) -> bool:
    """Tell whether a bracket belongs to arithmetic rather than to prose."""
    return _DIGIT.search(question, max(start - 12, 0), start + 12) is not None


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """Write a word without capitals and accents, as the names are kept."""
    return normal(word) or word.casefold()
