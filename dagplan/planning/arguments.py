"""How the arguments of a tool are written in a plan, with as few tokens as may be.

Strict mode wants every key of an object, so each optional argument would cost the four
tokens of `,"unit":null`. Therefore a tool that needs one argument takes it bare, and
several optional ones stand in a list: `"more": [{"state": "closed"}]`, mostly `[]`.
Where nobody enforces the schema they are written like any others, or not at all.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from dagplan.planning.nulls import without_defaults
from dagplan.planning.pointers import Schema, listed, mapping, pointed
from dagplan.planning.strict import Definitions, closed, either, left_out_by_null

MORE: Final = "more"


class MisplacedError(ValueError):
    """An optional argument that cannot be where it is; its text is the remedy.

    Attributes:
        value: What cannot be.
    """

    def __init__(self, value: object, remedy: str) -> None:
        self.value = value
        super().__init__(remedy)


def argument_schema(
    tool: str, parameters: Schema, definitions: Definitions, *, lean: bool
) -> dict[str, object]:
    """Return the schema in which a tool's arguments are written.

    Args:
        tool: Name of the tool.
        parameters: The JSON schema of its arguments.
        definitions: Of the request; definitions of the tool are added to it.
        lean: Whether the one argument may be bare, and several optional ones stand in
            a list. Both make the schema larger and deeper, which has limits.

    Raises:
        NotStrictError: Strict mode cannot hold it.
    """
    needed, optional = _split(parameters)
    whole = definitions.strict(tool, parameters, nulls=False)
    # What they mean stands in the list of tools, which is sent with every plan.
    properties = {k: _undescribed(v) for k, v in mapping(whole["properties"]).items()}
    kept = {name: properties[name] for name in needed}
    if not definitions.strictly:
        arguments = {**closed(properties), "required": needed}
    elif lean and _are_grouped(needed, optional):
        arguments = closed({**kept, MORE: _any_of(optional, properties)})
    else:
        own = mapping(_object(parameters)["properties"]) if optional else {}
        nulls = {
            name: left_out_by_null(name, properties[name], own[name], parameters)
            for name in optional
        }
        arguments = closed({**properties, **nulls})
    bare = _written_bare(parameters) if lean else None
    if bare is None:
        return arguments
    return either(properties[bare], arguments)


def bare_argument(parameters: Schema) -> str | None:
    """Return the argument that may be written without its name; None if there is none.

    It is the one that the tool needs, or the only one that it has.
    """
    needed, optional = _split(parameters)
    chosen = needed or optional
    return chosen[0] if len(chosen) == 1 else None


def read_arguments(given: object, parameters: Schema) -> dict[str, object] | None:
    """Read the arguments of a tool as they are written in a plan.

    Args:
        given: An object of arguments, or the one argument.
        parameters: The tool's own JSON schema.

    Returns:
        The arguments by name; None where they are no object and the tool takes several.

    Raises:
        MisplacedError: Optional arguments stand in a list that cannot be read.
    """
    if not isinstance(given, dict):
        bare = bare_argument(parameters)
        if bare is None or given is None:
            return None
        given = {bare: given}
    elif MORE in given and MORE not in mapping(_object(parameters).get("properties")):
        given = _ungrouped(given)
    return without_defaults(given, parameters)


def write_arguments(args: Mapping[str, object], parameters: Schema) -> object:
    """Write arguments as a model would whom strict mode holds to the schema."""
    needed, optional = _split(parameters)
    match [*args.items()]:
        case [(name, value)] if (
            name == _written_bare(parameters)
            and value is not None
            and not isinstance(value, dict)
        ):
            return value
    if not _are_grouped(needed, optional):
        return {**args, **{name: args.get(name) for name in optional}}
    kept = {name: value for name, value in args.items() if name not in optional}
    return {**kept, MORE: [{name: args[name]} for name in optional if name in args]}


def _ungrouped(given: Mapping[str, object]) -> dict[str, object]:
    found = {name: value for name, value in given.items() if name != MORE}
    entries = given[MORE] or []
    if not isinstance(entries, list):
        raise MisplacedError(entries, "write optional arguments as a list of objects")
    for entry in entries:
        if not isinstance(entry, dict):
            raise MisplacedError(entry, 'write {"name": value} for each of them')
        if twice := [name for name in entry if name in found]:
            raise MisplacedError(twice[0], "give each argument once")
        found |= entry
    return found


def _split(parameters: Schema) -> tuple[list[str], list[str]]:
    """Return the names of the arguments that must be given, and of the others."""
    schema = _object(parameters)
    names = mapping(schema.get("properties"))
    required = listed(schema.get("required"))
    needed = [name for name in names if name in required]
    return needed, [name for name in names if name not in required]


def _object(parameters: Schema) -> Schema:
    """Return the schema in which the arguments are declared."""
    schema, passed = parameters, list[object]()
    while "$ref" in schema and "properties" not in schema and schema not in passed:
        passed.append(schema)
        schema = pointed(parameters, schema["$ref"]) or {}
    return schema


def _are_grouped(needed: Sequence[str], optional: Sequence[str]) -> bool:
    return len(optional) > 1 and MORE not in (*needed, *optional)


def _any_of(names: Sequence[str], schemas: Schema) -> dict[str, object]:
    one_key = [closed({name: schemas[name]}) for name in names]
    return {"type": "array", "items": {"anyOf": one_key}}


def _undescribed(schema: object) -> dict[str, object]:
    return {k: v for k, v in mapping(schema).items() if k != "description"}


def _written_bare(parameters: Schema) -> str | None:
    """Return the argument that is to be written bare: none that may be an object."""
    name = bare_argument(parameters)
    if name is None:
        return None
    own = mapping(_object(parameters)["properties"])
    return None if _may_be_object(mapping(own[name]), parameters) else name


def _may_be_object(schema: Schema, root: Schema) -> bool:
    """Tell whether a value might be taken for an object of arguments."""
    seen: set[int] = set()
    stack = [schema]
    while stack:
        found = stack.pop()
        kind = found.get("type")
        if kind == "object" or "object" in listed(kind):
            return True
        if id(found) in seen:
            continue
        seen.add(id(found))
        stack += filter(None, [pointed(root, found.get("$ref"))])
        for keyword in ("anyOf", "oneOf", "allOf"):
            stack += map(mapping, listed(found.get(keyword)))
    return False
