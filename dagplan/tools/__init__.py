"""What steps can call.

Objects:
    `Tool` (spec.py): a `ToolSpec` bound to what runs it. `as_tool` makes one of a
        plain typed function, of a langchain `BaseTool`, or takes one as it is.
    calculate.py, rank.py, convert.py: arithmetic, order and units, so that none of
        them costs a model call. arithmetic.py bounds what an expression may compute.
    countries.py, cities.py, routes.py: figures about the world that lie on disk;
        atlas.py loads them, names.py and lookup.py find what a name means.
    search.py: web search, never without a key.
    `idempotency_key` (effects.py): by what a provider may know a repeated call.

Every figure is an object with `value`, `unit`, `year` and `source`: a number whose
origin is lost cannot be cited. Tools are plain functions of JSON values; they know
nothing of plans, models or event loops. A tool that fails raises `ToolError`.
"""

from dagplan.tools.effects import idempotency_key
from dagplan.tools.spec import Tool, as_tool

__all__ = ["Tool", "as_tool", "idempotency_key"]
