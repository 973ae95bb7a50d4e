"""References inside a tool's JSON schema: `#/$defs/Place`, `#/definitions/Place`, `#`."""

from collections.abc import Mapping
from urllib.parse import unquote

Schema = Mapping[str, object]


def pointed(root: Schema, ref: object) -> Schema | None:
    """Return the schema to which a `$ref` leads.

    Args:
        root: The whole schema.
        ref: The reference; only JSON pointers into the same schema are known.

    Returns:
        None where it leads nowhere, or outside the schema.
    """
    if not isinstance(ref, str):
        return None
    start, *names = unquote(ref).split("/")
    found: object = root if start == "#" else None
    for name in names:
        key = name.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and key.isdecimal():
            found = dict(enumerate(found)).get(int(key))
        else:
            found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else None


def mapping(value: object) -> Schema:
    """Return a value that is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def listed(value: object) -> list[object]:
    """Return a value that is a list, else an empty one."""
    return value if isinstance(value, list) else []
