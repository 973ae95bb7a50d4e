"""The whole way of a question, over real HTTP with a real `ChatOpenAI`."""

import json
from typing import Any

import anyio
import pytest

from dagplan import PlanError, Retry, create_dag_agent
from dagplan.errors import MissingKeyError, ModelError, QuestionError, SettingsError
from dagplan.events import Event, PlanFinished, Revised, StepPlanned, Throttled
from tests.agent.tools import passages, population
from tests.loopback import (
    CutStream,
    Json,
    Loopback,
    Refusal,
    Sliced,
    Status,
    Text,
    ToolCalls,
    Truncated,
)
from tests.loopback.clients import chat_model

QUESTION = "How many people live in France and Japan together?"


def call(country, step_id):
    return {"population": {"country": country}, "id": step_id}


def two_steps(answer=None):
    return Json(
        {"steps": [call("France", "fr"), call("Japan", "jp")], "answer": answer}
    )


def passages_after_the_plan():
    """A search that finds nothing before the whole plan is known, and what tells it."""
    whole = anyio.Event()

    def see(event: Event) -> None:
        if isinstance(event, PlanFinished):
            whole.set()

    async def search(query: str) -> list[str]:
        await whole.wait()
        return passages(query)

    search.__name__, search.__doc__ = passages.__name__, passages.__doc__
    return search, see


def agent(loopback, tools=(population,), **options):
    return create_dag_agent(chat_model(loopback), tools=list(tools), **options)


async def test_one_call_plans_steps_run_and_one_call_answers(loopback: Loopback):
    loopback.reply(two_steps(), "192 million people.")
    result = await agent(loopback).ainvoke({"input": QUESTION})
    assert result["response"] == "192 million people."
    assert [step["id"] for step in result["plan"]["steps"]] == ["fr", "jp"]
    assert result["past_steps"] == [["fr", "68000000"], ["jp", "124000000"]]
    assert result["report"]["model_calls"] == {"planner": 1, "replanner": 1}
    assert result["report"]["tokens"]["output"] > 0
    shown = loopback.requests[1].body["messages"][-1]["content"]
    assert "68000000" in shown
    assert QUESTION in shown


async def test_a_template_of_typed_values_needs_no_second_call(loopback: Loopback):
    loopback.reply(two_steps("France has ${fr} and Japan ${jp} people."))
    result = await agent(loopback).ainvoke({"input": QUESTION})
    assert result["response"] == "France has 68,000,000 and Japan 124,000,000 people."
    assert len(loopback.requests) == 1


async def test_a_question_without_look_ups_is_answered_at_once(loopback: Loopback):
    loopback.reply(Json({"steps": [], "answer": "Hello."}))
    result = await agent(loopback).ainvoke({"input": "Say hello"})
    assert result["response"] == "Hello."


async def test_a_forced_replan_keeps_results_and_ends_in_an_answer(loopback: Loopback):
    events: list[Any] = []
    plan = Json({"steps": [call("France", "fr"), call("Japn", "jp")], "answer": None})
    redefined = {"steps": [call("Japan", "jp")], "drop": []}
    loopback.reply(plan, ToolCalls([("revise_plan", redefined)]), "192 million.")
    result = await agent(loopback, on_event=events.append).ainvoke({"input": QUESTION})
    assert result["response"] == "192 million."
    assert result["past_steps"] == [["fr", "68000000"], ["jp", "124000000"]]
    revision = next(event for event in events if isinstance(event, Revised))
    assert [step.id for step in revision.redefined] == ["jp"]
    assert result["report"]["steps"] == {"succeeded": 2}
    # Every slot of the prompt is filled: the question, each result, each failure.
    asked = json.dumps(loopback.requests[1].body["messages"])
    for part in (QUESTION, "68000000", "no country named 'Japn'", "population"):
        assert part in asked


async def test_an_invalid_plan_goes_back_with_all_its_problems(loopback: Loopback):
    bad = Json({"steps": [call("${x}", "fr"), call("${jp}", "jp")], "answer": None})
    loopback.reply(bad, two_steps("${fr}"))
    result = await agent(loopback).ainvoke({"input": QUESTION})
    assert result["response"] == "68,000,000"
    said = loopback.requests[1].body["messages"][-1]["content"]
    assert "unknown-reference: ${x}" in said
    assert "own-dependency: 'jp'" in said


