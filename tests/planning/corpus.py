"""The plans that the campaign of malformed outputs starts from, in the wire format."""

import json
from pathlib import Path
from random import Random
from typing import Any

from dagplan.plan import Plan, ToolSpec
from dagplan.plan.returns import SCALARS
from dagplan.planning.wire import write_plan
from tests.plan import malformed as documents

from .random_plans import TOOLS as WIRE_TOOLS, random_plan


def _texts(*names: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"type": "string"} for name in names},
        "required": [*names],
    }


_PAGE = {
    "type": "object",
    "properties": {
        "size": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": 9},
        "next": {"anyOf": [{"$ref": "#/$defs/Page"}, {"type": "null"}]},
        "kind": {"enum": ["a", 1, None]},
    },
    "required": ["next"],
}
TOOLS = [
    *WIRE_TOOLS,
    documents.TOOLS[0],
    ToolSpec("calculate", "", _texts("expression")),
    ToolSpec("send_email", "", _texts("to", "subject", "body"), side_effects=True),
    ToolSpec(
        "list-pages",
        "",
        {
            "type": "object",
            "properties": {"page": {"$ref": "#/$defs/Page"}, "q": {"type": "string"}},
            "$defs": {"Page": _PAGE},
        },
        returns=["text"],
    ),
]


def own_text(chance: Random) -> str:
    """A plan of this project: a valid one, or one of any shape."""
    if chance.random() < 0.6:
        plan = Plan.model_validate(documents.good_plan(chance))
        return write_plan(plan)
    return write_plan(random_plan(chance.randrange(10_000)))


def real_texts(folder: str) -> list[str]:
    """Plans that a language model wrote, from `model_plans.json` in a folder.

    They name types that the plan language has no more; those are left out.
    """
    entries = json.loads((Path(folder) / "model_plans.json").read_text())
    plans = [entry["plan"] for entry in entries]
    for step in (step for plan in plans for step in plan["steps"]):
        if isinstance(step["returns"], str) and step["returns"] not in SCALARS:
            step["returns"] = None
        if step["tool"] == "search":
            step["args"] = {"q": step["args"]["query"]}
    return [write_plan(Plan.model_validate(plan)) for plan in plans]
