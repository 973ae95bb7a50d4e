"""The call that may revise a plan: tools in, a checked decision out.

It is made by whoever sees the results, and by whoever may not see them; they differ in
what they are shown, not in what they can do.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from dagplan.errors import PlanError
from dagplan.models import Caller, ToolCall, ask, calls_of, unheard
from dagplan.plan.limits import PlanLimits
from dagplan.plan.load import parse_within
from dagplan.plan.revision import Revision
from dagplan.planning import prompts
from dagplan.planning.mending import problems_text
from dagplan.planning.wire import read_revision
from dagplan.protocols import ReplanRequest
from dagplan.structured import Schema

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage

REPAIRS = 2
"""How often an invalid revision goes back to the model with all its problems."""

_GO_ON = "go_on"


def with_tools(
    model: "BaseChatModel", schema: Schema, *, may_go_on: bool
) -> "BaseChatModel | None":
    """Bind what a model revises a plan by; None for one that takes no tools.

    Args:
        model: Any langchain chat model.
        schema: The shape of a revision.
        may_go_on: Whether it can say that nothing is to change.
    """
    functions: list[dict[str, Any]] = [
        {
            "name": schema.name,
            "description": "Change the plan to find what is missing.",
            "parameters": schema.schema,
            "strict": schema.strict,
        }
    ]
    if may_go_on:
        functions.append(_nothing_to_change())
    tools = [{"type": "function", "function": each} for each in functions]
    try:
        bound: Any = model.bind_tools(tools)
    except NotImplementedError:
        return None
    return bound  # type: ignore[no-any-return]


def _nothing_to_change() -> dict[str, Any]:
    nothing = {
        "type": "object",
        "properties": {},
        "required": [],
        "additionalProperties": False,
    }
    return {
        "name": _GO_ON,
        "description": "Change nothing now; the steps go on.",
        "parameters": nothing,
        "strict": True,
    }


async def ask_for_change(
    model: "BaseChatModel",
    messages: "Sequence[BaseMessage]",
    request: ReplanRequest,
    caller: Caller,
    *,
    named: "BaseChatModel",
    say: Callable[[str], None] | None = None,
) -> "Revision | AIMessage | None":
    """Ask until a revision can be made, or none is wanted.

    Args:
        model: The model, with the tools that it has.
        messages: What it is shown.
        request: What it is asked.
        caller: Who calls.
        named: The model whose name to record.
        say: Takes text piece by piece as it is written.

    Returns:
        A revision that `request.check` accepts; None where nothing is to change; or the
        model's reply, where it called nothing.

    Raises:
        PlanError: Its third revision cannot be made either.
        ModelError: The model could not be called.
    """
    for attempt in range(REPAIRS + 1):
        reply = await ask(model, messages, caller, say=say, hear=unheard, name_of=named)
        calls = calls_of(reply)
        if not calls:
            return reply
        wanted = [call.text for call in calls if call.name != _GO_ON]
        if not wanted:
            return None
        try:
            return _revision(wanted, request)
        except PlanError as error:
            if attempt == REPAIRS:
                raise
            messages = [*messages, *_refused(reply, calls, error)]
    raise AssertionError("the last attempt returns or raises")


def _revision(written: Sequence[str], request: ReplanRequest) -> Revision:
    # Several calls at once are one revision: nothing of what was asked for is lost.
    limits = PlanLimits()
    parts = [
        read_revision(parse_within(each, limits), request.tools) for each in written
    ]
    revision = Revision(
        steps=[step for part in parts for step in part.steps],
        drop=[name for part in parts for name in part.drop],
    )
    request.check(revision)
    return revision


def _refused(
    reply: "AIMessage", calls: Sequence[ToolCall], error: PlanError
) -> "list[BaseMessage]":
    """Write what follows calls that cannot be made in the conversation."""
    from langchain_core.messages import ToolMessage, message_chunk_to_message

    wish = f"{prompts.REPAIR}\n{problems_text(error)}"
    answers = [ToolMessage(wish, tool_call_id=call.id) for call in calls]
    return [message_chunk_to_message(reply), *answers]
