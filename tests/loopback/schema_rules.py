"""Which JSON schemas OpenAI refuses, in its words.

Strict mode takes a subset of JSON schema. The subset and its limits are those of
OpenAI's guide "Structured model outputs, supported schemas" as of 2026
(https://platform.openai.com/docs/guides/structured-outputs): objects closed and all
keys required, a root that is an object, 5,000 properties, 10 levels, 1,000 enum
values, 120,000 characters of names; `pattern`, `format` and the bounds of numbers
and arrays are allowed. The wording is what users report of the API. Where
reports differ the stricter one holds, so that what passes here passes there:
`default`, `oneOf`, `minLength` and keywords beside `$ref` are refused, and so are
variants with one first key even if their `const` differs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

MAX_PROPERTIES = 5_000
MAX_DEPTH = 10
MAX_ENUM_VALUES = 1_000
MAX_NAME_CHARACTERS = 120_000
MAX_LONG_ENUM_VALUES = 250
MAX_LONG_ENUM_CHARACTERS = 15_000

_SHAPE = {"type", "properties", "required", "additionalProperties", "items"}
_CHOICE = {"enum", "const", "anyOf", "$ref", "$defs", "definitions"}
_WORDS = {"title", "description", "pattern", "format"}
_NUMBERS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
_LENGTHS = {"minItems", "maxItems"}
KEYWORDS = frozenset(_SHAPE | _CHOICE | _WORDS | _NUMBERS | _LENGTHS)
_TIMES = {"date-time", "date", "time", "duration"}
FORMATS = frozenset(_TIMES | {"email", "hostname", "ipv4", "ipv6", "uuid"})
SAME_FIRST_KEY = (
    "Objects provided via 'anyOf' must not share identical first keys. Consider "
    "adding a discriminator key or rearranging the properties to ensure the first "
    "key is unique."
)

Schema = Mapping[str, Any]
Path = tuple[str, ...]


def refusals(schema: Any) -> list[str]:
    """Every reason why strict mode refuses `schema`; empty if it takes it.

    Args:
        schema: What was sent as a schema; need not be one.

    Returns:
        Sentences in OpenAI's wording, in the order of the schema, limits last.
        OpenAI itself reports the first.
    """
    root = root_refusals(schema)
    if root:
        return root
    found: list[str] = []
    sizes = _Sizes()
    for path, node in _nodes(schema):
        found += _node_refusals(path, node, schema)
        sizes.add(node)
    return found + sizes.refusals() + _depth_refusals(schema)


def root_refusals(schema: Any) -> list[str]:
    """Why `schema` cannot be a root, strict or not: it must be an object's."""
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    if kind == "object" and "anyOf" not in schema:
        return []
    got = "null" if kind is None else kind
    if kind == "object":
        return ["In context=(), 'anyOf' is not permitted at the root of a schema."]
    return [
        f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{got}\"'."
    ]


def loose_refusals(schema: Any) -> list[str]:
    """What is refused of a tool's parameters even where they are not strict."""
    root = root_refusals(schema)
    if root:
        return root
    return [
        f"In context={path!r}, array schema missing items."
        for path, node in _nodes(schema)
        if node.get("type") == "array" and "items" not in node
    ]


def _is_schema(value: object) -> TypeGuard[Schema]:
    return isinstance(value, Mapping)