async def test_after_three_invalid_plans_the_error_has_problems_and_text(
    loopback: Loopback,
):
    loopback.reply(*[Json({"steps": [call("${x}", "fr")], "answer": None})] * 3)
    with pytest.raises(PlanError) as caught:
        await agent(loopback).ainvoke({"input": QUESTION})
    assert [problem.rule for problem in caught.value.problems] == ["unknown-reference"]
    assert "${x}" in (caught.value.source or "")
    assert len(loopback.requests) == 3


async def test_an_invalid_revision_goes_back_too(loopback: Loopback):
    broken = {"steps": [call("France", "fr")], "drop": ["nobody"]}
    loopback.reply(
        two_steps(), ToolCalls([("revise_plan", broken)]), "As far as I can see, 192."
    )
    result = await agent(loopback).ainvoke({"input": QUESTION})
    assert result["response"] == "As far as I can see, 192."
    answer = loopback.requests[2].body["messages"][-1]
    assert answer["role"] == "tool"
    assert "settled-step: 'fr'" in answer["content"]
    assert "unknown-step: 'nobody'" in answer["content"]


async def test_revisions_are_bounded_and_then_only_an_answer_is_asked_for(
    loopback: Loopback,
):
    def again(request):
        if "tools" not in request.body:
            return Text("Nobody knows.")
        number = len(loopback.requests)
        step = call("Nowhere", f"again{number}")
        return ToolCalls([("revise_plan", {"steps": [step], "drop": []})])

    loopback.reply(Json({"steps": [call("Nowhere", "a")], "answer": None}))
    loopback.answer(again)
    result = await agent(loopback).ainvoke({"input": QUESTION})
    assert result["response"] == "Nobody knows."
    assert len(loopback.requests) == 1 + 3 + 1


async def test_a_revision_that_changes_nothing_ends_the_loop(loopback: Loopback):
    loopback.reply(
        Json({"steps": [call("Nowhere", "a")], "answer": None}),
        ToolCalls([("revise_plan", {"steps": [call("Nowhere", "a")], "drop": []})]),
        "Nobody knows.",
    )
    result = await agent(loopback).ainvoke({"input": QUESTION})
    assert result["response"] == "Nobody knows."
    assert "tools" not in loopback.requests[2].body


async def test_a_value_is_read_out_only_where_something_refers_to_it(
    loopback: Loopback,
):
    tool, see = passages_after_the_plan()

    def search(query, step_id):
        return {"passages": query, "id": f"{step_id}:number"}

    steps = [search("wanted", "a"), search("raw", "b"), search("holds ${a}", "c")]
    loopback.reply(
        Json({"steps": steps, "answer": None}), Json({"value": 42_000_000}), "Done."
    )
    asked = agent(loopback, tools=[tool], on_event=see)
    result = await asked.ainvoke({"input": QUESTION})
    assert result["report"]["model_calls"] == {
        "planner": 1,
        "reader": 1,
        "replanner": 1,
    }
    assert result["past_steps"][0] == ["a", "42000000"]
    assert (
        result["past_steps"][2][1]
        == '["About holds 42000000: it holds 42 million items."]'
    )


async def test_a_value_that_cannot_be_read_out_fails_its_step(loopback: Loopback):
    search = {"passages": {"query": "x"}, "id": "a:number"}
    plan = {"steps": [search, call("${a}", "b")], "answer": None}
    loopback.reply(Json(plan), Json({"value": None}), "Not found.")
    tools = [passages, population]
    result = await agent(loopback, tools=tools).ainvoke({"input": QUESTION})
    assert result["report"]["steps"] == {"failed": 1, "skipped": 1}
    assert (
        "no number could be read out"
        in loopback.requests[2].body["messages"][-1]["content"]
    )


async def test_an_agent_step_uses_tools_and_returns_its_type(loopback: Loopback):
    step = {"agent": "Find out how many", "id": "a:number"}
    loopback.reply(
        Json({"steps": [step], "answer": "It is ${a}."}),
        ToolCalls([("population", {"country": "Nowhere"})]),
        ToolCalls([("population", {"country": "France"})]),
        ToolCalls([("result", {"value": 68_000_000})]),
    )
    result = await agent(loopback).ainvoke({"input": QUESTION})
    assert result["response"] == "It is 68,000,000."
    assert result["report"]["model_calls"] == {"planner": 1, "step": 3}
    told = loopback.requests[2].body["messages"][-1]["content"]
    assert told == "LookupError: no country named 'Nowhere'"


