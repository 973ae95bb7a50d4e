"""`ChatOpenAI` gets from the server what it would get from OpenAI."""

from typing import Any

import pytest

from . import Gated, Json, Loopback, Refusal, Sliced, Text, ToolCalls, Truncated
from .clients import chat_model

CITY: dict[str, Any] = {
    "title": "city",
    "type": "object",
    "properties": {"name": {"type": "string"}, "people": {"type": "integer"}},
    "required": ["name", "people"],
    "additionalProperties": False,
}
LOOK_UP: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": "Look something up.",
        "parameters": {
            "type": "object",
            "properties": {"what": {"type": "string"}},
            "required": ["what"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}
TWO_CALLS = ToolCalls([("look_up", {"what": "Köln"}), ("look_up", {"what": "Bonn"})])


async def test_a_plain_answer_carries_text_and_usage(loopback: Loopback) -> None:
    loopback.reply("Paris")
    answer = await chat_model(loopback).ainvoke("Capital of France?")
    assert answer.content == "Paris"
    assert answer.response_metadata["finish_reason"] == "stop"
    assert answer.usage_metadata is not None
    usage = answer.usage_metadata
    assert usage["output_tokens"] == 2
    assert usage["total_tokens"] == usage["input_tokens"] + 2 > 2


def test_a_sync_client_is_served_too(loopback: Loopback) -> None:
    loopback.reply("Paris")
    assert chat_model(loopback).invoke("Capital of France?").content == "Paris"


async def test_a_stream_comes_in_chunks_of_the_chosen_size(loopback: Loopback) -> None:
    loopback.reply(Sliced(Text("Zürich 東京"), characters=3))
    chunks = [chunk async for chunk in chat_model(loopback).astream("hi")]
    texts = [chunk.text for chunk in chunks if chunk.text]
    assert texts == ["Zür", "ich", " 東京"]
    assert loopback.requests[0].stream


async def test_a_stream_survives_writes_that_split_characters(
    loopback: Loopback,
) -> None:
    loopback.reply(Sliced(Text("Zürich 東京 🗼"), characters=5, octets=1))
    chunks = [chunk async for chunk in chat_model(loopback).astream("hi")]
    assert "".join(chunk.text for chunk in chunks) == "Zürich 東京 🗼"


async def test_streamed_usage_comes_last_and_only_if_asked_for(
    loopback: Loopback,
) -> None:
    loopback.reply("four letters", "four letters")
    with_usage = [c async for c in chat_model(loopback).astream("hi")]
    silent = chat_model(loopback, stream_usage=False)
    without = [c async for c in silent.astream("hi")]
    reported = [c.usage_metadata for c in with_usage if c.usage_metadata]
    assert [usage["output_tokens"] for usage in reported] == [3]
    assert not any(c.usage_metadata for c in without)


async def test_tool_calls_arrive_whole(loopback: Loopback) -> None:
    loopback.reply(TWO_CALLS)
    answer = await chat_model(loopback).bind_tools([LOOK_UP]).ainvoke("hi")
    assert [call["args"] for call in answer.tool_calls] == [
        {"what": "Köln"},
        {"what": "Bonn"},
    ]
    assert len({call["id"] for call in answer.tool_calls}) == 2
    assert answer.response_metadata["finish_reason"] == "tool_calls"


async def test_a_call_that_was_demanded_by_name_ends_with_stop(
    loopback: Loopback,
) -> None:
    loopback.reply(ToolCalls([("look_up", {"what": "x"})]))
    model = chat_model(loopback).bind_tools([LOOK_UP], tool_choice="look_up")
    answer = await model.ainvoke("hi")
    assert len(answer.tool_calls) == 1
    assert answer.response_metadata["finish_reason"] == "stop"


async def test_tool_calls_stream_as_deltas(loopback: Loopback) -> None:
    loopback.reply(Sliced(TWO_CALLS, characters=4, octets=3))
    total: Any = None
    pieces = 0
    async for chunk in chat_model(loopback).bind_tools([LOOK_UP]).astream("hi"):
        pieces += bool(getattr(chunk, "tool_call_chunks", ()))
        total = chunk if total is None else total + chunk
    assert [call["args"]["what"] for call in total.tool_calls] == ["Köln", "Bonn"]
    assert pieces > 4


async def test_malformed_arguments_of_a_loose_tool_can_be_scripted(
    loopback: Loopback,
) -> None:
    loose = {**LOOK_UP, "function": {**LOOK_UP["function"], "strict": False}}
    loopback.reply(ToolCalls([("look_up", '{"what": ')]))
    answer = await chat_model(loopback).bind_tools([loose]).ainvoke("hi")
    assert answer.tool_calls == []
    assert [call["args"] for call in answer.invalid_tool_calls] == ['{"what": ']


async def test_a_conversation_with_answered_calls_is_accepted(
    loopback: Loopback,
) -> None:
    from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

    calls = [{"name": "look_up", "args": {"what": "x"}, "id": "call_7"}]
    loopback.reply("done")
    answer = await chat_model(loopback).ainvoke(
        [
            HumanMessage("look x up"),
            AIMessage("", tool_calls=calls),
            ToolMessage("42", tool_call_id="call_7"),
        ]
    )
    assert answer.content == "done"
    assert loopback.requests[0].text == "42"


async def test_structured_output_is_parsed_from_strict_json(loopback: Loopback) -> None:
    loopback.reply(Json({"name": "Köln", "people": 1_087_000}))
    model = chat_model(loopback)
    structured = model.with_structured_output(CITY, method="json_schema", strict=True)
    assert await structured.ainvoke("hi") == {"name": "Köln", "people": 1_087_000}
    sent = loopback.requests[0].json_schema
    assert sent is not None
    assert (sent["name"], sent["strict"]) == ("city", True)


async def test_a_bound_response_format_streams_as_text(loopback: Loopback) -> None:
    schema = {"name": "city", "strict": True, "schema": CITY}
    bound = chat_model(loopback).bind(
        response_format={"type": "json_schema", "json_schema": schema}
    )
    loopback.reply(Sliced(Json({"name": "Köln", "people": 1}), characters=5))
    pieces = [chunk.text async for chunk in bound.astream("hi")]
    assert "".join(pieces) == '{"name":"Köln","people":1}'


async def test_json_mode_needs_the_word_and_gives_an_object(loopback: Loopback) -> None:
    from openai import BadRequestError

    bound = chat_model(loopback).bind(response_format={"type": "json_object"})
    loopback.reply(Json({"a": 1}))
    assert (await bound.ainvoke("as JSON please")).content == '{"a":1}'
    with pytest.raises(BadRequestError, match="must contain the word 'json'"):
        await bound.ainvoke("please")


async def test_an_empty_stream_is_still_a_stream(loopback: Loopback) -> None:
    loopback.reply("")
    chunks = [chunk async for chunk in chat_model(loopback).astream("hi")]
    assert "".join(chunk.text for chunk in chunks) == ""


async def test_a_refusal_has_no_content(loopback: Loopback) -> None:
    loopback.reply(Refusal("I cannot help with that."))
    answer = await chat_model(loopback).ainvoke("hi")
    assert answer.content == ""
    assert answer.additional_kwargs["refusal"] == "I cannot help with that."


async def test_a_streamed_refusal_comes_with_the_last_chunk(loopback: Loopback) -> None:
    schema = {"name": "city", "strict": True, "schema": CITY}
    bound = chat_model(loopback).bind(
        response_format={"type": "json_schema", "json_schema": schema}
    )
    loopback.reply(Sliced(Refusal("I cannot."), characters=2))
    chunks = [chunk async for chunk in bound.astream("hi")]
    said = [chunk.additional_kwargs.get("refusal") for chunk in chunks]
    assert [words for words in said if words] == ["I cannot."]


async def test_a_truncated_reply_says_length(loopback: Loopback) -> None:
    loopback.reply(Truncated(Text("a long answer"), after=6))
    answer = await chat_model(loopback).ainvoke("hi")
    assert answer.content == "a long"
    assert answer.response_metadata["finish_reason"] == "length"


async def test_a_truncated_plan_streams_before_the_client_raises(
    loopback: Loopback,
) -> None:
    from openai import LengthFinishReasonError

    schema = {"name": "city", "strict": True, "schema": CITY}
    bound = chat_model(loopback).bind(
        response_format={"type": "json_schema", "json_schema": schema}
    )
    loopback.reply(Truncated(Json({"name": "Köln", "people": 1}), after=9))
    texts: list[str] = []

    async def read() -> None:
        async for chunk in bound.astream("hi"):
            texts.append(chunk.text)  # noqa: PERF401 - what came before counts

    with pytest.raises(LengthFinishReasonError):
        await read()
    assert "".join(texts) == '{"name":"'


async def test_answers_can_depend_on_the_request(loopback: Loopback) -> None:
    loopback.answer(lambda request: f"{request.order}: {request.text.upper()}")
    model = chat_model(loopback)
    assert (await model.ainvoke("one")).content == "0: ONE"
    assert (await model.ainvoke("two")).content == "1: TWO"


async def test_a_long_prompt_that_comes_again_is_cached(loopback: Loopback) -> None:
    loopback.answer(lambda _: "ok")
    model = chat_model(loopback)
    beginning = "x" * 8_000
    first = await model.ainvoke(beginning + "one")
    second = await model.ainvoke(beginning + "two")
    usages: list[Any] = [answer.usage_metadata for answer in (first, second)]
    details = [usage["input_token_details"] for usage in usages]
    assert [detail["cache_read"] for detail in details] == [0, 1_920]


async def test_a_gate_holds_a_stream_back_in_its_middle(loopback: Loopback) -> None:
    gate = loopback.gate()
    loopback.reply(Sliced(Gated(gate, Text("onetwo"), after_chunks=1), characters=3))
    stream = chat_model(loopback).astream("hi")
    texts = []
    async for chunk in stream:
        texts.append(chunk.text)
        if chunk.text == "one":
            await loopback.until(lambda: gate.waiting == 1)
            gate.open()
    assert "".join(texts) == "onetwo"


def test_models_are_listed(loopback: Loopback) -> None:
    import openai

    with openai.OpenAI(base_url=loopback.base_url, api_key="sk-test") as client:
        names = [model.id for model in client.models.list()]
    assert "gpt-4.1-mini" in names
