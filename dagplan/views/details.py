"""All that is known of a step, in lines of text: what a picture has no room for."""

import json
from collections.abc import Iterator
from typing import Final

from dagplan.events import StepResult
from dagplan.plan.model import Step
from dagplan.views.captions import counted, name_of
from dagplan.views.diagram import Node
from dagplan.views.waterfall import duration

MOST: Final = 4_000
"""Characters of one text or value that are shown."""

_DEEPEST: Final = 40


def details(node: Node) -> str:
    """Describe a step: what it does, what it needs, what became of it."""
    rows = [name_of(node) + _standing(node)]
    if node.step is None:
        return f"{rows[0]}: not in the plan"
    rows += _planned(node.step)
    if node.items:
        rows.append(f"items: {counted(node)}")
    if node.result is not None:
        rows += _found(node.result)
    return "\n".join(rows)


def _standing(node: Node) -> str:
    result = node.result
    if result is None:
        return ""
    said = f", {result.status}"
    if result.started is not None and result.ended is not None:
        said += f" after {duration(result.ended - result.started)}"
    if result.attempts > 1:
        said += f" and {result.attempts} attempts"
    return f"{said}, on the critical path" if node.critical else said


def _planned(step: Step) -> Iterator[str]:
    if step.task.strip():
        yield f"task: {clipped(step.task)}"
    if step.tool is not None:
        yield f"tool: {clipped(step.tool)}"
    if step.args:
        yield f"args: {shown(step.args)}"
    if step.for_each is not None:
        yield f"for each: {shown(step.for_each)}"
    if step.returns is not None:
        yield f"returns: {shown(step.returns)}"
    needs = step.dependencies()
    if needs:
        named = [name if must else f"{name} (optional)" for name, must in needs.items()]
        yield f"needs: {clipped(', '.join(named))}"


def _found(result: StepResult) -> Iterator[str]:
    if result.error is not None:
        yield f"error: {clipped(result.error)}"
    if result.status == "succeeded" or result.value is not None:
        yield f"value: {shown(result.value)}"


def clipped(text: str, most: int = MOST) -> str:
    """Return a text of bounded length that says how much of it is missing."""
    if len(text) <= most:
        return text
    return f"{text[:most]}… ({len(text) - most:,} more characters)"


def shown(value: object, most: int = MOST, *, indent: bool = False) -> str:
    """Write any value: a text as it is, all else as JSON, as far as it will be seen.

    Args:
        value: The value.
        most: Characters that are written.
        indent: Whether each part of a list or an object has a line of its own.
    """
    if isinstance(value, str):
        return clipped(value, most)
    written: list[str] = []
    length = 0
    for piece in _pieces(value, 0, indent=indent):
        written.append(piece[: most + 1])
        length += len(piece)
        if length > most:
            return f"{''.join(written)[:most]}…"
    return "".join(written)


def _pieces(value: object, depth: int, *, indent: bool) -> Iterator[str]:
    if depth > _DEEPEST:
        yield "…"
    elif isinstance(value, list | tuple) and value:
        yield "["
        for index, one in enumerate(value):
            yield _between(index, depth + 1, indent=indent)
            yield from _pieces(one, depth + 1, indent=indent)
        yield f"{_line(depth, indent=indent)}]"
    elif isinstance(value, dict) and value:
        yield "{"
        for index, (key, one) in enumerate(value.items()):
            yield f"{_between(index, depth + 1, indent=indent)}{_scalar(key)}: "
            yield from _pieces(one, depth + 1, indent=indent)
        yield f"{_line(depth, indent=indent)}}}"
    else:
        yield _scalar(value)


def _between(index: int, depth: int, *, indent: bool) -> str:
    comma = "," if indent else ", "
    return f"{comma if index else ''}{_line(depth, indent=indent)}"


def _line(depth: int, *, indent: bool) -> str:
    return f"\n{'  ' * depth}" if indent else ""


def _scalar(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    # A tool may return anything, and a picture of a run must not fail for it.
    except Exception:  # noqa: BLE001
        return f"({type(value).__name__})"
