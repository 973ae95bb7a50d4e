"""The plan in the language of Graphviz."""

from collections.abc import Mapping
from typing import Final

from dagplan.events import StepResult
from dagplan.plan.model import Plan
from dagplan.views.captions import caption, heading
from dagplan.views.diagram import Link, Node, diagram
from dagplan.views.escape import one_line
from dagplan.views.palette import LIGHT, ON_LIGHT, Look

_COLUMNS: Final = 40
_HEAD: Final = f"""\
digraph plan {{
  rankdir=LR
  bgcolor="{ON_LIGHT.page}"
  node [
    shape=box, style="rounded,filled", fontname="sans-serif", fontsize=11,
    fillcolor="{ON_LIGHT.node}", color="{ON_LIGHT.line}", fontcolor="{ON_LIGHT.text}"
  ]
  edge [color="{ON_LIGHT.line}"]
"""
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "&": "&amp;"})


def to_dot(plan: Plan, results: Mapping[str, StepResult] | None = None) -> str:
    """Write a plan for Graphviz: `dot -Tsvg`.

    Optional dependencies are dashed, `for_each` steps have a double border, statuses
    are told by sign and colour.

    Args:
        plan: The plan.
        results: Where its steps stand, those of `for_each` items included; steps that
            are missing are waiting. None draws the plan alone.
    """
    drawn = diagram(plan, results)
    rows = [_node(node) for node in drawn.nodes]
    rows += [_link(link) for link in drawn.links]
    if not rows:
        rows = [f"n0 [{_attributes({'label': '(no steps)'})}]"]
    return _HEAD + "\n".join([*(f"  {row}" for row in rows), "}", ""])


def _node(node: Node) -> str:
    said = caption(node, _COLUMNS)
    lines = [heading(node), said] if said else [heading(node)]
    attributes = {"label": "\n".join(map(one_line, lines))}
    if node.each:
        attributes["peripheries"] = "2"
    if node.critical:
        attributes["penwidth"] = "3"
    look: Look | None = "missing" if node.step is None else node.status
    if look is not None:
        tone = LIGHT[look]
        attributes["fillcolor"] = tone.fill
        attributes["color"] = tone.line
        attributes["fontcolor"] = tone.text
    if look == "missing":
        attributes["style"] = "rounded,filled,dashed"
    return f"{node.name} [{_attributes(attributes)}]"


def _link(link: Link) -> str:
    attributes = {} if link.required else {"style": "dashed"}
    if link.critical:
        attributes["penwidth"] = "3"
    written = f" [{_attributes(attributes)}]" if attributes else ""
    return f"n{link.source} -> n{link.target}{written}"


def _attributes(values: Mapping[str, str]) -> str:
    return ", ".join(f'{name}="{_escaped(value)}"' for name, value in values.items())


def _escaped(text: str) -> str:
    """Escape what means something between quotes: line ends, entities, backslashes."""
    return text.translate(_ESCAPES)