async def test_an_agent_step_that_breaks_its_promise_says_what_it_got(
    loopback: Loopback,
):
    step = {"agent": "Find out", "id": "a:number"}
    loopback.reply(
        Json({"steps": [step], "answer": None}),
        ToolCalls([("result", {"value": "plenty"})]),
        "Unknown.",
    )
    await agent(loopback).ainvoke({"input": QUESTION})
    shown = loopback.requests[2].body["messages"][-1]["content"]
    assert "promised number and its agent answered 'plenty'" in shown


async def test_an_agent_step_sees_its_dependencies_and_not_the_plan(
    loopback: Loopback,
):
    steps = [
        call("France", "fr"),
        call("Japan", "jp"),
        {"agent": "Comment on ${fr}", "id": "c"},
    ]
    loopback.reply(Json({"steps": steps, "answer": None}), "Many.", "Many, they say.")
    await agent(loopback).ainvoke({"input": QUESTION})
    shown = json.dumps(loopback.requests[1].body["messages"])
    assert "Comment on 68000000" in shown
    assert "124000000" not in shown
    assert QUESTION not in shown


async def test_roles_may_have_models_of_their_own(loopback: Loopback):
    loopback.reply(two_steps(), "Fine.")
    mixed = agent(loopback, planner_model=chat_model(loopback, model="planner-1"))
    await mixed.ainvoke({"input": QUESTION})
    models = [request.body["model"] for request in loopback.requests]
    assert models == ["planner-1", "gpt-4.1-mini"]


async def test_instructions_and_the_date_reach_planner_and_answer(loopback: Loopback):
    loopback.reply(two_steps(), "Fine.")
    await agent(loopback, instructions="Answer in Latin.").ainvoke({"input": QUESTION})
    for request in loopback.requests:
        assert "Answer in Latin." in json.dumps(request.body["messages"])
        assert "Today is 20" in json.dumps(request.body["messages"])


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Status(401), r"planner model failed: the provider refused the key \(401\)"),
        (Status(404), r"no such model or address \(404\)"),
        (Status(429, retry_after=0), r"rate limit or quota is reached \(429\)"),
        (Status(500), "the provider answered 500"),
        (CutStream(two_steps()), "cannot be reached|Protocol"),
    ],
)
async def test_a_failing_provider_gives_one_clear_line(loopback: Loopback, reply, said):
    loopback.reply(reply)
    with pytest.raises(ModelError, match=said) as caught:
        await agent(loopback, retry=Retry(attempts=1)).ainvoke({"input": QUESTION})
    assert "\n" not in str(caught.value)
    assert caught.value.role == "planner"


async def test_a_planner_and_an_answer_that_fail_in_passing_are_asked_again(
    loopback: Loopback,
):
    events: list[Any] = []
    refused = Status(429, retry_after=0)
    loopback.reply(refused, two_steps(), Status(503), refused, "Fine.")
    asked = agent(loopback, on_event=events.append, retry=Retry(backoff=0.0))
    result = await asked.ainvoke({"input": QUESTION})
    assert result["response"] == "Fine."
    throttled = [e for e in events if isinstance(e, Throttled)]
    host = loopback.base_url.split("/")[2]
    assert [(e.step_id, e.resource) for e in throttled] == [(None, host)] * 2
    assert len(loopback.requests) == 5


async def test_no_server_gives_one_clear_line(loopback: Loopback):
    address = "http://127.0.0.1:9/v1"  # the discard port, where nobody listens
    model = chat_model(loopback, base_url=address)
    lonely = create_dag_agent(model, tools=[population], retry=Retry(attempts=1))
    with pytest.raises(ModelError, match=r"cannot be reached .*OPENAI_BASE_URL"):
        await lonely.ainvoke({"input": QUESTION})


async def test_an_answer_that_fails_keeps_the_finished_steps(loopback: Loopback):
    events: list[Any] = []
    loopback.reply(two_steps(), Status(500))
    with pytest.raises(ModelError, match="replanner model failed"):
        await agent(loopback, on_event=events.append, retry=Retry(attempts=1)).ainvoke(
            {"input": QUESTION}
        )
    assert sum(isinstance(event, StepPlanned) for event in events) == 2
    assert events[-1].outcome == "failed"


@pytest.mark.parametrize("question", ["", "  \n "])
async def test_an_empty_question_is_refused_before_any_call(loopback, question):
    with pytest.raises(QuestionError, match="empty"):
        await agent(loopback).ainvoke({"input": question})
    assert loopback.requests == []


async def test_a_huge_question_is_refused_before_any_call(loopback: Loopback):
    with pytest.raises(QuestionError, match="keep it under 100,000"):
        await agent(loopback).ainvoke({"input": "x" * 100_001})
    assert loopback.requests == []