def _nodes(schema: Schema, path: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """Every subschema with its path, parents first; references are not followed."""
    stack = [(path, schema)]
    while stack:
        here, node = stack.pop()
        yield here, node
        stack.extend(reversed(list(_children(here, node))))


def _children(path: Path, node: Schema) -> Iterator[tuple[Path, Schema]]:
    for keyword in ("properties", "$defs", "definitions"):
        for name, child in dict(node.get(keyword) or {}).items():
            if _is_schema(child):
                yield (*path, keyword, name), child
    if _is_schema(node.get("items")):
        yield (*path, "items"), node["items"]
    for index, child in enumerate(node.get("anyOf") or ()):
        if _is_schema(child):
            yield (*path, "anyOf", str(index)), child


def _node_refusals(path: Path, node: Schema, root: Schema) -> list[str]:
    if "$ref" in node:
        reasons = _ref_refusals(node, root)
    else:
        reasons = [
            *_keyword_refusals(node, path),
            *_type_refusals(node),
            *_object_refusals(node),
        ]
    found = [f"In context={path!r}, {reason}" for reason in reasons]
    if _shares_first_key(node, root):
        found.append(SAME_FIRST_KEY)
    return found


def _keyword_refusals(node: Schema, path: Path) -> list[str]:
    allowed = KEYWORDS if path else KEYWORDS | {"$schema"}
    found = [f"'{word}' is not permitted." for word in node if word not in allowed]
    if "format" in node and node["format"] not in FORMATS:
        found.append(f"'{node['format']}' is not a valid format.")
    return found


def _type_refusals(node: Schema) -> list[str]:
    if "type" not in node and "anyOf" not in node:
        return ["schema must have a 'type' key."]
    if "array" in _types(node) and not _is_schema(node.get("items")):
        return ["array schema missing items."]
    return []


def _object_refusals(node: Schema) -> list[str]:
    if "object" not in _types(node):
        return []
    if node.get("additionalProperties") is not False:
        return ["'additionalProperties' is required to be supplied and to be false."]
    if "properties" not in node:
        return ["object schema missing properties."]
    names = dict.fromkeys(node["properties"])
    required = node.get("required")
    listed = dict.fromkeys(required if isinstance(required, list) else ())
    rule = (
        "'required' is required to be supplied and to be an array including "
        "every key in properties."
    )
    missing = [f"{rule} Missing '{name}'." for name in names if name not in listed]
    extra = [name for name in listed if name not in names]
    return missing + [f"{rule} Extra required key '{name}' supplied." for name in extra]


def _types(node: Schema) -> list[str]:
    kind = node.get("type", [])
    return [kind] if isinstance(kind, str) else list(kind)


def _ref_refusals(node: Schema, root: Schema) -> list[str]:
    beside = sorted(set(node) - {"$ref"})
    if beside:
        return [f"$ref cannot have keywords {{{', '.join(map(repr, beside))}}}."]
    if resolve(node, root) is None:
        return [f"reference to '{node['$ref']}' can not be resolved."]
    return []


def resolve(node: Schema, root: Schema) -> Schema | None:
    """What `node` stands for: itself, or the end of its chain of references.

    Returns:
        None where a reference leads nowhere, outside the schema, or in a circle.
    """
    seen: set[str] = set()
    while "$ref" in node:
        reference = str(node["$ref"])
        target = _lookup(reference, root)
        if target is None or reference in seen:
            return None
        seen.add(reference)
        node = target
    return node


def _lookup(reference: str, root: Schema) -> Schema | None:
    start, *names = reference.split("/")
    found: Any = root if start == "#" else None
    for name in names:
        key = name.replace("~1", "/").replace("~0", "~")
        found = found.get(key) if _is_schema(found) else None
    return found if _is_schema(found) else None


def _shares_first_key(node: Schema, root: Schema) -> bool:
    firsts = list(_first_keys(node, root, frozenset()))
    return len(firsts) != len(set(firsts))


def _first_keys(node: Schema, root: Schema, above: frozenset[int]) -> Iterator[str]:
    """First keys of the objects among `node`'s variants, nested unions too."""
    for variant in node.get("anyOf") or ():
        target = resolve(variant, root) if _is_schema(variant) else None
        if target is None or id(target) in above:
            continue
        names = list(target.get("properties") or {})
        if names:
            yield str(names[0])
        yield from _first_keys(target, root, above | {id(target)})


@dataclass(slots=True)
class _Sizes:
    """Totals over a schema that have a limit."""

    properties: int = 0
    enum_values: int = 0
    characters: int = 0
    long_enums: list[int] = field(default_factory=list)

    def add(self, node: Schema) -> None:
        names = [*(node.get("properties") or ())]
        defined = [*(node.get("$defs") or ()), *(node.get("definitions") or ())]
        values = [*(node.get("enum") or ())]
        const = [node["const"]] if "const" in node else []
        texts = [text for text in (*values, *const) if isinstance(text, str)]
        self.properties += len(names)
        self.enum_values += len(values)
        self.characters += sum(map(len, [*names, *defined, *texts]))
        if len(values) > MAX_LONG_ENUM_VALUES:
            self.long_enums.append(sum(map(len, texts)))

    def refusals(self) -> list[str]:
        limits = [
            (self.properties, "parameters", MAX_PROPERTIES),
            (self.enum_values, "enum values", MAX_ENUM_VALUES),
            (self.characters, "characters of names and values", MAX_NAME_CHARACTERS),
            (
                max(self.long_enums, default=0),
                f"characters in an enum of more than {MAX_LONG_ENUM_VALUES} values",
                MAX_LONG_ENUM_CHARACTERS,
            ),
        ]
        return [
            f"{count} {what} exceeds limit of {limit}."
            for count, what, limit in limits
            if count > limit
        ]


def _depth_refusals(schema: Schema) -> list[str]:
    depth = _depth(schema, schema)
    if depth <= MAX_DEPTH:
        return []
    return [f"{depth} levels of nesting exceeds limit of {MAX_DEPTH}."]


def _depth(schema: Schema, root: Schema) -> int:
    """Objects and arrays on the longest way down; a recursion counts once."""
    deepest = 0
    # The way down is part of the state, so a definition is entered again only on
    # another way; `reached` keeps shared definitions from being walked twice.
    stack: list[tuple[Schema, int, frozenset[int]]] = [(schema, 0, frozenset())]
    reached: dict[int, int] = {}
    while stack:
        node, above, way = stack.pop()
        target = resolve(node, root)
        if target is None or id(target) in way:
            continue
        depth = above + ("properties" in target or "items" in target)
        if reached.get(id(target), 0) >= max(depth, 1):
            continue
        reached[id(target)] = depth
        deepest = max(deepest, depth)
        inner = way | {id(target)}
        stack.extend((child, depth, inner) for child in _data_children(target))
    return deepest


def _data_children(node: Schema) -> Iterator[Schema]:
    for path, child in _children((), node):
        if path[0] not in ("$defs", "definitions"):
            yield child
