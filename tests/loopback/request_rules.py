"""Which chat requests OpenAI refuses, in its words."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from .api_error import BAD_KEY, NO_KEY, ApiError, unknown_model
from .recorded import Recorded, message_text
from .schema_rules import loose_refusals, refusals

ROLES = ("system", "assistant", "user", "function", "tool", "developer")
UNKNOWN_MODEL = "no-such-model"
BAD_API_KEY = "bad-key"
MAX_TOOLS = 128
MAX_NAME = 64

Body = Mapping[str, Any]


def refusal(request: Recorded) -> ApiError | None:
    """The first reason why OpenAI refuses the request; None if it answers it."""
    return key_refusal(request) or next(_refusals(request), None)


def key_refusal(request: Recorded) -> ApiError | None:
    """What is wrong with the request's key."""
    if request.key is None:
        return NO_KEY
    return BAD_KEY if request.key == BAD_API_KEY else None


def _refusals(request: Recorded) -> Iterator[ApiError]:
    if request.model == UNKNOWN_MODEL:
        yield unknown_model(request.model)
    rules: tuple[Callable[[Body], Iterator[ApiError]], ...] = (
        _parameters,
        _messages,
        _tools,
        _tool_choice,
        _response_format,
    )
    for rule in rules:
        yield from rule(request.body)


@cache
def known_parameters() -> frozenset[str]:
    """The parameters that the installed openai client knows of a chat request."""
    from openai.types.chat import completion_create_params as params

    known = params.CompletionCreateParamsBase.__annotations__
    return frozenset(known) | {"stream"}


