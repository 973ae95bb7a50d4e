"""What tools and models return, as plain JSON of a declared type."""

import json

from dagplan.plan.json_values import foreign
from dagplan.plan.returns import conforms


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
    return None if any(True for _ in foreign(parsed)) else parsed


def _figure(value: object) -> object:
    return value.get("value") if isinstance(value, dict) else None
