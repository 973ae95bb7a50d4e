"""What stands in and beside the node of a step, whatever draws it."""

from typing import Final

from dagplan.views.cells import cut
from dagplan.views.diagram import Node
from dagplan.views.escape import one_line
from dagplan.views.glyphs import UNICODE
from dagplan.views.summary import summarise

_MOST_ID: Final = 64


def heading(node: Node) -> str:
    """Return the first line of a node: signs, its id, how often it was started."""
    signs = [
        UNICODE.critical if node.critical else "",
        "" if node.status is None else UNICODE.status[node.status],
        UNICODE.each if node.each else "",
    ]
    again = ""
    if node.result is not None and node.result.attempts > 1:
        again = f"{UNICODE.retried}{node.result.attempts}"
    return " ".join(part for part in (*signs, name_of(node), again) if part)


def name_of(node: Node) -> str:
    """Return the id of a step, safe to show and of bounded length."""
    return cut_to(node.label, _MOST_ID) or "(no id)"


def caption(node: Node, columns: int) -> str:
    """Return the second line of a node: what went wrong, else what it does."""
    if node.step is None:
        return "not in the plan"
    if node.result is not None and node.result.error is not None:
        return cut_to(node.result.error, columns)
    counts = counted(node)
    room = max(columns - len(counts) - 1, 1) if counts else columns
    said = summarise(node.step, room)
    return f"{counts} {said}" if counts else said


def counted(node: Node) -> str:
    """Return how many items of a `for_each` step stand where: `✓3 ✗1`."""
    if not node.items:
        return ""
    return " ".join(
        f"{sign}{node.items[status]:,}"
        for status, sign in UNICODE.status.items()
        if node.items.get(status)
    )


def cut_to(text: str, columns: int) -> str:
    """Return a text of unknown origin and length on one line of so many columns."""
    return cut(one_line(text[: 8 * columns]), columns)
