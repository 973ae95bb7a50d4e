"""What tools and step runners return, as the plain JSON values that others see."""

import json
import math
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Final

from pydantic import BaseModel

from dagplan.errors import UnrecordableValueError, WrongValueError
from dagplan.plan.references import clip, is_unicode, short, walk

DEEPEST: Final = 200
"""Levels of lists and objects in a value that can be recorded."""

LONGEST_TEXT: Final = 256 * 2**20
"""Bytes of a value that can be recorded, written as JSON in UTF-8."""

# Python refuses to write out integers of more digits, unless it is told otherwise.
_DIGITS: Final = 4_300
_TOO_LARGE: Final = 10**_DIGITS
_LONGEST_INTEGER: Final = 14_000  # bits
_MANY: Final = 2**63  # numbers below are sure to have few digits

_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":")
)
_DECODER: Final = json.JSONDecoder()

# A place inside a value: the place around it, and how it is reached from there.
_Place = tuple["_Place", str] | None

# How a value is reached from the one around it: what writes that, and its key.
_Child = tuple[Callable[[object], str], object, object]


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


def as_recorded(value: object, origin: str) -> object:
    """Return a value as it would come back from a journal.

    Whoever sees it before a crash and whoever sees it after one see the same. Tuples
    become lists, models and dataclasses objects, dates their ISO text.

    Args:
        value: What a step returned.
        origin: Who returned it, for the message.

    Raises:
        UnrecordableValueError: No JSON says it: it is not finite, has half a
            character, an order that is chance (a set), a type that is foreign, keys
            that are one when written as text, or is too deep or too large.
    """
    try:
        return _plain(value, origin)
    except UnrecordableValueError:
        raise
    except Exception as error:
        # What a value does when it is looked at is the code of whoever returned it.
        raise UnrecordableValueError(
            f"{origin} returned a value of type {type(value).__name__} that cannot be "
            f"read ({type(error).__name__}); return plain values"
        ) from error


def _plain(value: object, origin: str) -> object:
    try:
        text = _ENCODER.encode(value)
        _check_size(text, origin)
        recorded: object = _DECODER.decode(text)
        # Whether anything was changed on the way (tuples, keys that are no text) is
        # seen from the outcome, so that no value has to be walked in Python for it.
        if recorded == value and _is_sound(text):
            return recorded
    except (TypeError, ValueError, RecursionError):
        pass  # not plain: what it lacks is found out below, or made up for
    return _converted(value, origin)


def _check_size(text: str, origin: str) -> None:
    size = len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))
    if size > LONGEST_TEXT:
        raise UnrecordableValueError(
            f"{origin} returned {size:,} bytes of JSON, and a journal holds "
            f"{LONGEST_TEXT:,} at most; write them to a file and return its name"
        )


def _is_sound(text: str) -> bool:
    """Tell whether what was written has whole characters and bounded depth."""
    if not is_unicode(text):
        return False
    if (
        text.count("[") + text.count("{") <= DEEPEST
        and sys.get_int_max_str_digits() == _DIGITS
    ):
        return True
    from pydantic_core import from_json

    # This parser has bounds of its own, which nothing changes: 4,300 digits, and 201
    # levels, of which the brackets are one.
    try:
        from_json(f"[{text}]")
    except ValueError:
        return False
    return True


def _converted(value: object, origin: str) -> object:
    for place, what in _faults(value):
        where = f" at {_path(place)}" if place else ""
        raise UnrecordableValueError(
            f"{origin} returned {what}{where}, which a journal cannot hold"
        )
    from pydantic_core import PydanticSerializationError, to_jsonable_python

    try:
        text = _ENCODER.encode(to_jsonable_python(value))
    except (PydanticSerializationError, ValueError, RecursionError) as error:
        raise UnrecordableValueError(
            f"{origin} returned {short(value)}, which is not JSON: {clip(str(error))}"
        ) from error
    _check_size(text, origin)
    if not _is_sound(text):
        raise UnrecordableValueError(
            f"{origin} returned {short(value)}, which is JSON only on the surface; "
            "return plain values"
        )
    recorded: object = _DECODER.decode(text)
    return recorded


def _faults(value: object) -> Iterator[tuple[_Place, str]]:
    """Find what JSON cannot say, with its place, without recursion."""
    stack: list[tuple[int, _Place, object]] = [(0, None, value)]
    while stack:
        depth, place, node = stack.pop()
        children = _children(node)
        if children is None:
            fault = _fault_of_leaf(node)
        elif depth >= DEEPEST:
            fault = f"more than {DEEPEST} levels of lists and objects"
        else:
            fault = _fault_of_keys(node) if isinstance(node, dict) else None
            stack.extend(
                (depth + 1, (place, step(at)), child) for step, at, child in children
            )
        if fault:
            yield place, fault


def _children(node: object) -> Iterable[_Child] | None:
    """Return what a value holds and how each is reached, without what is plain."""
    match node:
        case dict():
            return [(_key, *pair) for pair in node.items() if not _is_plain(pair[1])]
        case list() | tuple() | deque():
            return [(_key, *pair) for pair in enumerate(node) if not _is_plain(pair[1])]
        case BaseModel():
            return [(_name, *pair) for pair in node]
        case _ if is_dataclass(node) and not isinstance(node, type):
            return [(_name, f.name, getattr(node, f.name)) for f in fields(node)]
        case _:
            return None


def _key(key: object) -> str:
    return f"[{short(key)}]"


def _name(name: object) -> str:
    return f".{name}"


def _is_plain(node: object) -> bool:
    """Tell at once of most values that nothing is wrong with them."""
    if type(node) is str:
        return node.isascii()
    if type(node) is int:
        return -_MANY < node < _MANY
    if type(node) is float:
        return math.isfinite(node)
    return node is None or type(node) is bool


def _fault_of_leaf(node: object) -> str | None:
    match node:
        case None | bool():
            return None
        case str():
            return None if is_unicode(node) else f"half a character in {short(node)}"
        case float():
            return None if math.isfinite(node) else f"{node} (numbers must be finite)"
        case int():
            return f"an integer of over {_DIGITS:,} digits" if _is_huge(node) else None
        case set() | frozenset():
            return f"the set {short(node)} (sets have no order; return a list)"
        case _:
            return _fault_of_other(node)


def _is_huge(number: int) -> bool:
    return not -_TOO_LARGE < number < _TOO_LARGE


def _fault_of_other(node: object) -> str | None:
    from pydantic_core import PydanticSerializationError, to_jsonable_python

    if isinstance(node, Iterator):
        return f"an iterator (a {type(node).__name__}; return a list)"
    try:
        to_jsonable_python(node)
    except (PydanticSerializationError, ValueError, RecursionError):
        return f"{short(node)} of type {type(node).__name__} (return plain JSON)"
    return None


def _fault_of_keys(node: dict[object, object]) -> str | None:
    from pydantic_core import PydanticSerializationError, to_jsonable_python

    try:
        written = to_jsonable_python(dict.fromkeys(node))
    except (PydanticSerializationError, ValueError, RecursionError):
        return "keys that cannot be written as text"
    if len(written) < len(node):
        return f"keys that are one when written as text ({short(list(node))})"
    return None


def _path(place: _Place) -> str:
    steps: list[str] = []
    while place:
        place, step = place
        steps.append(step)
    # Deep places are told by their beginning and their end.
    shown = [*steps[:3], "…", *steps[-3:]] if len(steps) > 8 else steps
    return "value" + "".join(reversed(shown))
