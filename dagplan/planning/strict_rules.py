"""What OpenAI's strict mode refuses of a schema whose parts are all allowed.

The bounds are those of OpenAI's guide "Structured model outputs, supported schemas"
(https://platform.openai.com/docs/guides/structured-outputs). A schema that breaks one
is refused with the whole request, so it is sent without `strict`.
"""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import cast

Schema = Mapping[str, object]

_PROPERTIES = 5_000
_LEVELS = 10
_ENUM_VALUES = 1_000
_CHARACTERS = 120_000
_LONG_ENUM_VALUES = 250
_LONG_ENUM_CHARACTERS = 15_000


def is_strict(root: Schema) -> bool:
    """Tell whether strict mode takes a schema that `Definitions` made.

    Args:
        root: The schema of a whole request, with its `$defs`.
    """
    definitions = _mapping(root, "$defs")
    nodes = [*_nodes(root)]
    return (
        _sizes_fit(nodes, definitions)
        and not _is_endless(definitions)
        and not any(_shares_first_key(node, definitions) for node in nodes)
        and _levels_fit(root, definitions)
    )


def _mapping(node: Schema, keyword: str) -> Mapping[str, Schema]:
    return cast("Mapping[str, Schema]", node.get(keyword, {}))


def _options(node: Schema) -> list[Schema]:
    return cast("list[Schema]", node.get("anyOf", []))


def _parts(node: Schema) -> Iterator[Schema]:
    yield from _mapping(node, "properties").values()
    yield from _options(node)
    if "items" in node:
        yield cast("Schema", node["items"])


def _nodes(root: Schema) -> Iterator[Schema]:
    stack: list[Schema] = [root, *_mapping(root, "$defs").values()]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(_parts(node))


def _resolved(node: Schema, definitions: Mapping[str, Schema]) -> Schema:
    seen: set[str] = set()
    while isinstance(ref := node.get("$ref"), str) and ref not in seen:
        seen.add(ref)
        node = definitions[ref.removeprefix("#/$defs/")]
    return node


def _is_endless(definitions: Mapping[str, Schema]) -> bool:
    """Tell whether a definition stands for itself, with no object or list between."""
    edges = {name: [*_stands_for(node)] for name, node in definitions.items()}
    try:
        TopologicalSorter(edges).prepare()
    except CycleError:
        return True
    return False


def _stands_for(node: Schema) -> Iterator[str]:
    if isinstance(ref := node.get("$ref"), str):
        yield ref.removeprefix("#/$defs/")
    for option in _options(node):
        yield from _stands_for(option)


def _sizes_fit(nodes: list[Schema], definitions: Mapping[str, Schema]) -> bool:
    names = [name for node in nodes for name in _mapping(node, "properties")]
    enums = [cast("list[object]", node.get("enum", [])) for node in nodes]
    texts = [[value for value in enum if isinstance(value, str)] for enum in enums]
    in_texts = [sum(map(len, values)) for values in texts]
    too_long = any(
        len(values) > _LONG_ENUM_VALUES and characters > _LONG_ENUM_CHARACTERS
        for values, characters in zip(enums, in_texts, strict=True)
    )
    characters = sum(map(len, [*names, *definitions])) + sum(in_texts)
    return (
        len(names) <= _PROPERTIES
        and sum(map(len, enums)) <= _ENUM_VALUES
        and characters <= _CHARACTERS
        and not too_long
    )


def _shares_first_key(node: Schema, definitions: Mapping[str, Schema]) -> bool:
    """Tell whether two alternatives are objects that begin with the same key."""
    firsts: list[str] = []
    above: set[int] = set()
    stack = _options(node)
    while stack:
        option = _resolved(stack[-1], definitions)
        stack = stack[:-1]
        if id(option) in above and _options(option):
            continue
        above.add(id(option))
        firsts += [*_mapping(option, "properties")][:1]
        stack = [*stack, *_options(option)]
    return len(firsts) != len(set(firsts))


def _levels_fit(root: Schema, definitions: Mapping[str, Schema]) -> bool:
    """Tell whether objects and lists nest little enough; a recursion counts once."""
    stack: list[tuple[Schema, int, frozenset[int]]] = [(root, 0, frozenset())]
    reached: dict[int, int] = {}
    while stack:
        found, above, way = stack.pop()
        node = _resolved(found, definitions)
        level = above + ("properties" in node or "items" in node)
        if level > _LEVELS:
            return False
        if id(node) in way or reached.get(id(node), -1) >= level:
            continue
        reached[id(node)] = level
        inner = way | {id(node)}
        stack.extend((part, level, inner) for part in _parts(node))
    return True
