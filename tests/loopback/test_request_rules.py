"""Malformed requests are refused as OpenAI refuses them, seen by `ChatOpenAI`."""

from typing import Any

import pytest

from . import Loopback
from .clients import chat_model
from .recorded import Recorded
from .request_rules import refusal

USER = {"role": "user", "content": "hi"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
ASKED = {"role": "assistant", "content": None, "tool_calls": [CALL]}
ANSWERED = {"role": "tool", "tool_call_id": "c1", "content": "1"}
OPEN = {"type": "object", "properties": {"a": {"type": "object"}}}


def tool(name: str = "f", **more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, **more}}


def schema(name: str, body: Any, *, strict: bool = True) -> dict[str, Any]:
    wanted = {"name": name, "schema": body, "strict": strict}
    return {"response_format": {"type": "json_schema", "json_schema": wanted}}


def said(**body: Any) -> tuple[int, str | None, str | None, str] | None:
    """Status, param, code and message of the refusal of a request."""
    whole = {"model": "gpt-4.1-mini", "messages": [USER], **body}
    request = Recorded(0, "POST", "/", {"authorization": "Bearer sk"}, whole)
    error = refusal(request)
    if error is None:
        return None
    return (error.status, error.param, error.code, error.message)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messages": [USER, ASKED, ANSWERED]},
        {"messages": [USER, ASKED, ANSWERED, USER, ASKED, ANSWERED]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]},
        {"stream": True, "stream_options": {"include_usage": True}},
        {"tools": [tool()], "tool_choice": "required", "parallel_tool_calls": False},
        {"tools": [tool(parameters=OPEN)]},
        schema("loose", {"anyOf": []}, strict=False),
        {"response_format": {"type": "text"}, "max_completion_tokens": 9, "seed": 1},
    ],
)
def test_well_formed_requests_are_taken(body: dict[str, Any]) -> None:
    assert said(**body) is None


@pytest.mark.parametrize(
    ("body", "param", "words"),
    [
        ({"messages": []}, "messages", "empty array"),
        ({"messages": [{"role": "x"}]}, "messages[0].role", "Invalid value: 'x'"),
        (
            {"messages": [{"role": "user", "content": None}]},
            "messages.[0].content",
            "expected a string, got null",
        ),
        ({"messages": [USER, ANSWERED]}, "messages.[1].role", "preceeding message"),
        (
            {"messages": [USER, ASKED, ANSWERED, ANSWERED]},
            "messages.[3].role",
            "preceeding message",
        ),
        (
            {"messages": [ASKED, USER]},
            "messages.[0].role",
            "have response messages: c1",
        ),
        (
            {"messages": [USER, ASKED]},
            "messages.[1].role",
            "have response messages: c1",
        ),
        ({"tools": []}, "tools", "empty array"),
        ({"tools": [tool()] * 129}, "tools", "maximum length 128"),
        ({"tools": [tool("a b")]}, "tools[0].function.name", "does not match pattern"),
        ({"tools": [tool("a" * 65)]}, "tools[0].function.name", "maximum length 64"),
        (
            {"tools": [tool(), tool("g", parameters={"type": "array"})]},
            "tools[1].function.parameters",
            "Invalid schema for function 'g': schema must be a JSON Schema of",
        ),
        (
            {"tools": [tool(parameters=OPEN, strict=True)]},
            "tools[0].function.parameters",
            "In context=(), 'additionalProperties' is required",
        ),
        ({"tool_choice": "auto"}, "tool_choice", "only allowed when 'tools'"),
        (
            {"tools": [tool()], "tool_choice": tool("g")},
            "tool_choice",
            "Tool choice 'function g' not found",
        ),
        (schema("a b", {}), "response_format.json_schema.name", "match pattern"),
        (
            schema("s", OPEN),
            "response_format",
            "Invalid schema for response_format 's'",
        ),
        (
            {"response_format": {"type": "json"}},
            "response_format.type",
            "Supported values are",
        ),
        ({"response_format": {"type": "json_object"}}, "messages", "the word 'json'"),
        ({"stream_options": {}, "temprature": 1}, "temprature", "Unknown parameter"),
        (
            {"stream_options": {"include_usage": True}},
            "stream_options",
            "only allowed when 'stream'",
        ),
    ],
)
def test_malformed_requests_are_refused(
    body: dict[str, Any], param: str, words: str
) -> None:
    found = said(**body)
    assert found is not None
    assert found[:2] == (400, param)
    assert words in found[3]


async def test_a_schema_refusal_reaches_the_caller_of_the_model(
    loopback: Loopback,
) -> None:
    from openai import BadRequestError

    bound = chat_model(loopback).bind(**schema("plan", OPEN))
    with (
        pytest.warns(UserWarning, match="Invalid schema for OpenAI"),
        pytest.raises(BadRequestError) as caught,
    ):
        await bound.ainvoke("hi")
    assert caught.value.body == {
        "message": "Invalid schema for response_format 'plan': In context=(), "
        "'additionalProperties' is required to be supplied and to be false.",
        "type": "invalid_request_error",
        "param": "response_format",
        "code": None,
    }


async def test_a_tool_refusal_has_its_own_code(loopback: Loopback) -> None:
    from openai import BadRequestError

    bound = chat_model(loopback).bind(tools=[tool(parameters=OPEN, strict=True)])
    with pytest.raises(BadRequestError, match="Invalid schema for function 'f'") as e:
        await bound.ainvoke("hi")
    assert e.value.code == "invalid_function_parameters"


async def test_an_unknown_model_is_not_found(loopback: Loopback) -> None:
    from openai import NotFoundError

    with pytest.raises(NotFoundError, match="`no-such-model` does not exist") as caught:
        await chat_model(loopback, model="no-such-model").ainvoke("hi")
    assert caught.value.code == "model_not_found"


async def test_a_bad_key_is_refused_before_anything_else(loopback: Loopback) -> None:
    from openai import AuthenticationError

    bad = chat_model(loopback, api_key="bad-key", model="no-such-model")
    with pytest.raises(AuthenticationError) as caught:
        await bad.ainvoke("hi")
    assert caught.value.code == "invalid_api_key"


def test_a_missing_key_is_refused() -> None:
    error = refusal(Recorded(0, "POST", "/", {}, {}))
    assert error is not None
    assert error.status == 401
    assert "didn't provide an API key" in error.message
