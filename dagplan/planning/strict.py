"""A tool's JSON schema as OpenAI's strict structured output accepts it.

Strict mode wants every object closed and every property required, and knows a part
of JSON schema only. Optional arguments become nullable; what a reference may stand
for may also be text; keywords that only narrow values are left to `Plan.check`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dagplan.planning.nulls import is_left_out_by_null
from dagplan.planning.pointers import Schema, listed, mapping, pointed

_ANNOTATIONS = frozenset(
    {
        "$comment",
        "$defs",
        "$id",
        "$schema",
        "default",
        "definitions",
        "deprecated",
        "description",
        "discriminator",
        "examples",
        "readOnly",
        "title",
        "writeOnly",
    }
)
# These narrow what a value may be. Providers differ in which they know, and the plan's
# check enforces them all.
_NARROWING = frozenset(
    {
        "additionalProperties",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "maximum",
        "maxItems",
        "maxLength",
        "minimum",
        "minItems",
        "minLength",
        "multipleOf",
        "pattern",
        "required",
        "uniqueItems",
    }
)
_TEXT: Schema = {"type": "string"}
_UNSAFE = re.compile(r"[^A-Za-z0-9_]")


class NotStrictError(ValueError):
    """A schema that strict mode cannot hold, such as an object of any keys."""


@dataclass
class Definitions:
    """The `$defs` of one request, gathered from all tools.

    Attributes:
        schemas: Definitions by their name in the request.
        strictly: Whether every key is required, as strict mode wants, and what may be
            left out is null; otherwise it is just not required.
    """

    schemas: dict[str, object] = field(default_factory=dict)
    strictly: bool = True

    def strict(
        self, tool: str, parameters: Schema, *, nulls: bool = True
    ) -> dict[str, object]:
        """Return the arguments of a tool as a strict schema.

        Args:
            tool: Name of the tool; keeps its definitions apart from those of others.
            parameters: The JSON schema of its arguments.
            nulls: Whether arguments that may be left out may be null; those inside of
                others may in any case.

        Raises:
            NotStrictError: Strict mode cannot hold it.
        """
        number = len(self.schemas)
        transform = _Transform(tool, parameters, number, strictly=self.strictly)
        found = transform.arguments(nulls=nulls)
        self.schemas |= transform.definitions()
        return found


class _Transform:
    """Rewrites the schema of one tool; what is referred to becomes a definition.

    Args:
        tool: Name of the tool.
        root: The JSON schema of its arguments.
        number: How many definitions there are of other tools.
        strictly: Whether every key is required.
    """

    def __init__(self, tool: str, root: Schema, number: int, *, strictly: bool) -> None:
        self._tool = tool
        self._root = root
        self._number = number
        self._strictly = strictly
        self._names: dict[str, str] = {}
        self._refs: list[str] = []  # with a name; grows while they are rewritten

    def arguments(self, *, nulls: bool) -> dict[str, object]:
        """Rewrite the whole schema, which need not say that it is an object's."""
        root = self._root
        if "$ref" in root and "properties" not in root:
            root = self._end(root["$ref"])
        return self.closed({**root, "type": "object"}, nulls=nulls)

    def definitions(self) -> dict[str, object]:
        """Rewrite all that is referred to, from what was rewritten and from one another."""
        return {
            self._names[ref]: self.value(pointed(self._root, ref)) for ref in self._refs
        }

    def _name(self, ref: str) -> str:
        if ref not in self._names:
            self._end(ref)
            number = self._number + len(self._refs)
            self._refs.append(ref)
            last = ref.rpartition("/")[2]
            self._names[ref] = _UNSAFE.sub("_", f"{self._tool}_{last}_{number}")
        return self._names[ref]

    def _end(self, ref: object) -> Schema:
        """Return what a reference leads to in the end, by way of other references."""
        passed = list[object]()
        while ref not in passed and (found := pointed(self._root, ref)) is not None:
            if "$ref" not in found:
                return found
            passed.append(ref)
            ref = found["$ref"]
        raise NotStrictError(f"a reference that leads nowhere: {ref!r:.80}")

    def value(self, schema: object) -> dict[str, object]:
        """Rewrite the schema of a value, which may also be a reference."""
        if not isinstance(schema, Mapping):
            raise NotStrictError(f"no schema of an object: {schema!r:.80}")
        kept = self._value(schema)
        if isinstance(text := schema.get("description"), str) and "$ref" not in kept:
            kept["description"] = text
        return kept

    def _value(  # noqa: C901, PLR0911, PLR0912 - an arm for each kind of schema
        self, schema: Schema
    ) -> dict[str, object]:
        left_out = _ANNOTATIONS | _NARROWING
        rest = {key: value for key, value in schema.items() if key not in left_out}
        match rest:
            case {"$ref": str(ref)} if len(rest) == 1:
                return {"$ref": f"#/$defs/{self._name(ref)}"}
            case {"anyOf": [_, *_] as options} | {"oneOf": [_, *_] as options} if (
                len(rest) == 1
            ):
                return either(*map(self.value, options))
            case {"allOf": [only]} if len(rest) == 1:
                return self.value(only)
            case {"const": constant}:
                return either({"enum": [constant], **_type_of(constant)}, _TEXT)
            case {"enum": list(values)}:
                return either(*_enumerations(values), _TEXT)
            case {"type": [_, *_] as kinds}:
                return either(*(self._value({**schema, "type": k}) for k in kinds))
            case {"type": "object"}:
                return either(self.closed(schema), _TEXT)
            case {"type": "array", "items": items} if "prefixItems" not in rest:
                return either({"type": "array", "items": self.value(items)}, _TEXT)
            case {"type": "string"}:
                return dict(_TEXT)
            case {"type": "null"}:
                return {"type": "null"}
            case {"type": "number" | "integer" | "boolean" as kind}:
                return either({"type": kind}, _TEXT)
            case _:
                raise NotStrictError(f"a value of any type: {dict(schema)!r:.80}")

    def closed(self, schema: Schema, *, nulls: bool = True) -> dict[str, object]:
        """Rewrite the schema of an object: closed, with every property required."""
        properties = schema.get("properties", {})
        if not isinstance(properties, Mapping):
            raise NotStrictError("properties that are no object")
        if schema.get("additionalProperties", "properties" not in schema) is not False:
            raise NotStrictError("an object of any keys")
        required = listed(schema.get("required"))
        if others := [*_others(schema, properties)]:
            raise NotStrictError(f"keys that are declared elsewhere: {others!r:.80}")
        values = {name: self.value(inner) for name, inner in properties.items()}
        optional = [name for name in values if name not in required]
        if not self._strictly:
            needed = [name for name in values if name in required]
            return {**closed(values), "required": needed}
        for name in optional if nulls else ():
            inner = properties[name]
            values[name] = left_out_by_null(name, values[name], inner, self._root)
        return closed(values)


