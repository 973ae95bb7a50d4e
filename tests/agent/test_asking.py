"""The planner's question to the user: asked once, answered whenever, by whoever."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Command

from dagplan import Plan, Step, create_dag_agent
from dagplan.agent.answer import Agent, Invocation
from dagplan.agent.outcome import Answered
from dagplan.errors import UnclearQuestionError
from dagplan.events import ModelCalled, QuestionAnswered, QuestionAsked, RunStarted
from dagplan.history import History
from dagplan.journal import MemoryJournal, SqliteJournal
from dagplan.scheduler import open_record
from dagplan.testing import ScriptedPlanner, ScriptedReplanner, ScriptedRunner
from tests.agent.tools import population
from tests.loopback import Json, Loopback
from tests.loopback.clients import chat_model

CONFIG: Any = {"configurable": {"thread_id": "1"}}
ASKED = {"input": "How many people live there?"}
PLAN = Plan(steps=[Step(id="fr", tool="population", args={"country": "France"})])
ASKING = UnclearQuestionError("In which country?")


def make(*plans: Any, **options: Any) -> Any:
    return create_dag_agent(
        tools=[population],
        **{
            "planner_model": ScriptedPlanner(*plans),
            "replanner_model": ScriptedReplanner("68 million."),
            "checkpointer": InMemorySaver(),
            **options,
        },
    )


def interrupted(result: dict[str, Any]) -> dict[str, Any]:
    (interrupt,) = result["__interrupt__"]
    value: dict[str, Any] = interrupt.value
    return value


async def test_the_whole_way_over_http(loopback: Loopback):
    events: list[Any] = []
    step = {"population": {"country": "France"}, "id": "fr"}
    loopback.reply(
        Json({"steps": [{"ask_user": "In which country?"}], "answer": None}),
        Json({"steps": [step], "answer": None}),
        "68 million.",
    )
    agent = create_dag_agent(
        chat_model(loopback),
        tools=[population],
        checkpointer=InMemorySaver(),
        on_event=events.append,
    )
    asked = interrupted(await agent.ainvoke(ASKED, CONFIG))
    assert asked["question"] == "In which country?"
    result = await agent.ainvoke(Command(resume="In France."), CONFIG)
    assert result["response"] == "68 million."
    # The planner, which cannot ask again, and who answers both know of it.
    for request in loopback.requests[1:]:
        shown = request.messages[2]["content"]
        assert ASKED["input"] in shown
        assert "Asked back: In which country?\nAnswer: In France." in shown
    assert "ask_user" not in str(loopback.requests[1].body)
    # The report knows of the call that asked, too.
    assert result["report"]["model_calls"] == {"planner": 2, "replanner": 1}
    assert len([e for e in events if isinstance(e, QuestionAsked)]) == 2  # told again


@pytest.mark.parametrize("journal", [None, MemoryJournal()])
def test_it_may_be_answered_by_digest_as_approvals_are(journal: Any):
    agent = make(ASKING, PLAN, journal=journal)
    (waiting,) = interrupted(agent.invoke(ASKED, CONFIG))["waiting"]
    assert waiting["kind"] == "question"
    assert waiting["question"] == "In which country?"
    result = agent.invoke(Command(resume={waiting["digest"]: "France"}), CONFIG)
    assert (result["response"], result["past_steps"]) == (
        "68 million.",
        [["fr", "68000000"]],
    )


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("  ", "is no answer to 'In which country?'; answer in words"),
        (True, "answer with {digest: True or False}, got True"),
        ({"no such": "France"}, "nothing waits for an answer to 'no such'"),
        ("x" * 10_001, "keep it under 10,000"),
    ],
)
def test_an_answer_that_is_none_is_asked_for_again(answer: Any, problem: str):
    agent = make(ASKING, PLAN)
    agent.invoke(ASKED, CONFIG)
    again = interrupted(agent.invoke(Command(resume=answer), CONFIG))
    assert again["question"] == "In which country?"
    assert problem in again["problem"]
    result = agent.invoke(Command(resume="France"), CONFIG)
    assert result["response"] == "68 million."


def test_it_is_asked_at_most_once():
    agent = make(ASKING, ASKING)
    agent.invoke(ASKED, CONFIG)
    with pytest.raises(UnclearQuestionError, match="In which country"):
        agent.invoke(Command(resume="France"), CONFIG)


def test_where_nobody_can_be_asked_it_is_an_error_that_says_what_to_do():
    agent = make(ASKING, checkpointer=None)
    with pytest.raises(UnclearQuestionError) as caught:
        agent.invoke(ASKED)
    assert caught.value.asked == "In which country?"
    assert "checkpointer" in str(caught.value)


def test_another_question_of_the_thread_may_ask_again():
    agent = make(
        ASKING, PLAN, ASKING, PLAN, replanner_model=ScriptedReplanner("1", "2")
    )
    agent.invoke(ASKED, CONFIG)
    agent.invoke(Command(resume="France"), CONFIG)
    again = agent.invoke({"input": "And there?"}, CONFIG)
    assert interrupted(again)["question"] == "In which country?"
    assert agent.invoke(Command(resume="France"), CONFIG)["response"] == "2"


def test_a_question_may_be_left_for_another_one():
    agent = make(ASKING, PLAN)
    agent.invoke(ASKED, CONFIG)
    assert agent.invoke({"input": "In France?"}, CONFIG)["response"] == "68 million."


def test_plan_and_question_may_both_be_put_to_the_user():
    agent = make(ASKING, PLAN, approve="plan")
    agent.invoke(ASKED, CONFIG)
    (plan,) = interrupted(agent.invoke(Command(resume="France"), CONFIG))["waiting"]
    assert plan["kind"] == "plan"
    result = agent.invoke(Command(resume={plan["digest"]: True}), CONFIG)
    assert result["response"] == "68 million."


async def test_question_and_answer_are_recorded_and_neither_is_told_twice():
    journal = MemoryJournal()
    agent = make(ASKING, PLAN, journal=journal)
    named: Any = {"configurable": {"thread_id": "1", "dagplan_run_id": "mine"}}
    await agent.ainvoke(ASKED, named)
    await agent.ainvoke(Command(resume="France"), named)
    events = (await journal.open("mine")).events
    assert [
        type(e) for e in events if isinstance(e, QuestionAsked | QuestionAnswered)
    ] == [
        QuestionAsked,
        QuestionAnswered,
    ]
    history = History.of(events)
    assert (history.reply, history.outcome) == ("France", "answered")
    assert sum(isinstance(event, RunStarted) for event in events) == 1
    assert not any(isinstance(event, ModelCalled) for event in events)


async def test_the_user_is_asked_once_that_is_recorded_and_seen():
    journal, seen = MemoryJournal(), list[Any]()

    class Asker:
        async def question(self, asked: str) -> str:
            assert isinstance(seen[-1], QuestionAsked)
            recorded = await journal.read("mine")
            assert recorded[-1] == seen[-1]
            return "France"

    agent = Agent(
        planner=ScriptedPlanner(ASKING, Plan(steps=[], answer="Known.")),
        replanner=ScriptedReplanner(),
        run_step=ScriptedRunner({}),
        asker=Asker(),
    )
    async with open_record(journal, "mine") as record:
        outcome = await agent.answer("Where?", Invocation(seen.append, record))
    assert isinstance(outcome, Answered)
    assert outcome.response == "Known."


CHILD = """
import os, sys
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Command
from dagplan.journal import SqliteJournal
from dagplan.testing import ScriptedPlanner
from tests.agent.test_asking import ASKED, ASKING, CONFIG, PLAN, make

