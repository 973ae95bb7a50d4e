"""A tool on a line, as planners see it: its arguments, what it returns, what it does."""

import json
from collections.abc import Iterable, Mapping

from dagplan.plan.toolspec import ToolSpec
from dagplan.planning.pointers import Schema, listed, mapping, pointed
from dagplan.planning.type_text import write_type

_DEEPEST = 2  # objects and lists in one another that are written out
_ANY = "any"
_NULL = " or null"


def tools_text(tools: Iterable[ToolSpec]) -> str:
    """List tools with their arguments and what they return, a line each."""
    lines = [_tool_line(tool) for tool in tools]
    return "Tools:\n" + ("\n".join(lines) or "none; use agent steps")


def _tool_line(tool: ToolSpec) -> str:
    arguments = mapping(tool.parameters.get("properties"))
    needed = listed(tool.parameters.get("required"))
    signature = ", ".join(
        _argument(name, mapping(schema), tool.parameters, needed=name in needed)
        for name, schema in arguments.items()
    )
    returned = tool.result or write_type(tool.returns, unknown=_ANY) or _ANY
    effects = " Has side effects; agent steps cannot call it." * tool.side_effects
    details = "".join(
        f"\n    {name}: {schema['description']}"
        for name, schema in arguments.items()
        if isinstance(schema, Mapping) and schema.get("description")
    )
    about = f"{tool.description}{effects}{details}"
    return f"- {tool.name}({signature}) -> {returned}: {about}"


def _argument(name: str, schema: Schema, root: Schema, *, needed: bool) -> str:
    kind = _kind(schema, root, _DEEPEST)
    if needed:
        return f"{name}: {kind}"
    default = schema.get("default")
    said = "" if default in (None, [], "") else f" = {json.dumps(default)}"
    return f"{name}?: {kind.removesuffix(_NULL)}{said}"


def _kind(  # noqa: PLR0911 - a line for each kind of schema
    schema: Schema, root: Schema, levels: int
) -> str:
    match schema:
        case {"$ref": str(ref)} if levels:
            return _kind(pointed(root, ref) or {}, root, levels - 1)
        case {"enum": list(values)}:
            return "|".join(map(str, values))
        case {"anyOf": list(options)} | {"oneOf": list(options)}:
            return _either(options, root, levels)
        case {"type": list(kinds)}:
            return _either([{**schema, "type": kind} for kind in kinds], root, levels)
        case {"type": "string"}:
            return "text"
        case {"type": "array", "items": Mapping() as items}:
            return f"list of {_kind(items, root, levels)}"
        case {"type": "object", "properties": Mapping() as keys} if levels:
            inner = (
                f"{k}: {_kind(mapping(v), root, levels - 1)}" for k, v in keys.items()
            )
            return f"{{{', '.join(inner)}}}"
        case {"type": str(kind)}:
            return kind
        case _:
            return _ANY


def _either(options: Iterable[object], root: Schema, levels: int) -> str:
    kinds = dict.fromkeys(_kind(mapping(option), root, levels) for option in options)
    # An integer is a number too.
    if "number" in kinds:
        kinds.pop("integer", None)
    return " or ".join(kinds)
