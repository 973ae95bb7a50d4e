"""The plan as a Mermaid flowchart."""

import re
from collections.abc import Mapping
from typing import Final

from dagplan.events import StepResult
from dagplan.plan.model import Plan
from dagplan.views.captions import caption, heading
from dagplan.views.diagram import Link, Node, diagram
from dagplan.views.escape import one_line
from dagplan.views.palette import LIGHT

_COLUMNS: Final = 40

# Mermaid reads a label as its own syntax, then as Markdown, then as HTML. Letters,
# digits, what is beyond ASCII, and punctuation that none of the three minds stay as
# they are; all else is written by its number, also the two letters with which Mermaid
# marks such numbers while it works.
_PLAIN: Final = re.compile(
    r"(?<=\w)_(?=[A-Za-z0-9])|[A-Za-z0-9 ,()=?]|[^\x00-\x7f\u00b6\ufb02]"
)


def to_mermaid(plan: Plan, results: Mapping[str, StepResult] | None = None) -> str:
    """Write a plan as a Mermaid flowchart (versions 11 and 12, any security level).

    Optional dependencies are dotted, `for_each` steps have double sides, statuses are
    told by sign and colour. Mermaid refuses more than 500 lines and 50,000 characters
    unless its page allows more (`maxEdges`, `maxTextSize`); `to_svg` has no bound.

    Args:
        plan: The plan.
        results: Where its steps stand, those of `for_each` items included; steps that
            are missing are waiting. None draws the plan alone.
    """
    drawn = diagram(plan, results)
    rows = [_node(node) for node in drawn.nodes] or [f'n0["{_quoted("(no steps)")}"]']
    rows += [_link(link) for link in drawn.links]
    rows += _classes(drawn.nodes)
    title = f"  accTitle: Plan of {len(plan.steps):,} steps"
    return "\n".join(["flowchart LR", title, *(f"  {row}" for row in rows), ""])


def _node(node: Node) -> str:
    said = _quoted(caption(node, _COLUMNS))
    text = f"{_quoted(heading(node))}<br/>{said}" if said else _quoted(heading(node))
    left, right = ('[["', '"]]') if node.each else ('["', '"]')
    return f"{node.name}{left}{text}{right}"


def _quoted(text: str) -> str:
    """Return a text as it may stand between quotes in a Mermaid label."""
    shown = one_line(text)
    return "".join(
        char if _PLAIN.match(shown, index) else f"#{ord(char)};"
        for index, char in enumerate(shown)
    )


def _link(link: Link) -> str:
    arrow = "-->" if link.required else "-.->"
    return f"n{link.source} {arrow} n{link.target}"


def _classes(nodes: tuple[Node, ...]) -> list[str]:
    """Name the nodes of each status, and say what these look like."""
    members: dict[str, list[str]] = {}
    for node in nodes:
        if node.step is None:
            members.setdefault("missing", []).append(node.name)
        elif node.status is not None:
            members.setdefault(node.status, []).append(node.name)
    critical = [node.name for node in nodes if node.critical]
    rows: list[str] = []
    for name, tone in LIGHT.items():
        if name in members:
            dashes = ",stroke-dasharray:4 3" if name == "missing" else ""
            colours = f"fill:{tone.fill},stroke:{tone.line},color:{tone.text}{dashes}"
            rows += [f"classDef {name} {colours}", _members(members[name], name)]
    if critical:
        rows += ["classDef critical stroke-width:4px", _members(critical, "critical")]
    return rows


def _members(names: list[str], of: str) -> str:
    return f"class {','.join(names)} {of}"
