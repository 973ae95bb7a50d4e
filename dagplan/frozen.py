"""Frozen values that are cheap to make."""

from collections.abc import Callable
from dataclasses import fields

Setter = Callable[[object, object], None]


def setters(kind: type) -> tuple[Setter, ...]:
    """Return what sets the fields of a frozen dataclass with slots, in their order.

    For an `__init__` of its own. The one that `dataclass` writes calls
    `object.__setattr__` for each field, which looks it up by name: it takes nearly twice
    as long, and that counts where several values are made for each step.
    """
    return tuple(kind.__dict__[field.name].__set__ for field in fields(kind))
