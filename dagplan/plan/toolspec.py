"""What the plan language needs to know of a tool."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dagplan.plan.returns import Returns


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as planners and checks see it: a name, its arguments, its result.

    Attributes:
        name: What a step writes in `tool`.
        description: What the tool does, for the planner model.
        parameters: JSON schema of the arguments, an object schema.
        returns: Type of the result; None where it is not declared.
        result: The result in words, for the planner model; may be empty.
        side_effects: Whether a call changes something outside, so that calling twice is
            not the same as calling once.
    """

    name: str
    description: str
    parameters: Mapping[str, object] = field(
        default_factory=lambda: {"type": "object", "properties": {}}
    )
    returns: Returns = None
    result: str = ""
    side_effects: bool = False
