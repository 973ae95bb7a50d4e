"""A question as clauses: parts that each ask one thing."""

from typing import Final

from dagplan.offline.clause import Clause
from dagplan.offline.gazetteer import Gazetteer
from dagplan.offline.text import Token, tokens

_ENDS: Final = frozenset({"?", ".", "!", ";"})
_JOINS: Final = frozenset({",", "and", "then", "also", "plus", "but", "as", "well"})
# Words with which a part begins, after "and" or a comma.
_STARTS: Final = frozenset(
    [
        "what",
        "which",
        "who",
        "where",
        "how",
        "compare",
        "rank",
        "list",
        "name",
        "find",
        "tell",
        "give",
        "calculate",
        "compute",
        "convert",
        "show",
        "add",
        "sort",
        "order",
        "is",
        "does",
        "by",
        "are",
        "multiply",
        "divide",
    ]
)
_TWO_WORD_STARTS: Final = frozenset(
    {("by", "how"), ("by", "what"), ("in", "which"), ("in", "what"), ("on", "which")}
    | {("on", "what"), ("to", "which"), ("also", "what"), ("is", "it")}
)
_POLITE: Final = tuple(
    tuple(words.split())
    for words in (
        *(
            "please",
            "can you",
            "could you",
            "would you",
            "tell me",
            "give me",
            "show me",
        ),
        *(
            "i want to know",
            "i would like to know",
            "i wonder",
            "do you know",
            "find out",
        ),
        *(
            "also",
            "and",
            "then",
            "so",
            "hello",
            "hi",
            "hey",
            ",",
            "but",
            "me",
            ":",
            "-",
        ),
        *("let me know", "kindly", "i need to know", "finally", "next", "first", "now"),
        *(
            "say",
            "tell us",
            "i need",
            "i want",
            "i am looking for",
            "well",
            "ok",
            "okay",
        ),
        *("help me find", "look up", "find me", "as well as", "besides", "in addition"),
    )
)
_TRAILING: Final = tuple(
    tuple(words.split())
    for words in (
        *(
            "please",
            "thanks",
            "thank you",
            "respectively",
            "too",
            "as well",
            ",",
            "and",
        ),
        *("each", "exactly", "today", "currently", "approximately", "roughly", ":"),
        *("right now", "now", "then", "also", "at the moment"),
    )
)


def clauses(question: str, names: Gazetteer) -> list[Clause]:
    """Split a question into the parts that each ask one thing, in order."""
    parts: list[list[Token]] = [[]]
    everything = Clause(question, [*tokens(question)], names)
    at = 0
    while at < len(everything):
        span = everything.span(at)
        end = span.end if span else at + 1
        if span is None and _begins(everything, at, parts[-1]):
            parts.append([])
        if everything.word(at) in _ENDS and span is None:
            parts.append([])
        else:
            parts[-1].extend(everything.tokens[at:end])
        at = end
    trimmed = [trim(part) for part in parts]
    return [Clause(question, part, names) for part in trimmed if part]


def _begins(clause: Clause, at: int, before: list[Token]) -> bool:
    """Tell whether a part begins here, after "and" or a comma."""
    if not before or before[-1].key not in _JOINS:
        return False
    if len(before) > 1 and before[-1].key == "as":
        return False
    if clause.words(at, at + 2) in _TWO_WORD_STARTS:
        return True
    word = clause.word(at)
    return word in _STARTS and (word not in {"by", "is", "are", "does", "order"})


def trim(part: list[Token]) -> list[Token]:
    """Leave out politeness at either end, which asks nothing."""
    start, end = 0, len(part)
    while length := _opening(part, start, end):
        start += length
    while length := _closing(part, start, end):
        end -= length
    return part[start:end]


def _opening(part: list[Token], start: int, end: int) -> int:
    for words in _POLITE:
        stop = start + len(words)
        if stop <= end and tuple(t.key for t in part[start:stop]) == words:
            return len(words)
    return 0


def _closing(part: list[Token], start: int, end: int) -> int:
    for words in _TRAILING:
        begin = end - len(words)
        if begin >= start and tuple(t.key for t in part[begin:end]) == words:
            return len(words)
    return 0
