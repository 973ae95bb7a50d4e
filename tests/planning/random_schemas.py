"""Random schemas of tools, in every form in which tools have them, and their values."""

from collections.abc import Callable
from random import Random
from typing import Any

Schema = dict[str, Any]

NAMES = ["q", "id", "more", "agent", "a.b", "$ref", "type", "ä", "x y", "", "~/", "n"]
_DEFS = ["A", "B", "a/b", "c~d", "e f", "ü"]
_TEXTS = ["", "x", "red", "5", "null", "$5", "ä", "a\nb"]
_DEPTH = 3


class SchemaMaker:
    """Makes the schema of one tool.

    Args:
        chance: Decides everything.
        older: Whether definitions and lists are written as draft-07 writes them.
    """

    def __init__(self, chance: Random, *, older: bool) -> None:
        self._chance = chance
        self._older = older
        self._store = "definitions" if older else "$defs"
        self._names = chance.sample(_DEFS, chance.randrange(3))

    def parameters(self) -> Schema:
        """The whole schema, an object's."""
        root = self._object(0)
        # None stands for itself without an object or a list between.
        kinds = [self._object, self._object, self._list, self._enumeration]
        definitions = {name: self._chance.choice(kinds)(1) for name in self._names}
        if definitions:
            root[self._store] = definitions
        if self._older and self._chance.random() < 0.5:
            root["$schema"] = "http://json-schema.org/draft-07/schema#"
        return root

    def _schema(self, depth: int) -> Schema:
        inner: list[Callable[[int], Schema]] = [
            self._object, self._object, self._list, self._list, self._union,
            self._union, self._several_types, self._all_of, self._odd,
        ]  # fmt: skip
        flat: list[Callable[[int], Schema]] = [
            self._text, self._number, self._enumeration, self._reference, self._text,
        ]  # fmt: skip
        made = self._chance.choice(flat if depth >= _DEPTH else flat + inner)(depth)
        if self._chance.random() < 0.2:
            made = {"title": "T", "description": "What it is", **made}
        return made

    def _text(self, _: int) -> Schema:
        kind = self._chance.choice(["string", "boolean", "null", "string"])
        narrow: list[Schema] = [{}, {}, {"maxLength": 3}, {"format": "date"}]
        chosen = self._chance.choice(narrow) if kind == "string" else {}
        return {"type": kind, **chosen}

    def _number(self, _: int) -> Schema:
        narrow: list[Schema] = [{}, {"minimum": 2}, {"exclusiveMaximum": 8}]
        narrow += [{"multipleOf": 2}]
        kind = self._chance.choice(["number", "integer"])
        return {"type": kind, **self._chance.choice(narrow)}

    def _enumeration(self, _: int) -> Schema:
        values: list[Any] = ["red", "blue", 1, 2.5, True, None, "null"]
        chosen = self._chance.sample(values, self._chance.randint(1, 4))
        if self._chance.random() < 0.3:
            return {"const": chosen[0]}
        return {"enum": chosen}

    def _reference(self, depth: int) -> Schema:
        if not self._names or self._chance.random() < 0.1:
            return {"$ref": "#"} if self._chance.random() < 0.3 else self._text(depth)
        name = self._chance.choice(self._names)
        if self._chance.random() < 0.5:
            name = name.replace(" ", "%20").replace("ü", "%C3%BC")
        name = name.replace("~", "~0").replace("/", "~1")
        return {"$ref": f"#/{self._store}/{name}"}

    def _object(self, depth: int) -> Schema:
        names = self._chance.sample(NAMES, self._chance.randint(0 if depth else 1, 4))
        made: Schema = {
            "type": "object",
            "properties": {name: self._property(depth) for name in names},
        }
        needed = [name for name in names if self._chance.random() < 0.6]
        made |= {"required": needed} if needed or self._chance.random() < 0.2 else {}
        return made | self._chance.choice([{"additionalProperties": False}, {}])

    def _property(self, depth: int) -> Schema:
        made = self._schema(depth + 1)
        if self._chance.random() < 0.25:
            made = {"anyOf": [made, {"type": "null"}]}
        kind = (made.get("anyOf") or [made])[0].get("type")
        defaults = {"string": "x", "integer": 4, "number": 4, "boolean": True}
        default = defaults.get(kind) if isinstance(kind, str) else None
        if self._chance.random() < 0.3 and "$ref" not in made:
            made["default"] = self._chance.choice([None, default])
        return made

    def _list(self, depth: int) -> Schema:
        narrow: list[Schema] = [{}, {}, {"maxItems": 2}, {"uniqueItems": True}]
        items = self._schema(depth + 1)
        return {"type": "array", "items": items, **self._chance.choice(narrow)}

    def _union(self, depth: int) -> Schema:
        word = self._chance.choice(["anyOf", "anyOf", "oneOf"])
        count = self._chance.randint(1, 3)
        return {word: [self._schema(depth + 1) for _ in range(count)]}

    def _several_types(self, depth: int) -> Schema:
        kinds = ["string", "number", "boolean", "null", "object", "array"]
        kinds = self._chance.sample(kinds, self._chance.randint(1, 3))
        made: Schema = {"type": kinds}
        if "object" in kinds:
            made = {**self._object(depth + 1), **made}
        return {**self._list(depth + 1), **made} if "array" in kinds else made

    def _all_of(self, depth: int) -> Schema:
        parts = [self._schema(depth + 1) for _ in range(self._chance.choice([1, 1, 2]))]
        return {"allOf": parts}

    def _odd(self, depth: int) -> Schema:
        """What strict mode cannot hold, and what few tools write."""
        inner = self._schema(depth + 1)
        pair = [inner, self._schema(depth + 1)]
        pairs: Schema = {"items" if self._older else "prefixItems": pair}
        nested = self._object(depth)
        names = nested["properties"]
        return self._chance.choice(
            [
                {},
                {"type": "object"},
                {"type": "object", "additionalProperties": inner},
                {**nested, "additionalProperties": self._chance.choice([True, inner])},
                {**nested, "patternProperties": {"^x": inner}},
                {**nested, "allOf": [self._object(depth)]},
                {**nested, "anyOf": [{"required": [n]} for n in [*names, "q"]]},
                {"type": "array", **pairs},
                {"type": "array", **pairs, "additionalItems": False},
                {"type": "array"},
                {"type": "string", "enum": ["x", "y", None]},
                {"not": {"type": "string"}, "type": ["string", "number"]},
                {"if": {"type": "string"}, "then": {"maxLength": 2}},
            ]
        )


