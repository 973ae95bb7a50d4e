"""What a real provider could never send in answer to a request.

A test that scripts such a reply tests a world that does not exist, so each
finding fails it.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

from .completion import Completion
from .recorded import Recorded
from .schema_rules import resolve


def violations(request: Recorded, message: Completion) -> list[str]:
    """Why the provider could not have sent `message`; empty if it could."""
    return [
        *_content_violations(request, message),
        *_choice_violations(request, message),
        *_call_violations(request, message),
    ]


def _content_violations(request: Recorded, message: Completion) -> Iterator[str]:
    if message.content is None or message.calls or not message.whole:
        return
    wanted = request.body.get("response_format") or {}
    if wanted.get("type") == "json_object" and _parsed(message.content) is None:
        yield f"JSON mode cannot send {message.content!r}; script an object"
    named = request.json_schema
    if named is not None and named.get("strict"):
        yield from _strict(named["schema"], message.content, f"{named['name']!r}")


def _choice_violations(request: Recorded, message: Completion) -> Iterator[str]:
    names = [name for name, _ in message.calls]
    if names and not request.tools:
        yield f"calls {names} were scripted, but the request offers no tools"
    choice = request.body.get("tool_choice")
    if choice == "none" and names:
        yield f"calls {names} were scripted, but tool_choice is 'none'"
    if choice == "required" and not names and message.refusal is None:
        yield "no call was scripted, but tool_choice is 'required'"
    if isinstance(choice, Mapping) and set(names) - {choice["function"]["name"]}:
        yield f"calls {names} were scripted, but tool_choice is {choice!r}"
    if request.body.get("parallel_tool_calls") is False and len(names) > 1:
        yield f"{len(names)} calls were scripted, but parallel_tool_calls is false"


def _call_violations(request: Recorded, message: Completion) -> Iterator[str]:
    any_strict = any(tool.get("strict") for tool in request.tools.values())
    for name, arguments in message.calls:
        tool = request.tools.get(name)
        if tool is None and any_strict:
            yield f"{name!r} is not offered, and strict tools cannot be invented"
        if tool is not None and tool.get("strict") and message.whole:
            yield from _strict(tool["parameters"], arguments, f"call of {name!r}")


def _strict(schema: Mapping[str, Any], text: str, what: str) -> Iterator[str]:
    value = _parsed(text)
    if value is None:
        yield f"strict {what} cannot hold {text!r}: it is not a JSON object"
        return
    found = False
    for error in Draft202012Validator(schema).iter_errors(value):
        found = True
        yield f"strict {what} cannot hold this: {error.json_path}: {error.message}"
    if not found:
        yield from _disorder(schema, value, schema, f"strict {what}: $")


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _disorder(
    schema: Mapping[str, Any], value: Any, root: Mapping[str, Any], path: str
) -> Iterator[str]:
    """Where keys of a valid `value` are not in the order of the schema."""
    node = _variant(schema, value, root)
    if isinstance(value, list) and "items" in node:
        for index, item in enumerate(value):
            yield from _disorder(node["items"], item, root, f"{path}[{index}]")
    if isinstance(value, dict) and "properties" in node:
        order = [name for name in node["properties"] if name in value]
        if list(value) != order:
            yield f"{path} has keys in the order {list(value)}; strict sends {order}"
        for name in order:
            inner = node["properties"][name]
            yield from _disorder(inner, value[name], root, f"{path}.{name}")


def _variant(
    schema: Mapping[str, Any], value: Any, root: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The schema that `value` was written by: references and unions resolved."""
    node = resolve(schema, root) or {}
    validator = Draft202012Validator(root)
    for option in node.get("anyOf", ()):
        if validator.evolve(schema=option).is_valid(value):
            return _variant(option, value, root)
    return node
