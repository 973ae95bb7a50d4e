"""langchain tools as tools of a plan."""

import inspect
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeGuard, get_type_hints

from dagplan.errors import ToolError, UnsupportedToolError
from dagplan.plan.json_schema import bound, fault
from dagplan.plan.toolspec import ToolSpec
from dagplan.tools.functions import arguments_refused, injected

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

Run = (
    Callable[[dict[str, object]], object]
    | Callable[[dict[str, object]], Awaitable[object]]
)


def is_tool(value: object) -> "TypeGuard[BaseTool]":
    """Tell whether a value is a langchain tool, without importing langchain."""
    # Nobody can hold a BaseTool before its module was imported.
    module = sys.modules.get("langchain_core.tools.base")
    return module is not None and isinstance(value, module.BaseTool)


def bind(tool: "BaseTool") -> tuple[ToolSpec, Run, bool]:
    """Return a tool's specification, what runs it, and whether that is async.

    Raises:
        UnsupportedToolError: The tool wants arguments that a graph injects, or its
            schema is none.
    """
    for name in _injected_arguments(tool):
        raise UnsupportedToolError(
            f"tool {tool.name!r} wants {name!r} injected by a graph; "
            "steps can only pass JSON values"
        )
    schema = _schema(tool)
    marked = bool((tool.metadata or {}).get("side_effects", False))
    spec = ToolSpec(tool.name, tool.description, schema, side_effects=marked)
    # A tool with a JSON schema validates nothing itself (MCP leaves it to the server).
    guard = _validator(schema) if isinstance(tool.args_schema, dict) else None

    def run(arguments: dict[str, object]) -> object:
        if guard is not None:
            guard(arguments)
        with _own_arguments(tool):
            return tool.invoke(arguments)

    async def arun(arguments: dict[str, object]) -> object:
        if guard is not None:
            guard(arguments)
        with _own_arguments(tool):
            return await tool.ainvoke(arguments)

    return (spec, arun, True) if _is_async(tool) else (spec, run, False)


@contextmanager
def _own_arguments(tool: "BaseTool") -> Iterator[None]:
    """Say on one line which arguments a tool refused."""
    from pydantic import ValidationError

    try:
        yield
    except ValidationError as error:
        schema = tool.args_schema
        # One that the tool met inside is not about its own arguments.
        if error.title != getattr(schema, "__name__", tool.name):
            raise
        raise ToolError(arguments_refused(error)) from error


def _is_async(tool: "BaseTool") -> bool:
    """Tell whether a tool has a coroutine of its own.

    Without one langchain would run it in its own pool, whose few threads make
    sixteen one-second tools take three seconds; a thread of ours does it in one.
    """
    if hasattr(tool, "coroutine"):
        return tool.coroutine is not None
    from langchain_core.tools import BaseTool

    return type(tool)._arun is not BaseTool._arun  # noqa: SLF001 - no public way to ask


def _schema(tool: "BaseTool") -> Mapping[str, object]:
    from pydantic import TypeAdapter

    schema = tool.tool_call_schema
    if isinstance(schema, dict):
        if (said := fault(schema)) is not None:
            raise UnsupportedToolError(
                f"the arguments of tool {tool.name!r} have a schema that is broken "
                f"({said}); mend it, or leave the tool out"
            )
        return schema
    adapter: TypeAdapter[object] = TypeAdapter(schema)
    return adapter.json_schema()


def _validator(schema: Mapping[str, object]) -> Callable[[dict[str, object]], None]:
    validator = bound(schema)

    def check(arguments: dict[str, object]) -> None:
        for error in validator.iter_errors(arguments):  # type: ignore[arg-type]
            where = ".".join(map(str, error.absolute_path)) or "arguments"
            raise ToolError(f"{where}: {error.message:.200}")

    return check


def _injected_arguments(tool: "BaseTool") -> Iterator[str]:
    """Find arguments that the planner could not pass, in schema and signature."""
    sources: list[object] = [
        getattr(tool, "func", None),
        getattr(tool, "coroutine", None),
        tool._run,  # noqa: SLF001 - where a subclass says what it wants
        tool._arun,  # noqa: SLF001
        tool.args_schema if inspect.isclass(tool.args_schema) else None,
    ]
    for source in sources:
        if source is None:
            continue
        try:
            hints = get_type_hints(source, include_extras=True)
        except (NameError, TypeError):
            # Annotations that cannot be read cannot mark anything as injected for
            # langchain either, which reads them the same way.
            continue
        yield from (name for name, hint in hints.items() if injected(hint))
