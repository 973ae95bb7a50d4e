"""A value that a step found, in a few words."""

from collections.abc import Iterable, Mapping, Sized
from itertools import islice

from dagplan.plan.references import for_people
from dagplan.views import one_line

_ELEMENTS_SHOWN = 8
_LONGEST = 2_000  # characters; no line shows more


def value_text(value: object) -> str:
    """Write a value for people, on one safe line.

    A figure is written with its unit, an item of a `for_each` step with what
    it is about, a long list by its beginning.
    """
    return one_line(_text(value)[:_LONGEST])


def _text(value: object) -> str:
    match value:
        # Its year stays with its source: beside the number the year in which a source
        # was published would read as the year that the number holds for.
        case {"value": inner, "unit": unit, "source": _}:
            return f"{_text(inner)} {unit or ''}".rstrip()
        case {"item": item, "value": inner, **rest} if not rest:
            return f"{_text(item)}: {_text(inner)}"
        case Mapping():
            shown = islice(value.items(), _ELEMENTS_SHOWN)
            return _joined((f"{key}: {_text(part)}" for key, part in shown), value)
        case list():
            return _joined(map(_text, value[:_ELEMENTS_SHOWN]), value) or "none"
        case str():
            return value[:_LONGEST]
        case _:
            return for_people(value)


def _joined(parts: Iterable[str], whole: Sized) -> str:
    rest = len(whole) - _ELEMENTS_SHOWN
    more = f", … ({rest:,} more)" if rest > 0 else ""
    return ", ".join(parts) + more
