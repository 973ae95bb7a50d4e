"""A tool step: one call with resolved arguments; no model decides anything."""

from functools import partial
from inspect import isawaitable, isgenerator
from typing import cast

import anyio

from dagplan.errors import ToolError
from dagplan.plan.json_values import to_json
from dagplan.plan.references import (
    ITEM,
    UNAVAILABLE,
    Reference,
    bind,
    resolve,
)
from dagplan.protocols import StepCall
from dagplan.steps.threads import PATIENCE, in_thread
from dagplan.tools.spec import Arguments, Tool


async def call_tool(
    tool: Tool,
    arguments: Arguments,
    threads: anyio.CapacityLimiter,
    patience: float = PATIENCE,
) -> object:
    """Call a tool and return plain JSON; sync tools run in a thread.

    Args:
        tool: The tool.
        arguments: Its arguments, with values in place of references.
        threads: Bounds the threads. One of our own: the default pools are shared with
            whatever else the program runs, and smaller than the slots of a run.
        patience: Seconds for which a thread is waited for after a cancellation.

    Raises:
        ToolError: The tool refused its arguments, or tried to interrupt a graph.
        WrongValueError: It returned something that is not JSON.
    """
    try:
        if tool.is_async:
            found: object = tool.run(arguments)
        else:
            found = await in_thread(partial(_run, tool, arguments), threads, patience)
        # Also what a sync function returned, such as a partial of an async one.
        if isawaitable(found):
            found = await found
    except SystemExit as error:
        raise ToolError(
            f"tool {tool.spec.name!r} tried to end the program ({error.code!r}); "
            "tools raise an exception to say that they failed"
        ) from error
    except Exception as error:
        if _is_control_flow(error):
            raise ToolError(
                f"tool {tool.spec.name!r} raised LangGraph's {type(error).__name__}; "
                "steps run outside a graph's nodes and cannot interrupt it"
            ) from error
        raise
    return to_json(found, f"tool {tool.spec.name!r}")


def _run(tool: Tool, arguments: Arguments) -> object:
    """Run a sync tool to its end; what a generator yields becomes a list."""
    found = tool.run(arguments)
    return list(found) if isgenerator(found) else found


def arguments_of(tool: Tool, call: StepCall) -> Arguments:
    """Return a call's arguments as its tool wants them.

    For a tool that binds, such as `calculate`, references become names with values
    beside the expression: -3 squared is 9, while the text `-3 ** 2` means -9.
    """
    expression = call.step.args.get(tool.binds) if tool.binds else None
    if not isinstance(expression, str):
        return dict(call.args)

    def lookup(reference: Reference) -> object:
        value = call.inputs.get(reference.step)
        if value is None and reference.step != ITEM:
            return UNAVAILABLE
        return resolve(value, reference)

    text, values = bind(expression, lookup)
    return {**call.args, cast("str", tool.binds): text, "values": values}


def _is_control_flow(error: Exception) -> bool:
    # By name: only the agent imports langgraph, and tools may raise it from anywhere.
    return any(kind.__name__ == "GraphBubbleUp" for kind in type(error).__mro__)
