"""What tools and models return, as plain JSON of a declared type."""

import json
import math
from collections.abc import Iterator

from dagplan.errors import WrongValueError
from dagplan.plan.references import is_unicode, short, walk
from dagplan.plan.returns import conforms


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
    for node in _foreign(plain):
        raise WrongValueError(
            f"{origin} returned {short(node)}, which is not JSON; "
            "return finite numbers and whole characters"
        )
    return plain


# Python refuses to write out integers of more than 4,300 digits.
_LONGEST_INTEGER = 14_000  # bits


def _foreign(value: object) -> Iterator[object]:
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


def coerce(value: object, returns: object) -> tuple[bool, object]:
    """Make a value of a declared type where nothing has to be understood for it.

    JSON written as text is parsed, and a figure (an object with a `value`) stands for
    its value.

    Returns:
        Whether the value is of the type now, and the value.
    """
    for candidate in (value, _parsed(value), _figure(value)):
        if candidate is not None and conforms(candidate, returns):
            return True, candidate
    return returns is None, value


def _parsed(value: object) -> object:
    if not isinstance(value, str):
        return None
    try:
        parsed: object = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return None if any(True for _ in _foreign(parsed)) else parsed


def _figure(value: object) -> object:
    return value.get("value") if isinstance(value, dict) else None
