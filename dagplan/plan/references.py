r"""References: `${id}` and `${id.path.0.name}` inside a step's texts.

A reference stands for the value of an earlier step. `${item}` stands for the item of
a `for_each` step. `$5`, `#1` and `{x}` are text; `\${` writes a literal `${`; in
`$${gdp}` the first dollar sign is text. Any other `${…}` is malformed.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from dagplan.errors import MissingValueError, WrongValueError

ITEM: Final = "item"
"""The id that stands for the current item inside a `for_each` step."""

ID_PATTERN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
SEGMENT_PATTERN: Final = re.compile(r"[^.{}$\\\s]{1,256}")

# Each alternative consumes what it matches and no two matches overlap, so scanning
# is linear in the text however many openings are never closed.
_TOKEN: Final = re.compile(r"\\\$\{|\$\{(?P<body>[^{}$]*)(?P<close>\}?)")

NOT_AVAILABLE: Final = "(not available)"

_EXACT: Final = 2.0**53  # the floats below it have digits for every unit


class Unavailable:
    """The value of an optional dependency that failed; there is one instance."""

    def __repr__(self) -> str:
        return "UNAVAILABLE"


UNAVAILABLE: Final = Unavailable()


@dataclass(frozen=True, slots=True)
class Reference:
    """A well-formed reference.

    Attributes:
        step: Id of the step whose value is meant, or `item`.
        path: Keys, indexes and `*` into that value; empty for all of it.
    """

    step: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "${" + ".".join((self.step, *self.path)) + "}"


@dataclass(frozen=True, slots=True)
class Malformed:
    """Something that opens like a reference and is none.

    Attributes:
        text: What stands there, from `${` on.
    """

    text: str


Part = str | Reference | Malformed
Lookup = Callable[[Reference], object]


def scan(text: str) -> list[Part]:
    """Split a text into plain text and references, in order."""
    if "${" not in text:
        return [text] if text else []
    parts: list[Part] = []
    literal: list[str] = []
    end = 0
    for match in _TOKEN.finditer(text):
        literal.append(text[end : match.start()])
        end = match.end()
        if match["body"] is None:
            literal.append("${")
            continue
        if plain := "".join(literal):
            parts.append(plain)
        literal = []
        parts.append(_reference(match))
    if plain := "".join((*literal, text[end:])):
        parts.append(plain)
    return parts


def _reference(match: re.Match[str]) -> Reference | Malformed:
    step, *path = match["body"].split(".")
    well_formed = (
        match["close"]
        and ID_PATTERN.fullmatch(step)
        and all(SEGMENT_PATTERN.fullmatch(segment) for segment in path)
    )
    return Reference(step, tuple(path)) if well_formed else Malformed(match[0])


def holds_reference(text: str) -> bool:
    """Tell whether a text has a well-formed reference, reading no further than it."""
    return any(
        match["body"] is not None and isinstance(_reference(match), Reference)
        for match in _TOKEN.finditer(text)
    )


def whole(text: str) -> Reference | None:
    """Return the reference that is all of a text, if it is exactly one."""
    if not text.startswith("${"):
        return None
    parts = scan(text)
    only = parts[0] if len(parts) == 1 else None
    return only if isinstance(only, Reference) else None


def walk(value: object) -> Iterator[tuple[int, object]]:
    """Visit a nested value without recursion, as (depth, leaf or container)."""
    stack: list[tuple[int, object]] = [(0, value)]
    while stack:
        depth, node = stack.pop()
        yield depth, node
        if isinstance(node, dict):
            stack.extend((depth + 1, child) for child in reversed(node.values()))
        elif isinstance(node, list):
            stack.extend((depth + 1, child) for child in reversed(node))


def find(value: object) -> Iterator[Reference]:
    """Find the well-formed references in the texts of a nested value."""
    for _, node in walk(value):
        if isinstance(node, str):
            yield from (p for p in scan(node) if isinstance(p, Reference))


def resolve(value: object, reference: Reference) -> object:
    """Follow a reference's path into the value of its step.

    Raises:
        MissingValueError: The value has no such key or index.
    """
    return _follow(value, reference.path, reference)


def _follow(value: object, path: tuple[str, ...], whole: Reference) -> object:
    for position, segment in enumerate(path):
        if segment == "*":
            if not isinstance(value, list):
                raise _missing(value, segment, whole, "is not a list")
            rest = path[position + 1 :]
            return [_follow(element, rest, whole) for element in value]
        value = _child(value, segment, whole)
    return value


def _child(value: object, segment: str, whole: Reference) -> object:
    if isinstance(value, dict):
        if segment in value:
            return value[segment]
        keys = ", ".join(map(str, list(value)[:8])) or "none"
        raise _missing(value, segment, whole, f"has the keys {keys}")
    if isinstance(value, list):
        if segment.isdecimal() and len(segment) < 10 and int(segment) < len(value):
            return value[int(segment)]
        raise _missing(value, segment, whole, f"is a list of {len(value)}")
    raise _missing(value, segment, whole, f"is {short(value)}")


def _missing(
    value: object, segment: str, whole: Reference, what: str
) -> MissingValueError:
    kind = type(value).__name__
    return MissingValueError(
        f"{whole} leads to nothing: no {segment!r} in a {kind} that {what}"
    )


def substitute(value: object, lookup: Lookup) -> object:
    """Put values in place of the references of a nested value, once.

    A text that is exactly one reference becomes the value itself. Inside other text
    numbers are written in shortest round-trip form, lists and objects as JSON.

    Args:
        value: Nested lists, objects and texts; at most `PlanLimits.depth` deep.
        lookup: Gives a reference's value, or `UNAVAILABLE`.

    Raises:
        MissingValueError: A reference leads to nothing.
    """
    if isinstance(value, str):
        return _substitute_text(value, lookup) if "${" in value else value
    if isinstance(value, dict):
        return {key: substitute(child, lookup) for key, child in value.items()}
    if isinstance(value, list):
        return [substitute(child, lookup) for child in value]
    return value


def _substitute_text(text: str, lookup: Lookup) -> object:
    parts = scan(text)
    if len(parts) == 1 and isinstance(parts[0], Reference):
        found = lookup(parts[0])
        return None if found is UNAVAILABLE else found
    return "".join(_render(part, lookup, as_text) for part in parts)


def interpolate(text: str, lookup: Lookup) -> str:
    """Put values into a text; also a lone reference is written out as text.

    Raises:
        MissingValueError: A reference leads to nothing.
    """
    if "${" not in text:
        return text
    return "".join(_render(part, lookup, as_text) for part in scan(text))


def fill(text: str, lookup: Lookup) -> str:
    """Put values into a text that people read, such as the answer template.

    Integers are written exactly, grouped from 10,000; floats to six digits without
    an exponent; lists as an enumeration.

    Raises:
        MissingValueError: A reference leads to nothing.
    """
    return "".join(_render(part, lookup, for_people) for part in scan(text))


def _render(part: Part, lookup: Lookup, write: Callable[[object], str]) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Malformed):
        return part.text
    found = lookup(part)
    return NOT_AVAILABLE if found is UNAVAILABLE else write(found)


def bind(text: str, lookup: Lookup) -> tuple[str, dict[str, object]]:
    """Turn the references of an expression into names with values.

    `"${a} ** 2"` with a = -3 becomes `("ref_0 ** 2", {"ref_0": -3})`: a value that is
    written into an expression as text would change what the expression means.

    Raises:
        MissingValueError: A reference leads to nothing.
    """
    prefix = "ref_"
    while prefix in text:
        prefix += "_"
    names: dict[str, object] = {}
    written: list[str] = []
    for part in scan(text):
        if isinstance(part, Reference):
            found = lookup(part)
            name = f"{prefix}{len(names)}"
            names[name] = None if found is UNAVAILABLE else found
            written.append(name)
        else:
            written.append(part if isinstance(part, str) else part.text)
    return "".join(written), names


def as_text(value: object) -> str:
    """Write a value for a machine to read: round-trip numbers, JSON for the rest.

    Raises:
        WrongValueError: The value cannot be written as JSON.
    """
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise WrongValueError(
            f"{short(value)} cannot be put into text: {error}"
        ) from error


def for_people(value: object) -> str:
    """Write a value for people: grouped integers, floats to six digits."""
    if value is None:
        return NOT_AVAILABLE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, list):
        return _enumeration([for_people(element) for element in value])
    if isinstance(value, dict):
        return ", ".join(f"{key}: {for_people(part)}" for key, part in value.items())
    return as_text(value)


def _number(value: float) -> str:
    if isinstance(value, int):
        as_text(value)  # refuses integers too long for Python to write out
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if not math.isfinite(value):
        return str(value)
    if abs(value) >= _EXACT:
        # Beyond it the digits that a float does not have would be made up.
        return f"{Decimal(repr(value)):,f}".removesuffix(".0")
    # Six significant digits, but never fewer than the integer part has: 1234567.8
    # reads 1,234,568 and not 1,234,570.
    magnitude = len(f"{abs(value):.0f}") if abs(value) >= 1 else _leading(value)
    decimals = min(max(6 - magnitude, 0), 324)
    rounded = f"{value:.{decimals}f}"
    text = f"{value:,.{decimals}f}" if abs(float(rounded)) >= 10_000 else rounded
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _leading(value: float) -> int:
    """Return minus the number of zeros that follow the point: 0.00123 gives -2."""
    return int(f"{value:e}".partition("e")[2]) + 1 if value else 1


def _enumeration(parts: list[str]) -> str:
    if len(parts) < 2:
        return "".join(parts) or "none"
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def short(value: object, width: int = 60) -> str:
    """Show a value in a message: its repr, cut to `width` characters."""
    if isinstance(value, str) and len(value) > width:
        value = value[:width] + "…"  # repr of a huge text would be built whole
    if isinstance(value, list | dict) and len(value) > width:
        return f"a {type(value).__name__} of {len(value)}"
    try:
        shown = repr(value)
    except (ValueError, RecursionError):  # too many digits or levels to write out
        return f"a {type(value).__name__}"
    return shown if len(shown) <= width + 2 else shown[:width] + "…"


def clip(text: str, width: int = 64) -> str:
    """Cut a text for a message, with a sign that it was cut."""
    return text if len(text) <= width else text[:width] + "…"


def is_unicode(text: str) -> bool:
    """Tell whether a text can be written as UTF-8: no half of a surrogate pair."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