def _parameters(body: Body) -> Iterator[ApiError]:
    for name in body:
        if name not in known_parameters():
            yield ApiError(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
    for name in ("model", "messages"):
        if name not in body:
            yield ApiError(
                f"Missing required parameter: '{name}'.",
                name,
                "missing_required_parameter",
            )
    if body.get("stream_options") and not body.get("stream"):
        yield ApiError(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            "stream_options",
        )


def _messages(body: Body) -> Iterator[ApiError]:
    messages = body.get("messages") or []
    if not messages:
        yield ApiError(
            "Invalid 'messages': empty array. Expected an array with minimum length "
            "1, but got an empty array instead.",
            "messages",
            "empty_array",
        )
    for index, message in enumerate(messages):
        yield from _message(index, message)
    yield from _conversation(messages)


def _message(index: int, message: Body) -> Iterator[ApiError]:
    role = message.get("role")
    where = f"messages[{index}]"
    if role not in ROLES:
        known = ", ".join(f"'{name}'" for name in ROLES[:-1])
        yield ApiError(
            f"Invalid value: '{role}'. Supported values are: {known}, and "
            f"'{ROLES[-1]}'.",
            f"{where}.role",
            "invalid_value",
        )
    calls = message.get("tool_calls")
    if message.get("content") is None and not (calls or message.get("refusal")):
        yield ApiError(
            "Invalid value for 'content': expected a string, got null.",
            f"messages.[{index}].content",
        )
    for number, call in enumerate(calls or ()):
        path = f"{where}.tool_calls[{number}].function.name"
        yield from _name(call["function"]["name"], path)


def _conversation(messages: list[Body]) -> Iterator[ApiError]:
    """Calls must be answered at once, and answers must have been asked for."""
    open_ids: list[str] = []
    asked_at = 0
    for index, message in enumerate(messages):
        if message.get("role") == "tool":
            if message.get("tool_call_id") in open_ids:
                open_ids.remove(message["tool_call_id"])
                continue
            yield _orphan(index)
        if open_ids:
            yield _unanswered(asked_at, open_ids)
        open_ids = [call["id"] for call in message.get("tool_calls") or ()]
        asked_at = index
    if open_ids:
        yield _unanswered(asked_at, open_ids)


def _orphan(index: int) -> ApiError:
    return ApiError(
        "Invalid parameter: messages with role 'tool' must be a response to a "
        "preceeding message with 'tool_calls'.",
        f"messages.[{index}].role",
    )


def _unanswered(index: int, ids: list[str]) -> ApiError:
    return ApiError(
        "An assistant message with 'tool_calls' must be followed by tool messages "
        "responding to each 'tool_call_id'. The following tool_call_ids did not have "
        f"response messages: {', '.join(ids)}",
        f"messages.[{index}].role",
    )


def _name(name: str, path: str) -> Iterator[ApiError]:
    if not re.fullmatch("[a-zA-Z0-9_-]+", name):
        yield ApiError(
            f"Invalid '{path}': string does not match pattern. Expected a string that "
            "matches the pattern '^[a-zA-Z0-9_-]+$'.",
            path,
            "invalid_value",
        )
    if len(name) > MAX_NAME:
        yield ApiError(
            f"Invalid '{path}': string too long. Expected a string with maximum "
            f"length {MAX_NAME}, but got a string with length {len(name)} instead.",
            path,
            "string_above_max_length",
        )


def _tools(body: Body) -> Iterator[ApiError]:
    tools = body.get("tools")
    if tools is None:
        return
    if not tools:
        yield ApiError(
            "Invalid 'tools': empty array. Expected an array with minimum length 1, "
            "but got an empty array instead.",
            "tools",
            "empty_array",
        )
    if len(tools) > MAX_TOOLS:
        yield ApiError(
            f"Invalid 'tools': array too long. Expected an array with maximum length "
            f"{MAX_TOOLS}, but got an array with length {len(tools)} instead.",
            "tools",
            "array_above_max_length",
        )
    for index, tool in enumerate(tools):
        yield from _function(f"tools[{index}].function", tool.get("function") or {})


def _function(path: str, function: Body) -> Iterator[ApiError]:
    name = function.get("name", "")
    yield from _name(name, f"{path}.name")
    judge = refusals if function.get("strict") else loose_refusals
    parameters = function.get("parameters")
    if parameters is None and not function.get("strict"):
        return
    for reason in judge(parameters):
        yield ApiError(
            f"Invalid schema for function '{name}': {reason}",
            f"{path}.parameters",
            "invalid_function_parameters",
        )


def _tool_choice(body: Body) -> Iterator[ApiError]:
    names = [tool["function"]["name"] for tool in body.get("tools") or ()]
    for parameter in ("tool_choice", "parallel_tool_calls"):
        if body.get(parameter) is not None and not names:
            yield ApiError(
                f"Invalid value for '{parameter}': '{parameter}' is only allowed when "
                "'tools' are specified.",
                parameter,
            )
    choice = body.get("tool_choice")
    if isinstance(choice, Mapping) and choice["function"]["name"] not in names:
        yield ApiError(
            f"Tool choice 'function {choice['function']['name']}' not found in "
            "'tools' parameter.",
            "tool_choice",
        )


def _response_format(body: Body) -> Iterator[ApiError]:
    wanted = body.get("response_format") or {"type": "text"}
    kind = wanted.get("type")
    if kind == "json_schema":
        yield from _json_schema(wanted.get("json_schema") or {})
    elif kind == "json_object":
        yield from _json_mode(body)
    elif kind != "text":
        yield ApiError(
            f"Invalid value: '{kind}'. Supported values are: 'json_object', "
            "'json_schema', and 'text'.",
            "response_format.type",
            "invalid_value",
        )


def _json_schema(wanted: Body) -> Iterator[ApiError]:
    path = "response_format.json_schema"
    for parameter in ("name", "schema"):
        if parameter not in wanted:
            yield ApiError(
                f"Missing required parameter: '{path}.{parameter}'.",
                f"{path}.{parameter}",
                "missing_required_parameter",
            )
            return
    yield from _name(wanted["name"], f"{path}.name")
    if wanted.get("strict"):
        for reason in refusals(wanted["schema"]):
            yield ApiError(
                f"Invalid schema for response_format '{wanted['name']}': {reason}",
                "response_format",
            )


def _json_mode(body: Body) -> Iterator[ApiError]:
    said = " ".join(message_text(message) for message in body.get("messages") or ())
    if "json" not in said.lower():
        yield ApiError(
            "'messages' must contain the word 'json' in some form, to use "
            "'response_format' of type 'json_object'.",
            "messages",
        )
