"""Values as plain JSON: what may be handed from step to step, and kept."""

import json
import math
import re
from collections.abc import Iterator
from itertools import accumulate

from dagplan.errors import StepError, UnrecordableValueError, WrongValueError
from dagplan.plan.references import is_unicode, short, walk

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACKET = re.compile(r"[\[\]{}]")

MOST_CHARACTERS = 2**28
"""Longest value that is recorded, in characters of JSON."""
MOST_LEVELS = 200
"""Deepest nesting of a value that is recorded; what reads it back recurses."""


def as_recorded(value: object, origin: str) -> object:
    """Return a value as it will be when it is read back from a journal.

    So whoever is given it sees the same before and after a crash: tuples are lists,
    models and dataclasses objects.

    Args:
        value: What was returned.
        origin: Who returned it, for the message.

    Raises:
        UnrecordableValueError: No journal can hold it: it is not JSON, not finite, no
            whole text, or too large.
    """
    try:
        text, back = _through_json(value)
        if back != value:
            # Something that only looks like JSON: what JSON would make of it without
            # a word may not be what was meant.
            text, back = _through_json(to_json(value, origin))
    except (StepError, TypeError, ValueError, RecursionError) as error:
        raise UnrecordableValueError(
            f"{origin} returned {short(value)}, which cannot be recorded: {error}"
        ) from error
    if len(text) > MOST_CHARACTERS:
        raise UnrecordableValueError(
            f"{origin} returned {len(text):,} characters; {MOST_CHARACTERS:,} can be "
            "recorded: return where it is kept instead"
        )
    return back


def _through_json(value: object) -> tuple[str, object]:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    text.encode()  # raises where a text holds half a character
    if _levels(text) > MOST_LEVELS:
        raise ValueError(f"it nests deeper than {MOST_LEVELS} levels")
    back: object = json.loads(text)
    return text, back


def _levels(text: str) -> int:
    """Return how deep a JSON text nests, or an upper bound where that is small."""
    opened = text.count("[") + text.count("{")
    if opened <= MOST_LEVELS:
        return opened
    brackets = _BRACKET.findall(_STRING.sub("", text))
    return max(accumulate(1 if each in "[{" else -1 for each in brackets))


def to_json(value: object, origin: str) -> object:
    """Turn what a tool returned into plain JSON values.

    Tuples become lists, models and dataclasses objects, dates their ISO text.

    Args:
        value: What was returned.
        origin: Who returned it, for the message.

    Raises:
        WrongValueError: It is not JSON: of a foreign type, not finite, or text that
            is no Unicode.
    """
    from pydantic_core import PydanticSerializationError, to_jsonable_python

    try:
        plain = to_jsonable_python(value)
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        raise WrongValueError(
            f"{origin} returned {short(value)}, which is not JSON: {error}"
        ) from error
    for node in foreign(plain):
        raise WrongValueError(
            f"{origin} returned {short(node)}, which is not JSON; "
            "return finite numbers and whole characters"
        )
    return plain


# Python refuses to write out integers of more than 4,300 digits.
_LONGEST_INTEGER = 14_000  # bits


def foreign(value: object) -> Iterator[object]:
    """Find what Python would write as JSON and no other program could read."""
    for _, node in walk(value):
        match node:
            case float() if not math.isfinite(node):
                yield node
            case int() if node.bit_length() > _LONGEST_INTEGER:
                yield node
            case str() if not is_unicode(node):
                yield node
            case dict():
                yield from (key for key in node if not is_unicode(key))
            case _:
                pass
