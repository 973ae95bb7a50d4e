import json

import pytest

from benchmarks.provider.asked import Asked, Refusal, Reply
from benchmarks.provider.desk import Desk
from benchmarks.provider.pace import Pace
from benchmarks.provider.pieces import pieces
from benchmarks.provider.sse import body, events
from benchmarks.questions.own import own_questions

BY_ID = {question.id: question for question in own_questions()}
DESK = Desk(BY_ID, Pace())


def said(model, *messages, **fields):
    listed = [{"role": role, "content": content} for role, content in messages]
    return {"model": model, "messages": listed, **fields}


def test_pieces_joined_are_the_text():
    text = '{"web_search":{"query":"Länge der Donau, 2.850 km"},"id":"a"}\n\n… 1234567'
    assert "".join(pieces(text)) == text
    assert pieces("1234567 incomprehensible") == [
        "123",
        "456",
        "7",
        " incomprehen",
        "sible",
    ]


def test_a_search_is_answered_only_with_its_references_put_in():
    found = DESK.search("capitals", {"query": "population of Riga"})
    assert found.results == ["Population of Riga: 605273."]
    with pytest.raises(Refusal, match="no sub-question of capitals"):
        DESK.search("capitals", {"query": "population of ${lv}"})
    with pytest.raises(Refusal, match="no sub-question of capitals"):
        DESK.search("capitals", {"query": "population of Lyon"})


def test_a_whole_passage_is_understood_where_a_value_is_meant():
    query = "population of Capital of Latvia: Riga."
    assert DESK.search("capitals", {"query": query}).query == "population of Riga"


def test_a_plan_is_written_only_for_the_question_that_was_asked():
    schema = {"type": "json_schema", "json_schema": {"name": "plan"}}
    text = BY_ID["peaks"].text
    _, reply = DESK.chat(
        "peaks", said("dagplan", ("user", text), response_format=schema)
    )
    assert [step["id"] for step in json.loads(reply.text)["steps"]] == [
        "blanc:number",
        "matter:number",
        "diff",
    ]
    with pytest.raises(Refusal, match="was not asked"):
        DESK.chat("peaks", said("dagplan", ("user", "Hm?"), response_format=schema))


def test_an_answer_needs_everything_that_it_rests_on():
    question = BY_ID["older"]
    one = f"Question: {question.text}\n\nResults:\n\n{question.passages['haydn']}"
    with pytest.raises(Refusal, match="mozart is not among"):
        DESK.chat("older", said("dagplan", ("user", one)))
    both = f"{one}\n{question.passages['mozart']}"
    _, reply = DESK.chat("older", said("dagplan", ("user", both)))
    assert reply == Reply("answer", question.answer)


def test_a_react_agent_asks_for_all_it_can_or_for_one():
    text = BY_ID["capitals"].text
    _, reply = DESK.chat("capitals", said("react", ("user", text)))
    assert [json.loads(args)["query"] for _, args in reply.calls] == [
        "capital of Latvia",
        "capital of Iceland",
    ]
    single = said("react", ("user", text), parallel_tool_calls=False)
    assert len(DESK.chat("capitals", single)[1].calls) == 1


def test_a_stream_holds_what_the_whole_reply_holds_token_by_token():
    asked = Asked(
        BY_ID["peaks"],
        said("react", ("user", "x"), stream_options={"include_usage": True}),
    )
    reply = Reply("answer", "Mont Blanc is 328 m higher.")
    sent = [
        json.loads(event.data.removeprefix(b"data: ")) for event in events(asked, reply)
    ]
    texts = [c["delta"].get("content", "") for s in sent for c in s["choices"]]
    whole = body(asked, reply)
    assert "".join(texts) == whole["choices"][0]["message"]["content"] == reply.text
    assert sent[-1]["usage"] == whole["usage"]
    assert whole["usage"]["completion_tokens"] == reply.length == 9
    assert [event.token for event in events(asked, reply)] == [0, *range(9), 8, 8]


def test_a_streamed_call_of_a_tool_is_that_of_the_whole_reply():
    asked = Asked(BY_ID["peaks"], said("react", ("user", "x")))
    reply = Reply("turn", calls=[("web_search", '{"query":"a b"}'), ("x", "{}")])
    arguments = ["", ""]
    for event in events(asked, reply):
        for choice in json.loads(event.data.removeprefix(b"data: "))["choices"]:
            for call in choice["delta"].get("tool_calls", ()):
                arguments[call["index"]] += call["function"]["arguments"]
    assert arguments == ['{"query":"a b"}', "{}"]
    whole = body(asked, reply)["choices"][0]
    assert [
        c["function"]["arguments"] for c in whole["message"]["tool_calls"]
    ] == arguments


def test_times_are_drawn_by_what_they_are_for():
    pace = Pace(scale=0.5)
    assert pace.token_at(0) == 0.175
    assert pace.token_at(10) == pytest.approx(0.25)
    assert pace.search_takes("a") == Pace(scale=0.5).search_takes("a")
    assert pace.search_takes("a") == pytest.approx(Pace().search_takes("a") / 2)
    drawn = [Pace().search_takes(str(number)) for number in range(200)]
    assert 0.3 <= min(drawn) < 0.32
    assert 1.18 < max(drawn) <= 1.2


def test_a_tail_is_for_first_attempts_and_a_limit_too():
    slow = Pace(tail=1.0, limited=1.0)
    assert slow.search_takes("a") == 8 * slow.search_takes("a", attempt=1)
    assert slow.is_limited("a", 0)
    assert not slow.is_limited("a", 1)
    assert not Pace().is_limited("a", 0)


def test_a_search_gives_as_many_tokens_as_were_drawn():
    desk = Desk(BY_ID, Pace(sizes=(800,)))
    found = desk.search("capitals", {"query": "capital of Latvia"})
    assert len(found.results) == 5
    assert 650 < found.length <= 800
