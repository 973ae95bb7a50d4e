"""What planning models are shown: tools and problems as text."""

from collections.abc import Iterable, Mapping

from dagplan.errors import PlanError
from dagplan.plan.returns import describe
from dagplan.plan.toolspec import ToolSpec


def tools_text(tools: Iterable[ToolSpec]) -> str:
    """List tools with their arguments and what they return, a line each."""
    lines = [_tool_line(tool) for tool in tools]
    return "Tools:\n" + ("\n".join(lines) or "none; use agent steps")


def _tool_line(tool: ToolSpec) -> str:
    properties = tool.parameters.get("properties")
    arguments = properties if isinstance(properties, Mapping) else {}
    listed = ", ".join(f"{name}: {_kind(arg)}" for name, arg in arguments.items())
    returned = tool.result or describe(tool.returns)
    details = "".join(
        f"\n    {name}: {arg['description']}"
        for name, arg in arguments.items()
        if isinstance(arg, Mapping) and arg.get("description")
    )
    effects = " Has side effects; agent steps cannot call it." * tool.side_effects
    about = f"{tool.description}{effects}{details}"
    return f"- {tool.name}({listed}) -> {returned}: {about}"


def _kind(schema: object) -> str:
    match schema:
        case {"enum": list(values)}:
            return "|".join(map(str, values))
        case {"type": "string"}:
            return "text"
        case {"type": "array", "items": items}:
            return f"list of {_kind(items)}"
        case {"type": str(kind)}:
            return kind
        case {"anyOf": list(options)}:
            return " or ".join(dict.fromkeys(map(_kind, options)))
        case _:
            return "value"


def problems_text(error: PlanError) -> str:
    """List every problem of a plan, a line each, for the model that wrote it."""
    return "\n".join(f"- {problem}" for problem in error.problems[:50])
