"""Nulls by which a model leaves out an argument, since strict mode wants every key."""

from collections.abc import Iterator, Mapping

Schema = Mapping[str, object]

_LEVELS = 10  # strict mode nests no deeper


def without_defaults(given: dict[str, object], parameters: Schema) -> dict[str, object]:
    """Leave out the nulls that stand for what need not be given.

    Args:
        given: Arguments as a model wrote them under the strict schema.
        parameters: The tool's own JSON schema.
    """
    found = _given(given, parameters, mapping(parameters.get("$defs")), _LEVELS)
    return found if isinstance(found, dict) else given


def _given(value: object, schema: Schema, own: Schema, levels: int) -> object:
    options = [*_alternatives(schema, own, levels)] if levels else []
    if isinstance(value, list):
        items = next((o["items"] for o in options if "items" in o), None)
        inner = mapping(items)
        return [_given(element, inner, own, levels - 1) for element in value]
    if not isinstance(value, dict):
        return value
    objects = [option for option in options if "properties" in option]
    # Of several kinds of objects the one is meant that has all the keys.
    objects.sort(key=lambda o: not value.keys() <= mapping(o["properties"]).keys())
    if not objects:
        return value
    properties = mapping(objects[0]["properties"])
    required = listed(objects[0].get("required"))
    return {
        key: _given(inner, mapping(properties.get(key)), own, levels - 1)
        for key, inner in value.items()
        if inner is not None or key in required or key not in properties
    }


def _alternatives(schema: Schema, own: Schema, levels: int) -> Iterator[Schema]:
    """Follow references to definitions, and into the options of a union."""
    yield schema
    ref = schema.get("$ref")
    inner = [own.get(ref.removeprefix("#/$defs/"))] if isinstance(ref, str) else []
    for keyword in ("anyOf", "oneOf", "allOf"):
        inner += listed(schema.get(keyword))
    for option in inner if levels else []:
        yield from _alternatives(mapping(option), own, levels - 1)


def mapping(value: object) -> Schema:
    """Return a value that is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def listed(value: object) -> list[object]:
    """Return a value that is a list, else an empty one."""
    return value if isinstance(value, list) else []
