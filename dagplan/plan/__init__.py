"""What a plan is: the language of steps, references and types.

A plan is a plain JSON document. Nothing in this room runs anything: it says what
a plan means, what is wrong with it, and how it looks as a graph.

Objects:
    `Step`, `Plan` (model.py): the document.
    `Reference` (references.py): `${id.path}` inside a text; scanning is linear, and
        values are put in once, so that what comes out of a step is never scanned.
    `Returns` (returns.py): the type that a step promises its dependents.
    `ToolSpec` (toolspec.py): what the language needs to know of a tool.
    `check_plan` (check.py): every problem of a plan at once, sizes first.
    `load_plan` (load.py): hostile text in, a `Plan` or a `PlanError` out.
    `Revision`, `revised` (revision.py): a change of a plan that is running.
    `to_networkx`, `critical_path` (graph.py): the plan as a graph.

Invariant: a plan that `check_plan` accepts can be scheduled: its ids are unique, its
dependencies exist, it has no cycle, and every reference leads into a declared type.
"""

from dagplan.plan.limits import PlanLimits
from dagplan.plan.load import load_plan
from dagplan.plan.model import Plan, Step
from dagplan.plan.references import Reference
from dagplan.plan.returns import Returns
from dagplan.plan.revision import Revision
from dagplan.plan.toolspec import ToolSpec

__all__ = [
    "Plan",
    "PlanLimits",
    "Reference",
    "Returns",
    "Revision",
    "Step",
    "ToolSpec",
    "load_plan",
]
