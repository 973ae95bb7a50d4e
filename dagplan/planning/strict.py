"""A tool's JSON schema as OpenAI's strict structured output accepts it.

Strict mode wants every object closed and every property required, and knows a part
of JSON schema only. Optional arguments become nullable; what a reference may stand
for may also be text; keywords that only narrow values are left to `Plan.check`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dagplan.planning.nulls import listed, mapping

Schema = Mapping[str, object]

_ANNOTATIONS = frozenset(
    {
        "$comment",
        "$defs",
        "$schema",
        "default",
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

    def strict(self, tool: str, parameters: Schema) -> dict[str, object]:
        """Return the arguments of a tool as a strict schema.

        Args:
            tool: Name of the tool; keeps its definitions apart from those of others.
            parameters: The JSON schema of its arguments.

        Raises:
            NotStrictError: Strict mode cannot hold it.
        """
        own = mapping(parameters.get("$defs"))
        number = len(self.schemas)
        names = {
            name: _UNSAFE.sub("_", f"{tool}_{name}_{number + index}")
            for index, name in enumerate(own)
        }
        references = {f"#/$defs/{name}": to for name, to in names.items()}
        transform = _Transform(references, strictly=self.strictly)
        found = transform.object({**parameters, "type": "object"})
        self.schemas |= {to: transform.value(own[name]) for name, to in names.items()}
        return found


class _Transform:
    """Rewrites schemas whose references to definitions get new names."""

    def __init__(self, names: Mapping[str, str], *, strictly: bool) -> None:
        self._names = names
        self._strictly = strictly

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
            case {"$ref": str(ref)} if ref in self._names and len(rest) == 1:
                return {"$ref": f"#/$defs/{self._names[ref]}"}
            case {"anyOf": list(options)} | {"oneOf": list(options)} if len(rest) == 1:
                return either(*map(self.value, options))
            case {"allOf": [only]} if len(rest) == 1:
                return self.value(only)
            case {"const": constant}:
                return either({"enum": [constant], **_type_of(constant)}, _TEXT)
            case {"enum": list(values)}:
                return either(*_enumerations(values), _TEXT)
            case {"type": list(kinds)}:
                return either(*(self._value({**schema, "type": k}) for k in kinds))
            case {"type": "object"}:
                return either(self.object(schema), _TEXT)
            case {"type": "array", "items": items}:
                return either({"type": "array", "items": self.value(items)}, _TEXT)
            case {"type": "string"}:
                return dict(_TEXT)
            case {"type": "null"}:
                return {"type": "null"}
            case {"type": "number" | "integer" | "boolean" as kind}:
                return either({"type": kind}, _TEXT)
            case _:
                raise NotStrictError(f"a value of any type: {dict(schema)!r:.80}")

    def object(self, schema: Schema) -> dict[str, object]:
        """Rewrite the schema of an object: closed, with every property required."""
        properties = schema.get("properties", {})
        if not isinstance(properties, Mapping):
            raise NotStrictError("properties that are no object")
        others = schema.get("additionalProperties", "properties" not in schema)
        if isinstance(others, Mapping) or (others and not properties):
            raise NotStrictError("an object of any keys")
        required = listed(schema.get("required"))
        values = {name: self.value(inner) for name, inner in properties.items()}
        if not self._strictly:
            needed = [name for name in values if name in required]
            return {**closed(values), "required": needed}
        return closed(
            {
                name: value if name in required else nullable(value)
                for name, value in values.items()
            }
        )


def _enumerations(values: list[object]) -> Iterator[Schema]:
    """Give the values of each type an enumeration of their own."""
    types = {str(_type_of(value)): _type_of(value) for value in values}
    for kind in types.values():
        yield {**kind, "enum": [value for value in values if _type_of(value) == kind]}


def closed(properties: Mapping[str, object]) -> dict[str, object]:
    """Return the schema of an object that has exactly these keys."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def nullable(schema: Schema) -> dict[str, object]:
    """Allow null beside a schema."""
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
