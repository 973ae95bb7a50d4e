"""The lean JSON in which models write plans.

Every token of a plan is time before its steps can start, so a step is written as
`{"<tool>": {arguments}, "id": "a", "more": []}`, and `more` holds one-key objects for
whatever is not at its default. An agent step begins with `"agent": "task"`. Each
variant begins with a key of its own, since OpenAI refuses alternatives that share
their first key (unternet-co/client#16); and an object type is a list of names and
types, since free-form objects are refused too.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from dagplan.errors import PlanError, Problem
from dagplan.plan.limits import PlanLimits
from dagplan.plan.load import parse_within
from dagplan.plan.model import Plan, Step
from dagplan.plan.references import clip, short, walk
from dagplan.plan.returns import SCALARS
from dagplan.plan.revision import Revision
from dagplan.plan.sizes import too
from dagplan.plan.toolspec import ToolSpec
from dagplan.planning.fence import unfenced
from dagplan.planning.nulls import without_defaults
from dagplan.planning.strict import Definitions, NotStrictError
from dagplan.planning.strict_rules import is_strict
from dagplan.structured import Schema

AGENT: Final = "agent"
_LEVELS: Final = 450  # a valid plan nests less; Python recurses to about 1,000

_TEXT: dict[str, object] = {"type": "string"}
_TEXTS: dict[str, object] = {"type": "array", "items": _TEXT}
_SCALAR = {"type": "string", "enum": list(SCALARS)}
_FIELD = {
    "type": "object",
    "properties": {
        "name": _TEXT,
        "type": {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]},
    },
    "required": ["name", "type"],
    "additionalProperties": False,
}
_RETURNS: dict[str, object] = {
    "anyOf": [
        _SCALAR,
        {"type": "array", "items": _SCALAR},
        {"type": "array", "items": _FIELD},
        {"type": "array", "items": {"type": "array", "items": _FIELD}},
    ]
}
_MORE: dict[str, dict[str, object]] = {
    "task": _TEXT,
    "for_each": _TEXT,
    "partial": {"type": "boolean"},
    "returns": _RETURNS,
    "depends_on": _TEXTS,
    "optional": _TEXTS,
}


def plan_schema(tools: Iterable[ToolSpec], *, ask: str | None = None) -> Schema:
    """Return the schema in which a plan over these tools is written.

    Args:
        tools: What its steps may call.
        ask: Key by which the user is asked in place of a step; None if nobody is.
    """
    answer = {"anyOf": [_TEXT, {"type": "null"}]}
    return _schema("plan", tools, {"answer": answer}, ask)


def revision_schema(tools: Iterable[ToolSpec]) -> Schema:
    """Return the schema in which a revision is written."""
    return _schema("revise_plan", tools, {"drop": _TEXTS})


def _schema(
    name: str,
    tools: Iterable[ToolSpec],
    beside: Mapping[str, object],
    ask: str | None = None,
) -> Schema:
    definitions = Definitions(
        {"more": {"anyOf": [_one(k, v) for k, v in _MORE.items()]}}
    )
    strict = True
    variants = [_variant(AGENT, _TEXT)]
    for tool in tools:
        try:
            arguments = definitions.strict(tool.name, tool.parameters)
        except NotStrictError:
            # One such tool makes the whole call non-strict; `check` still guards it.
            strict = False
            arguments = {"type": "object", "description": json.dumps(tool.parameters)}
        variants.append(_variant(tool.name, arguments))
    if ask is not None:
        variants.append(_one(ask, _TEXT))
    steps = {"type": "array", "items": {"anyOf": variants}}
    properties = {"steps": steps, **beside}
    root = {**_closed(properties), "$defs": definitions.schemas}
    return Schema(name, root, strict and is_strict(root))


def _variant(key: str, value: Mapping[str, object]) -> dict[str, object]:
    more = {"type": "array", "items": {"$ref": "#/$defs/more"}}
    return _closed({key: value, "id": _TEXT, "more": more})


def _one(key: str, value: Mapping[str, object]) -> dict[str, object]:
    return _closed({key: value})


def _closed(properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def read_plan(
    text: str, tools: Sequence[ToolSpec], limits: PlanLimits = PlanLimits()
) -> Plan:
    """Read a plan that a model wrote; `check_plan` says whether it can run.

    Args:
        text: What the model wrote, perhaps between code fences.
        tools: What its steps may call.
        limits: Bounds on what is read: a text beyond them is not even parsed.

    Raises:
        PlanError: The text is no plan in this format, or too large.
    """
    document = parse_within(unfenced(text), limits)
    _require_bearable(document, limits, text)
    if isinstance(document, list):
        document = {"steps": document}  # nothing is lost by reading a bare list
    if not isinstance(document, dict):
        raise _refused(document, 'write {"steps": […], "answer": null}', text)
    _require_keys(document, ("steps", "answer"), text)
    answer = document.get("answer")
    if answer is not None and not isinstance(answer, str):
        raise _refused(answer, "write the answer as text, or null", text)
    return Plan(steps=_steps(document, tools, text), answer=answer or None)


def read_revision(
    document: object, tools: Sequence[ToolSpec], limits: PlanLimits = PlanLimits()
) -> Revision:
    """Read a revision that a model wrote as the arguments of `revise_plan`.

    Args:
        document: The arguments, parsed.
        tools: What its steps may call.
        limits: Bounds on what is read.

    Raises:
        PlanError: The arguments are no revision in this format, or too large.
    """
    _require_bearable(document, limits, None)
    text = json.dumps(document, ensure_ascii=False)
    if not isinstance(document, dict):
        raise _refused(document, 'write {"steps": […], "drop": […]}', text)
    _require_keys(document, ("steps", "drop"), text)
    drop = document.get("drop")
    drop = [] if drop is None else drop
    if not isinstance(drop, list) or not all(isinstance(name, str) for name in drop):
        raise _refused(drop, "write the ids to drop as a list", text)
    return Revision(steps=_steps(document, tools, text), drop=drop)


def read_step(entry: object, tools: Mapping[str, ToolSpec]) -> Step:
    """Read one step that a model wrote.

    Args:
        entry: The step, parsed.
        tools: What it may call, by name.

    Raises:
        PlanError: It is no step in this format.
    """
    _require_shallow(entry, None)
    try:
        return _step(entry, tools)
    except _WireError as error:
        raise PlanError([_problem(entry, error, None)]) from error


def write_plan(plan: Plan) -> str:
    """Write a plan as a model would, for a prompt."""
    steps = [write_step(step) for step in plan.steps]
    return json.dumps({"steps": steps, "answer": plan.answer}, ensure_ascii=False)


def write_step(step: Step) -> dict[str, object]:
    """Write a step as a model would."""
    first = {AGENT: step.task} if step.tool is None else {step.tool: step.args}
    more = [
        {key: _write_returns(value) if key == "returns" else value}
        for key in _MORE
        if (value := getattr(step, key)) and not (key == "task" and step.tool is None)
    ]
    return {**first, "id": step.id, "more": more}


def _require_shallow(document: object, text: str | None) -> None:
    if any(depth > _LEVELS for depth, _ in walk(document)):
        problem = Problem(None, "too-deep", "nesting", "nest lists and objects less")
        raise PlanError([problem], source=text)


def _require_keys(
    document: Mapping[str, object], keys: Sequence[str], text: str
) -> None:
    # What stands under another key would be lost, and may be what was meant.
    if others := [key for key in document if key not in keys]:
        remedy = f"write {' and '.join(keys)} and nothing beside them"
        raise _refused(others, remedy, text)


def _require_bearable(document: object, limits: PlanLimits, text: str | None) -> None:
    """Refuse what `check_plan` would refuse for its size, before work is put in."""
    match document:
        case {"steps": list(written)} | list(written):
            for problem in _too_much(written, limits):
                raise PlanError([problem], source=text)
        case _:
            pass  # there is nothing to read
    _require_shallow(document, text)


def _too_much(written: Sequence[object], limits: PlanLimits) -> Iterator[Problem]:
    if len(written) > limits.steps:
        yield too("many-steps", f"{len(written):,} steps", limits.steps)
    given = [
        value
        for entry in written[: limits.steps]
        if isinstance(entry, dict)
        for value in entry.values()
        if isinstance(value, dict)
    ]
    # Nulls are not counted: strict mode has a model write one for all it leaves out.
    counted = (node for _, node in walk(given) if node is not None)
    if next(islice(counted, limits.values + 1, None), None) is not None:
        found = f"more than {limits.values:,} values in arguments"
        yield too("many-values", found, limits.values)


def _steps(
    document: Mapping[str, object], tools: Sequence[ToolSpec], text: str
) -> list[Step]:
    written = document.get("steps")
    if not isinstance(written, list):
        raise _refused(written, "write the steps as a list", text)
    specs = {tool.name: tool for tool in tools}
    steps: list[Step] = []
    problems: list[Problem] = []
    for index, entry in enumerate(written):
        try:
            steps.append(_step(entry, specs))
        except _WireError as error:
            problems.append(_problem(entry, error, f"#{index + 1}"))
    if problems:
        raise PlanError(problems, source=text)
    return steps


def _problem(entry: object, error: "_WireError", place: str | None) -> Problem:
    name = entry.get("id") if isinstance(entry, dict) else None
    where = clip(name) if isinstance(name, str) else place
    return Problem(where, "wrong-shape", error.value, error.remedy)


class _WireError(ValueError):
    def __init__(self, value: object, remedy: str) -> None:
        self.value = short(value)
        self.remedy = remedy
        super().__init__(remedy)


def _step(entry: object, tools: Mapping[str, ToolSpec]) -> Step:
    if not isinstance(entry, dict):
        raise _WireError(entry, 'write {"<tool>": {…}, "id": "a", "more": []}')
    names = [key for key in entry if key not in ("id", "more")]
    if len(names) != 1:
        remedy = 'begin with one tool, or "agent"; then "id" and "more"'
        raise _WireError(entry, remedy)
    if not isinstance(entry.get("id"), str):
        raise _WireError(entry.get("id"), "give the step an id")
    name, given = names[0], entry[names[0]]
    fields = _more(entry.get("more"))
    if name == AGENT:
        if not isinstance(given, str):
            raise _WireError(given, "write the agent's task as text")
        if "task" in fields:
            raise _WireError(fields["task"], "write the task once, beside the agent")
        return Step(id=entry["id"], task=given, **fields)  # type: ignore[arg-type]
    if not isinstance(given, dict):
        raise _WireError(given, f"write the arguments of {clip(name)!r} as an object")
    spec = tools.get(name)
    args = given if spec is None else without_defaults(given, spec.parameters)
    return Step(id=entry["id"], tool=name, args=args, **fields)  # type: ignore[arg-type]


def _more(written: object) -> dict[str, object]:
    fields: dict[str, object] = {}
    if written is not None and not isinstance(written, list):
        raise _WireError(written, 'write "more" as a list of one-key objects')
    for entry in written or []:
        if not isinstance(entry, dict):
            raise _WireError(entry, 'write {"returns": "number"} and the like')
        for key, value in entry.items():
            if key not in _MORE:
                raise _WireError(key, f"use one of {', '.join(_MORE)}")
            if key in fields:
                raise _WireError(key, "say it once")
            fields[key] = _read_returns(value) if key == "returns" else value
            _require_type(key, fields[key])
    return {key: value for key, value in fields.items() if value is not None}


def _require_type(key: str, value: object) -> None:
    match key, value:
        case _, None:
            return
        case "task" | "for_each", str():
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
            raise _WireError(value, f"{key!r} is of another type")


def _read_returns(written: object) -> object:
    """Read a type, in which an object is a list of its keys: `[{name, type}]`."""
    match written:
        case [{"name": _, "type": _}, *_]:
            return _fields(written)
        case [inner]:
            return [_read_returns(inner)]
        case dict():
            types = dict[str, object]()
            for name, kind in written.items():
                types[name] = _read_returns(kind)
            return types
        case _:
            return written


def _fields(fields: Sequence[object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for entry in fields:
        match entry:
            case {"name": str(name), "type": kind, **more} if not more:
                if name in found:
                    raise _WireError(name, "name each key of a type once")
                found[name] = _read_returns(kind)
            case _:
                raise _WireError(entry, 'write {"name": "gdp", "type": "number"}')
    return found


def _write_returns(returns: object) -> object:
    match returns:
        case dict():
            return [
                {"name": name, "type": _write_returns(kind)}
                for name, kind in returns.items()
            ]
        case [inner]:
            return [_write_returns(inner)]
        case _:
            return returns


def _refused(value: object, remedy: str, text: str) -> PlanError:
    return PlanError([Problem(None, "wrong-shape", short(value), remedy)], source=text)
