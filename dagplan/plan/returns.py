"""Types that a step promises: `text`, `number`, `boolean`, lists and objects.

A type is written as data: `"number"`, `["text"]` (a list), `{"name": "text"}` (an
object with exactly these keys at least). None stands for a type that is not known.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from dagplan.plan.references import SEGMENT_PATTERN, is_unicode, short

# Written recursively it would be: None | str | list[Returns] | dict[str, Returns].
Returns = str | list[object] | dict[str, object] | None

SCALARS: Final = ("text", "number", "boolean")


def type_problems(returns: object) -> Iterator[tuple[str, str]]:
    """Find what is wrong with a type, as pairs of (value, remedy)."""
    stack = [returns]
    while stack:
        match stack.pop():
            case str() as name if name not in SCALARS:
                yield short(name), f"write one of {', '.join(SCALARS)}"
            case list() as inner if len(inner) != 1 or inner[0] is None:
                yield short(inner), 'write a list type with one element, ["text"]'
            case dict() as keys if not keys:
                yield "{}", 'name the keys, {"country": "text"}'
            case list() as inner:
                stack.extend(inner)
            case dict() as keys:
                yield from _key_problems(keys)
                stack.extend(keys.values())
            case None | str():
                pass
            case other:
                yield short(other), "write a type name, a list or an object of types"


def _key_problems(keys: dict[object, object]) -> Iterator[tuple[str, str]]:
    for key, inner in keys.items():
        if not (isinstance(key, str) and _is_segment(key)):
            yield short(key), "use a key without dots, braces, spaces, `$` or `*`"
        if inner is None:
            yield short(key), f"say the type of {key!r}"


def _is_segment(key: str) -> bool:
    return key != "*" and bool(SEGMENT_PATTERN.fullmatch(key)) and is_unicode(key)


def listed(returns: object) -> Returns:
    """Return the type of a `for_each` step whose items return `returns`."""
    return [{"item": None, "value": returns}]


def element(returns: object) -> object:
    """Return the type of a list's elements; None if it is not known."""
    return returns[0] if isinstance(returns, list) and returns else None


def follow(returns: object, path: tuple[str, ...]) -> object:
    """Return the type at the end of a path.

    Raises:
        LookupError: The path leads nowhere; the message says where it breaks.
    """
    for position, segment in enumerate(path):
        match returns:
            case None:
                return None
            case [inner] if segment == "*":
                return [follow(inner, path[position + 1 :])]
            case [inner] if segment.isdecimal():
                returns = inner
            case [_]:
                raise LookupError(f"{segment!r} is no index; write a number or *")
            case dict() if segment in returns:
                returns = returns[segment]
            case dict():
                raise LookupError(f"no key {segment!r}; it has {first(returns)}")
            case _:
                raise LookupError(f"a {describe(returns)} has no {segment!r}")
    return returns


def first(names: Iterable[str], most: int = 20) -> str:
    """List names for a message, and say whether there are more."""
    shown = [*islice(names, most + 1)]
    return ", ".join([*shown[:most], "…"] if len(shown) > most else shown)


def describe(returns: object) -> str:
    """Write a type on one line, as a plan would."""
    if isinstance(returns, str):
        return returns
    return "value" if returns is None else json.dumps(returns, ensure_ascii=False)


def conforms(  # noqa: PLR0911 - a line for each kind of type
    value: object, returns: object
) -> bool:
    """Tell whether a value is of a type; more keys than asked for do no harm."""
    match returns:
        case None:
            return True
        case "text":
            return isinstance(value, str)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case [inner]:
            return isinstance(value, list) and all(conforms(v, inner) for v in value)
        case dict():
            return isinstance(value, dict) and all(
                key in value and conforms(value[key], inner)
                for key, inner in returns.items()
            )
        case _:
            return False


def as_json_schema(returns: object) -> dict[str, object]:
    """Write a type as a JSON schema that strict structured output accepts."""
    match returns:
        case "text":
            return {"type": "string"}
        case "number" | "boolean":
            return {"type": returns}
        case [inner]:
            return {"type": "array", "items": as_json_schema(inner)}
        case dict():
            return {
                "type": "object",
                "properties": {k: as_json_schema(v) for k, v in returns.items()},
                "required": list(returns),
                "additionalProperties": False,
            }
        case _:
            # A type that is not known: anything that JSON has.
            scalars = ("string", "number", "boolean", "null")
            return {"anyOf": [{"type": name} for name in scalars]}