def random_schema(seed: int) -> Schema:
    """The schema of a tool's arguments; the same for the same seed."""
    chance = Random(seed)
    return SchemaMaker(chance, older=chance.random() < 0.3).parameters()


class ValueMaker:
    """Makes values that are likely to be valid under a schema.

    Args:
        chance: Decides everything.
        root: The whole schema, into which references lead.
        follow: Finds what a reference leads to.
    """

    def __init__(
        self, chance: Random, root: Schema, follow: Callable[[str], Schema]
    ) -> None:
        self._chance = chance
        self._root = root
        self._follow = follow

    def value(self, schema: Any, depth: int = 0) -> Any:  # noqa: PLR0911
        """A value for a schema; whoever asks checks it."""
        if not isinstance(schema, dict) or depth > 8:
            return self._chance.choice([None, "x", 1, [], {}])
        for word in ("anyOf", "oneOf", "allOf"):
            if word in schema and "properties" not in schema and schema[word]:
                return self.value(self._chance.choice(schema[word]), depth + 1)
        match schema:
            case {"$ref": ref}:
                return self.value(self._follow(ref), depth + 1)
            case {"const": value}:
                return value
            case {"enum": [*values]}:
                return self._chance.choice(values)
            case {"type": [*kinds]}:
                kind = self._chance.choice(kinds)
                return self.value({**schema, "type": kind}, depth)
            case {"type": str(kind)}:
                return self._of_type(kind, schema, depth)
            case _:
                return self._chance.choice([None, "x", 1, True, [1], {"k": None}])

    def _of_type(self, kind: str, schema: Schema, depth: int) -> Any:
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return self._list(schema, depth)
        values: dict[str, list[Any]] = {
            "string": _TEXTS,
            "integer": [0, 2, 4, -3, 10**20],
            "number": [0, 2, 2.5, -1e9],
            "boolean": [True, False],
            "null": [None],
        }
        return self._chance.choice(values[kind])

    def _object(self, schema: Schema, depth: int) -> Any:
        required = schema.get("required", [])
        often = 0.7 if depth < 4 else 0.1
        made = {
            name: self.value(inner, depth + 1)
            for name, inner in schema.get("properties", {}).items()
            if name in required
            or self._chance.random() < often
            # What null does not leave out is written out, so that nothing is missing.
            or (isinstance(inner, dict) and inner.get("default") is not None)
        }
        # A null that is the default says no more than leaving it out.
        properties = schema.get("properties", {})
        return {
            name: value
            for name, value in made.items()
            if value is not None
            or name in required
            or properties[name].get("default", ...) is not None
        }

    def _list(self, schema: Schema, depth: int) -> Any:
        items = schema.get("items", schema.get("prefixItems", {}))
        if isinstance(items, list):
            return [self.value(inner, depth + 1) for inner in items]
        count = self._chance.randrange(3 if depth < 4 else 1)
        return [self.value(items, depth + 1) for _ in range(count)]
