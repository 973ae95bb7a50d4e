"""One step as models write it: `{"<tool>": argument, "id": "lyon:number"}`.

What a step's value is stands behind its id. Whatever else is not at its default stands
around the step: `{"for_each": "${ids}", "step": {…}}`, or for the rarer options
`{"more": [{"optional": ["a"]}], "step": {…}}`. A key that strict mode would have models
write in every step, mostly to say nothing, costs three tokens and more.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeGuard

from dagplan.plan.model import Step
from dagplan.plan.references import clip, short
from dagplan.plan.returns import first
from dagplan.plan.toolspec import ToolSpec
from dagplan.planning.arguments import (
    MORE,
    MisplacedError,
    read_arguments,
    write_arguments,
)
from dagplan.planning.type_text import read_type, write_type

AGENT: Final = "agent"
EACH: Final = "for_each"
STEP: Final = "step"

_TEXT: dict[str, object] = {"type": "string"}
_ITEM: dict[str, object] = {"anyOf": [_TEXT, {"type": "number"}]}
_TEXTS: dict[str, object] = {"type": "array", "items": _TEXT}
OPTIONS: Final[Mapping[str, dict[str, object]]] = {
    "task": _TEXT,
    EACH: {"anyOf": [_TEXT, {"type": "array", "items": _ITEM}]},
    "partial": {"type": "boolean"},
    "depends_on": _TEXTS,
    "optional": _TEXTS,
}
"""What may stand around a step, with the schema of each."""

_READ = frozenset({*OPTIONS, "returns"})
_TYPES = "pop:number, names:[text], list:[{name:text,year:number}]"


class WireError(ValueError):
    """What a model wrote is no step; the message is the remedy.

    Attributes:
        value: What it wrote instead, cut to a length that can be shown.
        remedy: What to write.
    """

    def __init__(self, value: object, remedy: str) -> None:
        self.value = short(value)
        self.remedy = remedy
        super().__init__(remedy)


def parse_step(entry: object, tools: Mapping[str, ToolSpec]) -> Step:
    """Read a step.

    Args:
        entry: An element of `steps`.
        tools: What steps may call, by name.

    Raises:
        WireError: It is no step.
    """
    fields: dict[str, object] = {}
    while _is_around(entry):
        around = {key: value for key, value in entry.items() if key != STEP}
        _add_options(fields, around, 'write {"for_each": "${ids}", "step": {…}}')
        entry = entry[STEP]
    if not isinstance(entry, dict):
        raise WireError(entry, 'write {"<tool>": {…}, "id": "a"}')
    name = _called(entry, tools)
    beside = {key: entry[key] for key in entry if key not in (name, "id")}
    _add_options(fields, beside, 'begin with one tool, or "agent"; then "id"')
    fields = {key: value for key, value in fields.items() if value is not None}
    step_id = _read_id(entry.get("id"), fields)
    if name == AGENT:
        return _agent_step(step_id, entry[name], fields)
    args = _read_args(name, entry[name], tools)
    return Step(id=step_id, tool=name, args=args, **fields)  # type: ignore[arg-type]


def id_of(entry: object) -> str | None:
    """Return the id that somebody gave a step, however wrong the step is otherwise."""
    while _is_around(entry):
        entry = entry[STEP]
    given = entry.get("id") if isinstance(entry, dict) else None
    return given.partition(":")[0].strip() if isinstance(given, str) else None


def values_of(entry: object) -> Iterator[object]:
    """Find the lists and objects of a step, however wrong, that hold its values."""
    while _is_around(entry):
        if isinstance(items := entry.get(EACH), list):
            yield items
        entry = entry[STEP]
    for key, value in entry.items() if isinstance(entry, dict) else ():
        if key != MORE and isinstance(value, dict | list):
            yield value


def write_step(step: Step, tools: Iterable[ToolSpec] = ()) -> dict[str, object]:
    """Write a step as a model would.

    Args:
        step: The step.
        tools: The arguments of these are written as strict mode wants them.
    """
    around = {key: value for key in OPTIONS if (value := getattr(step, key))}
    if step.for_each is not None:
        around[EACH] = step.for_each  # a list may be empty
    kind = write_type(step.returns)
    if kind is None and step.returns is not None:
        around["returns"] = step.returns
    typed = step.id if kind is None else f"{step.id}:{kind}"
    if step.tool is None:
        around.pop("task", None)
        call: dict[str, object] = {AGENT: step.task, "id": typed}
    else:
        known = [tool for tool in tools if tool.name == step.tool]
        args = write_arguments(step.args, known[0].parameters) if known else step.args
        call = {step.tool: args, "id": typed}
    if [*around] == [EACH]:
        return {**around, STEP: call}
    more = [{key: value} for key, value in around.items()]
    return {MORE: more, STEP: call} if more else call


def _is_around(entry: object) -> TypeGuard[dict[str, object]]:
    # A tool may be named "step"; then the id stands beside it.
    return isinstance(entry, dict) and STEP in entry and "id" not in entry


def _called(entry: Mapping[str, object], tools: Mapping[str, ToolSpec]) -> str:
    """Return the key that names what a step calls."""
    beside = {"id", MORE}
    names = [k for k in entry if k not in beside and (k in tools or k not in _READ)]
    if len(names) != 1:
        raise WireError(entry, 'begin with one tool, or "agent"; then "id"')
    return names[0]


def _add_options(
    fields: dict[str, object], written: Mapping[str, object], remedy: str
) -> None:
    """Add options that stand around a step, beside it, or in the list `more`."""
    for key, value in written.items():
        if key == MORE:
            for entry in _listed(value):
                _add_options(fields, entry, f"use one of {', '.join(OPTIONS)}")
        elif key not in _READ:
            raise WireError(key, remedy)
        elif key in fields:
            raise WireError(key, "say it once")
        else:
            _require_type(key, value)
            fields[key] = _read_returns(value) if key == "returns" else value


def _listed(written: object) -> list[dict[str, object]]:
    if written is None:
        return []
    if not isinstance(written, list):
        raise WireError(written, 'write "more" as a list of one-key objects')
    for entry in written:
        if not isinstance(entry, dict):
            raise WireError(entry, 'write {"optional": ["a"]} and the like')
        if MORE in entry:
            raise WireError(MORE, f"use one of {', '.join(OPTIONS)}")
    return written


def _require_type(key: str, value: object) -> None:
    match key, value:
        case _, None:
            return
        case ("task", str()) | ("for_each", str() | list()):
            return
        case "partial", bool():
            return
        case "depends_on" | "optional", list() if all(
            isinstance(v, str) for v in value
        ):
            return
        case "returns", str() | list() | dict():
            return
        case _:
            raise WireError(value, f"{key!r} is of another type")


def _read_id(written: object, fields: dict[str, object]) -> str:
    """Read an id, and the type that stands behind it."""
    if not isinstance(written, str):
        raise WireError(written, "give the step an id")
    name, colon, kind = written.partition(":")
    if not colon:
        return written
    if "returns" in fields:
        raise WireError(written, "say the type once, behind the id")
    try:
        fields["returns"] = read_type(kind)
    except ValueError as error:
        remedy = f"{error}; write types behind ids as in {_TYPES}"
        raise WireError(written, remedy) from error
    return name.strip()


def _agent_step(step_id: str, task: object, fields: Mapping[str, object]) -> Step:
    if not isinstance(task, str):
        raise WireError(task, "write the agent's task as text")
    if "task" in fields:
        raise WireError(fields["task"], "write the task once, beside the agent")
    return Step(id=step_id, task=task, **fields)  # type: ignore[arg-type]


def _read_args(
    name: str, given: object, tools: Mapping[str, ToolSpec]
) -> dict[str, object]:
    spec = tools.get(name)
    if spec is None and isinstance(given, dict):
        return given  # `check` knows which tool was probably meant
    if spec is None:
        known = first(tools) or "none"
        raise WireError(name, f"call one of the tools there are: {known}")
    try:
        args = read_arguments(given, spec.parameters)
    except MisplacedError as error:
        raise WireError(error.value, str(error)) from error
    if args is None:
        remedy = f"write the arguments of {clip(name)!r} as an object"
        raise WireError(given, remedy)
    return args


def _read_returns(written: object) -> object:
    """Read a type as JSON, in which an object may be a list: `[{name, type}]`."""
    match written:
        case [{"name": _, "type": _}, *_]:
            return _fields(written)
        case [inner]:
            return [_read_returns(inner)]
        case dict():
            return {str(name): _read_returns(kind) for name, kind in written.items()}
        case _:
            return written


def _fields(fields: Iterable[object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for entry in fields:
        match entry:
            case {"name": str(name), "type": kind, **more} if not more:
                if name in found:
                    raise WireError(name, "name each key of a type once")
                found[name] = _read_returns(kind)
            case _:
                raise WireError(entry, 'write {"name": "gdp", "type": "number"}')
    return found
