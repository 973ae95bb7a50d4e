"""The lean JSON in which models write plans.

Every token of a plan is time before its steps can start, so models write
`{"steps":[{"<tool>":…,"id":"a"}],"answer":null}`, without blanks; wire_step.py has what
a step may be. Each kind of step begins with a key of its own, since OpenAI refuses
alternatives that share their first key (unternet-co/client#16).
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
from dagplan.plan.revision import Revision
from dagplan.plan.sizes import too
from dagplan.plan.toolspec import ToolSpec
from dagplan.planning.arguments import MORE, argument_schema
from dagplan.planning.fence import unfenced
from dagplan.planning.strict import Definitions, NotStrictError, closed
from dagplan.planning.strict_rules import is_strict
from dagplan.planning.wire_step import (
    AGENT,
    EACH,
    OPTIONS,
    STEP,
    WireError,
    id_of,
    parse_step,
    values_of,
    write_step,
)
from dagplan.structured import Schema

__all__ = [
    "plan_schema",
    "read_plan",
    "read_revision",
    "read_step",
    "revision_schema",
    "write_plan",
    "write_step",
]

_LEVELS: Final = 450  # a valid plan nests less; Python recurses to about 1,000

_TEXT: dict[str, object] = {"type": "string"}
_TEXTS: dict[str, object] = {"type": "array", "items": _TEXT}


def plan_schema(tools: Iterable[ToolSpec], *, ask: str | None = None) -> Schema:
    """Return the schema in which a plan over these tools is written.

    Args:
        tools: What its steps may call.
        ask: Key by which the user is asked in place of a step; None if nobody is.
    """
    answer = {"anyOf": [_TEXT, {"type": "null"}]}
    asking = [] if ask is None else [closed({ask: _TEXT})]
    return _schema("plan", tools, {"answer": answer}, asking)


def revision_schema(tools: Iterable[ToolSpec]) -> Schema:
    """Return the schema in which a revision is written."""
    return _schema("revise_plan", tools, {"drop": _TEXTS})


def _schema(
    name: str,
    tools: Iterable[ToolSpec],
    beside: Mapping[str, object],
    instead: Sequence[Mapping[str, object]] = (),
) -> Schema:
    """Return the first of several schemas that strict mode takes, else a loose one."""
    specs = [*tools]
    loose = _root(specs, beside, Definitions(strictly=False), instead, lean=True)
    for lean in (True, False):
        try:
            root = _root(specs, beside, Definitions(), instead, lean=lean)
        except NotStrictError:
            break
        if is_strict(root):
            return Schema(name, root, strict=True, loose=loose)
    return Schema(name, loose, strict=False)


def _root(
    tools: Iterable[ToolSpec],
    beside: Mapping[str, object],
    definitions: Definitions,
    instead: Sequence[Mapping[str, object]],
    *,
    lean: bool,
) -> dict[str, object]:
    calls = [closed({AGENT: _TEXT, "id": _TEXT})]
    for tool in tools:
        try:
            arguments = argument_schema(
                tool.name, tool.parameters, definitions, lean=lean
            )
        except NotStrictError:
            if definitions.strictly:
                raise
            # What strict mode cannot hold is shown to the model; `check` guards it.
            arguments = {"type": "object", "description": json.dumps(tool.parameters)}
        calls.append(closed({tool.name: arguments, "id": _TEXT}))
    call = {"$ref": "#/$defs/call"}
    more = {"anyOf": [closed({key: value}) for key, value in OPTIONS.items()]}
    kinds = [
        call,
        closed({EACH: OPTIONS[EACH], STEP: call}),
        closed({MORE: {"type": "array", "items": more}, STEP: call}),
        *instead,
    ]
    steps = {"type": "array", "items": {"anyOf": kinds}}
    defined = {"call": {"anyOf": calls}, **definitions.schemas}
    return {**closed({"steps": steps, **beside}), "$defs": defined}


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
        return parse_step(entry, tools)
    except WireError as error:
        raise PlanError([_problem(entry, error, None)]) from error


def write_plan(plan: Plan, tools: Iterable[ToolSpec] = ()) -> str:
    """Write a plan as a model would.

    Args:
        plan: The plan.
        tools: What its steps may call; their arguments are written as strict mode
            wants them.
    """
    specs = [*tools]
    steps = [write_step(step, specs) for step in plan.steps]
    document = {"steps": steps, "answer": plan.answer}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


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
    given = [value for entry in written[: limits.steps] for value in values_of(entry)]
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
            steps.append(parse_step(entry, specs))
        except WireError as error:
            problems.append(_problem(entry, error, f"#{index + 1}"))
    if problems:
        raise PlanError(problems, source=text)
    return steps


def _problem(entry: object, error: WireError, place: str | None) -> Problem:
    name = id_of(entry)
    where = place if name is None else clip(name)
    return Problem(where, "wrong-shape", error.value, error.remedy)


def _refused(value: object, remedy: str, text: str) -> PlanError:
    return PlanError([Problem(None, "wrong-shape", short(value), remedy)], source=text)
