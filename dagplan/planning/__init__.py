"""Between a model and a plan.

Objects:
    `ModelPlanner` (planner.py): question → checked plan, by one model call; problems go
        back to the model, twice.
    `Draft` (draft.py): a plan while it is being written; offers each step that can start.
        scanner.py finds the steps in the text, however that is cut.
    `ModelReplanner` (replanner.py): results → answer, or a checked revision by the tool
        `revise_plan` (revising_call.py).
    `BlindReplanner` (blind.py): the same for strict control flow, by one call that sees
        no data (outline.py) and has the tools, and one that sees it and has none.
    wire.py: the lean JSON that models write, one variant per tool, and its reading;
        wire_step.py, arguments.py and type_text.py have its parts.
    fence.py: the code fences that may stand around what a model writes.
    strict.py: a tool's JSON schema as strict structured output accepts it.
    of_tools.py: keeps the schemas over the same tools.
    asking.py: the one question that may be asked in place of a plan.
    tool_text.py, found.py, mending.py: tools, results and problems as text.
    prompts.py: every prompt, as a constant; data is never formatted into them.

Invariant: what leaves this room passed `check_plan`; nothing is repaired silently.
"""

from dagplan.planning.blind import BlindReplanner
from dagplan.planning.planner import ModelPlanner
from dagplan.planning.replanner import ModelReplanner

__all__ = ["BlindReplanner", "ModelPlanner", "ModelReplanner"]