def closed(properties: Mapping[str, object]) -> dict[str, object]:
    """Return the schema of an object that has exactly these keys."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def left_out_by_null(
    name: str, value: Schema, schema: object, root: Schema
) -> dict[str, object]:
    """Let null say of a property that it is left out.

    Args:
        name: Of the property.
        value: Its strict schema.
        schema: Its own schema.
        root: The schema of all arguments.

    Raises:
        NotStrictError: Null says something else, and nothing says that it is left out.
    """
    found = _nullable(value)
    if is_left_out_by_null(schema, root):
        return found
    default = mapping(schema).get("default")
    if default is None:
        raise NotStrictError(f"{name!r} may be left out, which null does not say")
    # Null is a value of its own here, so what stands for nothing has to be written.
    words = str(found.get("description", ""))
    said = f"Its default is {json.dumps(default, ensure_ascii=False)}."
    return {**found, "description": f"{words} {said}".strip()}


def _others(schema: Schema, own: Schema) -> Iterator[str]:
    """Find keys that an object has beside its own properties.

    Alternatives that only say which of them are required add none.
    """
    parts = [
        part
        for keyword in ("allOf", "anyOf", "oneOf")
        for part in listed(schema.get(keyword))
    ]
    parts += [
        schema[keyword] for keyword in ("if", "then", "else") if keyword in schema
    ]
    parts += mapping(schema.get("dependentSchemas")).values()
    yield from mapping(schema.get("patternProperties"))
    if "$ref" in schema:
        yield str(schema["$ref"])
    required = map(str, listed(schema.get("required")))
    yield from (name for name in required if name not in own)
    for part in map(mapping, parts):
        yield from (name for name in mapping(part.get("properties")) if name not in own)
        yield from _others(part, own)


def _enumerations(values: list[object]) -> Iterator[Schema]:
    """Give the values of each type an enumeration of their own."""
    types = {str(_type_of(value)): _type_of(value) for value in values}
    for kind in types.values():
        yield {**kind, "enum": [value for value in values if _type_of(value) == kind]}


def _nullable(schema: Schema) -> dict[str, object]:
    words = {key: schema[key] for key in ("description",) if key in schema}
    bare = {key: value for key, value in schema.items() if key not in words}
    return {**either(bare, {"type": "null"}), **words}


def _type_of(value: object) -> dict[str, object]:
    match value:
        case bool():
            return {"type": "boolean"}
        case str():
            return {"type": "string"}
        case int() | float():
            return {"type": "number"}
        case None:
            return {"type": "null"}
        case _:
            raise NotStrictError("an enumeration of lists or objects")


def either(*options: Schema) -> dict[str, object]:
    """Join options into one `anyOf`, without repeats."""
    flat: list[object] = []
    for option in options:
        inner = option.get("anyOf")
        for candidate in inner if isinstance(inner, list) else [dict(option)]:
            if candidate not in flat:
                flat.append(candidate)
    if len(flat) == 1 and isinstance(flat[0], dict):
        return flat[0]
    return {"anyOf": flat}