class Dies(ScriptedPlanner):
    async def plan(self, request):
        if "Answer:" in request.question:
            os._exit(9)
        return await super().plan(request)

folder, journal, resumes = sys.argv[1:]
with SqliteSaver.from_conn_string(folder + "/graph.db") as saver:
    agent = make(
        planner_model=Dies(ASKING),
        checkpointer=saver,
        journal=SqliteJournal(folder + "/runs.db") if journal == "journal" else None,
    )
    agent.invoke(ASKED, CONFIG, durability="sync")
    if resumes == "resumes":
        agent.invoke(Command(resume="France"), CONFIG, durability="sync")
    os._exit(9)
"""


# It waits for processes, which on a busy machine are slow to begin.
@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("journal", "resumes"), [("journal", "resumes"), ("none", "waits")]
)
def test_another_process_goes_on_after_a_kill(tmp_path: Path, journal, resumes):
    killed = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path), journal, resumes],
        check=False,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert killed.returncode == 9
    runs = SqliteJournal(str(tmp_path / "runs.db")) if journal == "journal" else None
    with SqliteSaver.from_conn_string(str(tmp_path / "graph.db")) as saver:
        planner = ScriptedPlanner(PLAN)
        agent = make(planner_model=planner, checkpointer=saver, journal=runs)
        # Killed while it planned anew, it has its answer; killed before, it waits.
        word: Any = None if resumes == "resumes" else Command(resume="France")
        result = agent.invoke(word, CONFIG)
    assert result["response"] == "68 million."
    (request,) = planner.requests
    assert request.question.endswith("Asked back: In which country?\nAnswer: France")
    assert not request.may_ask