def test_tools_without_a_model_are_refused():
    with pytest.raises(SettingsError, match="need a model that plans"):
        create_dag_agent(tools=[population])


def test_a_named_model_without_a_key_is_refused():
    with pytest.raises(MissingKeyError, match="export OPENAI_API_KEY"):
        create_dag_agent("openai:gpt-5-mini", tools=[population])


async def test_only_the_answer_streams_through_langgraphs_messages_mode(
    loopback: Loopback,
):
    search = {"passages": {"query": "x"}, "id": "a:number"}
    plan = {"steps": [search, {"agent": "Comment on ${a}", "id": "b"}]}
    loopback.reply(
        Json({**plan, "answer": None}),
        Json({"value": 42}),
        "A comment.",
        Sliced(Text("It is 42."), characters=3),
    )
    streamed = agent(loopback, tools=[passages]).astream(
        {"input": QUESTION}, stream_mode="messages"
    )
    pieces = [chunk.text async for chunk, _ in streamed]
    assert [piece for piece in pieces if piece] == ["It ", "is ", "42."]


async def test_a_plan_that_the_model_refuses_to_write_is_asked_for_again(
    loopback: Loopback,
):
    loopback.reply(Refusal("I will not."), two_steps("${fr}"))
    result = await agent(loopback).ainvoke({"input": QUESTION})
    assert result["response"] == "68,000,000"


async def test_a_plan_cut_off_at_the_token_limit_says_so(loopback: Loopback):
    loopback.reply(Truncated(two_steps(), after=20))
    with pytest.raises(ModelError, match="cut off at its token limit"):
        await agent(loopback).ainvoke({"input": QUESTION})


async def test_what_is_not_json_three_times_ends_with_the_text(loopback: Loopback):
    loopback.reply(*[Refusal("Sorry.")] * 3)
    with pytest.raises(PlanError, match="not-json"):
        await agent(loopback).ainvoke({"input": QUESTION})


async def test_a_template_that_cannot_be_filled_goes_to_the_model(loopback: Loopback):
    def found() -> list[str]:
        """Find nothing."""
        return []

    step = {"found": {}, "id": "a"}
    loopback.reply(Json({"steps": [step], "answer": "First is ${a.0}."}), "None found.")
    result = await agent(loopback, tools=[found]).ainvoke({"input": QUESTION})
    assert result["response"] == "None found."


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Text(""), "its answer was empty"),
        (Truncated(Text("France has 68 million"), after=4), "token limit"),
    ],
)
async def test_an_answer_that_is_none_says_so(loopback: Loopback, reply, said):
    loopback.reply(two_steps(), reply)
    with pytest.raises(ModelError, match=said):
        await agent(loopback).ainvoke({"input": QUESTION})


async def test_several_revisions_at_once_are_one(loopback: Loopback):
    def revise(country, step_id):
        return ("revise_plan", {"steps": [call(country, step_id)], "drop": []})

    loopback.reply(
        Json({"steps": [call("Nowhere", "a")], "answer": None}),
        ToolCalls([revise("France", "b"), revise("Japan", "c")]),
        "Found.",
    )
    result = await agent(loopback).ainvoke({"input": QUESTION})
    assert [step["id"] for step in result["plan"]["steps"]] == ["a", "b", "c"]


async def test_a_revision_cannot_refer_to_what_was_never_read_out(loopback: Loopback):
    tool, see = passages_after_the_plan()
    search = {"passages": {"query": "x"}, "id": "a:number"}
    uses = {"passages": {"query": "about ${a}"}, "id": "b"}
    loopback.reply(
        Json({"steps": [search], "answer": None}),
        ToolCalls([("revise_plan", {"steps": [uses], "drop": []})]),
        "42 million.",
    )
    asked = agent(loopback, tools=[tool], on_event=see)
    result = await asked.ainvoke({"input": QUESTION})
    assert result["response"] == "42 million."
    said = loopback.requests[2].body["messages"][-1]["content"]
    assert "unread-value: ${a}; add a step that looks it up again" in said


async def test_bytes_that_are_no_text_in_an_error_reach_no_model(loopback: Loopback):
    def broken() -> int:
        """Raise."""
        raise FileNotFoundError("caf\udce9.txt " + "x" * 100_000)

    step = {"broken": {}, "id": "a"}
    loopback.reply(Json({"steps": [step], "answer": None}), "Not found.")
    result = await agent(loopback, tools=[broken]).ainvoke({"input": QUESTION})
    assert result["response"] == "Not found."
    assert len(loopback.requests[1].body["messages"][-1]["content"]) < 2_000
