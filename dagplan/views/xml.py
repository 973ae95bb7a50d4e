"""Elements of SVG and HTML, written with everything escaped."""

from collections.abc import Iterable
from html import escape
from typing import Final

from dagplan.views.escape import one_line, printable

Value = str | float | bool | None
"""Of an attribute; None leaves it out, True writes its name as its value."""

# Words that Python keeps for itself stand with a `_` behind them.
_RENAMED: Final = {"class_": "class", "for_": "for"}


def element(name: str, /, *content: str, **attributes: Value) -> str:
    """Write an element.

    Args:
        name: Its tag.
        content: Its markup, escaped already.
        attributes: Its attributes, not escaped yet; `_` in their names becomes `-`.
    """
    inside = "".join(content)
    opening = f"{name}{_attributes(attributes.items())}"
    return f"<{opening}>{inside}</{name}>" if inside else f"<{opening}/>"


def paired(name: str, /, *content: str, **attributes: Value) -> str:
    """Write an element of HTML, in which an empty one is closed by a tag as well."""
    return f"<{name}{_attributes(attributes.items())}>{''.join(content)}</{name}>"


def _attributes(values: Iterable[tuple[str, Value]]) -> str:
    return "".join(
        f' {_RENAMED.get(name, name).replace("_", "-")}="{_value(value)}"'
        for name, value in values
        if value is not None and value is not False
    )


def _value(value: Value) -> str:
    match value:
        case str():
            return escape(one_line(value))
        case bool():
            return "true"
        case _:
            return number(value or 0.0)


def number(value: float) -> str:
    """Write a length with two decimals at most, and none that say nothing."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def text(value: str) -> str:
    """Return a text as it may stand between tags, on one line."""
    return escape(one_line(value))


def lines(value: str) -> str:
    """Return a text as it may stand between tags, its line breaks kept."""
    return escape(printable(value, lines=True))
