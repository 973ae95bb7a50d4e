"""A step in one line."""

import json
from collections.abc import Iterator, Mapping

from dagplan.plan.model import Step
from dagplan.views.cells import cut
from dagplan.views.escape import one_line


def summarise(step: Step, width: int = 72) -> str:
    """Describe a step in one safe line, references as the plan has them.

    That is its task, or else the call that it makes: `tool(arg=value, …)`, without
    the name where there is one argument.

    Args:
        step: The step.
        width: Columns of a terminal that the line may take.
    """
    over = "" if step.for_each is None else _written(_pieces(step.for_each), width)
    each = f"for each {over[:width]}: " if step.for_each is not None else ""
    said = step.task if step.task.strip() else _call(step, width)
    # Cut before cleaning: texts may be megabytes long.
    return cut(one_line((each + said)[: 8 * width]), width)


def _call(step: Step, width: int) -> str:
    """Write a call, only as far as it will be seen."""
    return _written(_call_pieces(step.tool or "", step.args), 2 * width)


def _written(pieces: Iterator[str], room: int) -> str:
    written: list[str] = []
    for piece in pieces:
        written.append(piece[: room + 1])
        room -= len(piece)
        if room < 0:
            break
    return "".join(written)


def _call_pieces(tool: str, args: Mapping[str, object]) -> Iterator[str]:
    yield f"{tool}("
    for index, (name, value) in enumerate(args.items()):
        if index:
            yield ", "
        if len(args) > 1:
            yield f"{name}="
        yield from _pieces(value)
    yield ")"


def _pieces(value: object) -> Iterator[str]:
    yield from [value] if isinstance(value, str) else _json_pieces(value)


def _json_pieces(value: object) -> Iterator[str]:
    # Lazy: each level yields a character before the next is entered, so that the
    # reader's room bounds the depth of this recursion.
    if isinstance(value, list):
        yield "["
        for index, element in enumerate(value):
            yield ", " if index else ""
            yield from _json_pieces(element)
        yield "]"
    elif isinstance(value, dict):
        yield "{"
        for index, (key, element) in enumerate(value.items()):
            yield f"{', ' if index else ''}{key}: "
            yield from _json_pieces(element)
        yield "}"
    else:
        yield json.dumps(value, ensure_ascii=False, default=str)
