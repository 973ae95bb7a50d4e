"""`Tool`: a tool specification bound to what runs it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Self, cast

from dagplan.errors import UnsupportedToolError
from dagplan.plan.returns import Returns
from dagplan.plan.toolspec import ToolSpec
from dagplan.tools import functions, langchain

Arguments = dict[str, object]
Run = Callable[[Arguments], object] | Callable[[Arguments], Awaitable[object]]

# Keys that the wire format of plans needs for itself beside the tool's name.
RESERVED_NAMES = frozenset({"agent", "id", "more"})


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that steps can call.

    Attributes:
        spec: What planners and checks know of it.
        run: Takes the arguments as one dictionary; validates them itself.
        is_async: Whether `run` returns an awaitable; others run in a thread.
        binds: Name of an argument in which references become names rather than text,
            with their values in the argument `values` (see `calculate`).
    """

    spec: ToolSpec
    run: Run
    is_async: bool
    binds: str | None = None

    @classmethod
    def from_function(
        cls,
        function: Callable[..., object],
        *,
        name: str | None = None,
        returns: Returns = None,
        result: str = "",
        binds: str | None = None,
        side_effects: bool = False,
    ) -> Self:
        """Bind a plain typed function.

        The function's docstring describes it and its arguments to planners, its
        annotations give the schema of the arguments and, where `returns` is not
        given, the type of the result.

        Args:
            function: Sync or async, with annotated parameters.
            name: Name of the tool; the function's own without it.
            returns: Type of the result, where the annotation does not say it.
            result: The result in words, for planners.
            binds: As the attribute.
            side_effects: Whether a call changes something outside.

        Raises:
            UnsupportedToolError: A parameter has no annotation or is injected.
        """
        spec = functions.specify(
            function, name=name, hidden="values" if binds else None
        )
        spec = replace(
            spec,
            returns=returns or spec.returns,
            result=result,
            side_effects=side_effects,
        )
        run = functions.validated(function)
        return cls(_named(spec), run, functions.is_async(function), binds)


def as_tool(tool: object, *, side_effects: bool | None = None) -> Tool:
    """Make a `Tool` of a langchain tool or a plain typed function.

    ```python
    agent = create_dag_agent(model, tools=[search, as_tool(pay, side_effects=True)])
    ```

    Args:
        tool: What to call.
        side_effects: Whether a call changes something outside: then it is called by
            steps of its own only, not by the agents of other steps; it is not tried
            again unless a policy names it; and after a crash it is not run again
            before the user has said so. None: what the tool says itself, a langchain
            tool by `metadata={"side_effects": True}`.

    Raises:
        UnsupportedToolError: No step could call it; the message says why.
    """
    if side_effects is not None:
        bound = as_tool(tool)
        return replace(bound, spec=replace(bound.spec, side_effects=side_effects))
    if isinstance(tool, Tool):
        return tool
    if langchain.is_tool(tool):
        spec, run, is_async = langchain.bind(tool)
        return Tool(_named(spec), run, is_async)
    if isinstance(tool, type) or not callable(tool):
        raise UnsupportedToolError(
            f"{type(tool).__name__} {tool!r:.80} is no tool; "
            "pass a typed function or a langchain tool"
        )
    return Tool.from_function(cast("Callable[..., object]", tool))


def by_name(tools: "list[Tool]") -> Mapping[str, Tool]:
    """Index tools by name.

    Raises:
        UnsupportedToolError: Two tools share one name.
    """
    named: dict[str, Tool] = {}
    for tool in tools:
        if tool.spec.name in named:
            raise UnsupportedToolError(
                f"two tools are named {tool.spec.name!r}; rename one of them"
            )
        named[tool.spec.name] = tool
    return named


def _named(spec: ToolSpec) -> ToolSpec:
    if spec.name in RESERVED_NAMES:
        raise UnsupportedToolError(
            f"a tool cannot be named {spec.name!r}, which plans use; rename it"
        )
    return spec
