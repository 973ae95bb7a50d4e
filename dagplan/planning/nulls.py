"""Nulls by which a model leaves out an argument, since strict mode wants every key."""

from collections.abc import Iterable, Iterator, Mapping

from dagplan.planning.pointers import Schema, listed, mapping, pointed

_DEEPEST = 250  # levels of a value; a valid plan nests less, and Python recurses


def without_defaults(given: dict[str, object], parameters: Schema) -> dict[str, object]:
    """Leave out the nulls that stand for what need not be given.

    A null that the tool takes as a value stays, unless null is its default anyway.

    Args:
        given: Arguments as a model wrote them under the strict schema.
        parameters: The tool's own JSON schema.
    """
    found = _Reading(parameters).given(given, [parameters], 0)
    return found if isinstance(found, dict) else given


def is_left_out_by_null(schema: object, parameters: Schema) -> bool:
    """Tell whether null says of an optional property that it is left out.

    Args:
        schema: The schema of the property.
        parameters: The whole schema, into which references lead.
    """
    default = mapping(schema).get("default", ...)
    return default is None or not takes_null(schema, parameters)


def takes_null(schema: object, parameters: Schema) -> bool:
    """Tell whether null is a value of a schema.

    Args:
        schema: Any part of a schema.
        parameters: The whole schema, into which references lead.
    """
    return _takes_null(schema, parameters, {})


def _takes_null(schema: object, root: Schema, known: dict[int, bool]) -> bool:
    if not isinstance(schema, Mapping):
        return schema is True
    if id(schema) not in known:
        known[id(schema)] = False  # what is found here only by way of itself
        known[id(schema)] = all(_allow_null(schema, root, known))
    return known[id(schema)]


def _allow_null(schema: Schema, root: Schema, known: dict[int, bool]) -> Iterator[bool]:
    """Give a verdict for each keyword that may exclude null."""
    for keyword, rule in schema.items():
        match keyword, rule:
            case "type", kinds:
                yield kinds == "null" or "null" in listed(kinds)
            case "enum", values:
                yield None in listed(values)
            case "const", value:
                yield value is None
            case "$ref", ref:
                yield _takes_null(pointed(root, ref), root, known)
            case "anyOf" | "oneOf", options:
                yield any(_takes_null(o, root, known) for o in listed(options))
            case "allOf", parts:
                yield all(_takes_null(part, root, known) for part in listed(parts))
            case _:
                pass


class _Reading:
    """Reads a value by all the schemas that it may be meant to satisfy."""

    def __init__(self, root: Schema) -> None:
        self._root = root

    def given(self, value: object, schemas: Iterable[object], depth: int) -> object:
        """Return a value without the nulls that stand for what is left out."""
        if not isinstance(value, dict | list) or depth > _DEEPEST:
            return value
        options = self._options(schemas)
        if isinstance(value, list):
            items = [o["items"] for o in options if isinstance(o.get("items"), Mapping)]
            if not items:
                return value
            return [self.given(element, items, depth + 1) for element in value]
        meant = _meant(value, options)
        if not meant:
            return value
        return {
            key: self.given(inner, [*_inner(key, meant)], depth + 1)
            for key, inner in value.items()
            if inner is not None or not all(self._leaves_out(key, o) for o in meant)
        }

    def _leaves_out(self, key: str, schema: Schema) -> bool:
        """Tell whether null says of a key of an object that it is left out."""
        properties = mapping(schema["properties"])
        return (
            key in properties
            and key not in listed(schema.get("required"))
            and is_left_out_by_null(properties[key], self._root)
        )

    def _options(self, schemas: Iterable[object]) -> list[Schema]:
        """Follow references, and into the parts of unions, each once."""
        found: dict[int, Schema] = {}
        stack = [*schemas]
        while stack:
            schema = stack.pop(0)
            if not isinstance(schema, Mapping) or id(schema) in found:
                continue
            found[id(schema)] = schema
            if "properties" in schema:
                continue  # what stands beside them says less of them than they do
            if "$ref" in schema:
                stack.append(pointed(self._root, schema["$ref"]))
            for keyword in ("anyOf", "oneOf", "allOf"):
                stack += listed(schema.get(keyword))
        return [*found.values()]


def _meant(value: dict[str, object], options: Iterable[Schema]) -> list[Schema]:
    """Of several kinds of objects return those that a value's keys speak for.

    Strict mode has every key written, so that the keys are all of one kind's.
    """
    objects = [o for o in options if isinstance(o.get("properties"), Mapping)]
    same = [o for o in objects if mapping(o["properties"]).keys() == value.keys()]
    wide = [o for o in objects if mapping(o["properties"]).keys() >= value.keys()]
    return same or wide or objects[:1]


def _inner(key: str, objects: Iterable[Schema]) -> Iterator[object]:
    for schema in objects:
        properties = mapping(schema["properties"])
        if key in properties:
            yield properties[key]
