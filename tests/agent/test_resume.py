"""An agent whose run was cut off goes on: by its thread, or by the run's name."""

import subprocess
import sys
import textwrap
from contextlib import aclosing
from pathlib import Path
from typing import Any

import anyio
import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph

from dagplan import Plan, Revision, Step, create_dag_agent
from dagplan.agent.graph import AgentState
from dagplan.errors import (
    JournalError,
    ModelError,
    QuestionError,
    RunBusy,
    SettingsError,
)
from dagplan.events import RunFinished, RunResumed, StepStarted, StepSucceeded
from dagplan.history import History
from dagplan.journal import MemoryJournal, SqliteJournal
from dagplan.protocols import PlanRequest, ReplanRequest
from dagplan.testing import ScriptedPlanner, ScriptedReplanner

PLAN = Plan(
    steps=[
        Step(id="a", tool="look", args={"name": "a"}),
        Step(id="b", tool="look", args={"name": "${a}"}),
        Step(id="c", tool="look", args={"name": "${b}"}),
    ]
)
THREAD: Any = {"configurable": {"thread_id": "1"}}
NAMED: Any = {"configurable": {"dagplan_run_id": "mine"}}
ASKED = {"input": "what?"}


class Power:
    """A tool whose calls are counted, and one of them does not come back.

    Attributes:
        looked: What was looked up, in order.
        fails_at: Which call hangs, the first time.
    """

    def __init__(self, fails_at: str | None = None) -> None:
        self.looked: list[str] = []
        self.fails_at = fails_at

    async def look(self, name: str) -> str:
        """Look something up."""
        self.looked.append(name)
        if name == self.fails_at:
            self.fails_at = None
            await anyio.sleep_forever()
        return f"{name}+"


def make(power: Power, **options: Any) -> Any:
    return create_dag_agent(
        tools=[power.look],
        **{
            "planner_model": ScriptedPlanner(PLAN),
            "replanner_model": ScriptedReplanner("done"),
            **options,
        },
    )


class Silent:
    """Planner and replanner that must not be asked."""

    async def plan(self, request: PlanRequest) -> Plan:
        raise AssertionError(f"planned again: {request}")

    async def decide(self, request: ReplanRequest) -> str:
        raise AssertionError(f"asked again: {request}")


def cut_off(agent: Any, config: Any, step_id: str = "b") -> None:
    """Leave a run in the middle of a step."""
    for event in agent.stream(ASKED, config, stream_mode="custom"):
        if isinstance(event, StepStarted) and event.step_id == step_id:
            break


@pytest.mark.parametrize(
    ("fails_at", "step_id"), [("a", "a"), ("a+", "b"), ("a++", "c")]
)
def test_a_thread_goes_on_where_it_was_cut_off(fails_at: str, step_id: str):
    power, journal = Power(fails_at), MemoryJournal()
    saver = InMemorySaver()
    cut_off(make(power, journal=journal, checkpointer=saver), THREAD, step_id)
    later = make(power, journal=journal, checkpointer=saver, planner_model=Silent())
    result = later.invoke(None, THREAD)
    assert result["response"] == "done"
    assert power.looked.count(fails_at) == 2
    assert len(power.looked) == 4
    assert result["past_steps"] == [["a", "a+"], ["b", "a++"], ["c", "a+++"]]


def test_a_run_goes_on_by_its_name_without_a_checkpointer():
    power, journal = Power("a+"), MemoryJournal()
    cut_off(make(power, journal=journal), NAMED)
    result = make(power, journal=journal, planner_model=Silent()).invoke(ASKED, NAMED)
    assert result["response"] == "done"
    assert result["run_id"] == "mine"
    assert power.looked == ["a", "a+", "a+", "a++"]


def test_the_question_may_be_left_out_where_a_run_goes_on():
    power, journal = Power("a+"), MemoryJournal()
    cut_off(make(power, journal=journal), NAMED)
    result = make(power, journal=journal).invoke({"input": ""}, NAMED)
    assert result["response"] == "done"


def test_a_run_does_not_go_on_with_another_question():
    power, journal = Power("a+"), MemoryJournal()
    cut_off(make(power, journal=journal), NAMED)
    with pytest.raises(QuestionError, match="begun with another question, 'what\\?'"):
        make(power, journal=journal).invoke({"input": "who?"}, NAMED)


def test_a_run_does_not_go_on_without_its_tools():
    def other(name: str) -> str:
        """Do something else."""
        return name

    power, journal = Power("a+"), MemoryJournal()
    cut_off(make(power, journal=journal), NAMED)
    agent: Any = create_dag_agent(
        tools=[other],
        planner_model=ScriptedPlanner(),
        replanner_model=ScriptedReplanner(),
        journal=journal,
    )
    with pytest.raises(SettingsError, match="'a' of this run calls tool 'look'"):
        agent.invoke(ASKED, NAMED)


def test_a_run_that_was_answered_gives_its_answer_again():
    power, journal = Power(), MemoryJournal()
    make(power, journal=journal).invoke(ASKED, NAMED)
    looked = [*power.looked]
    silent = make(
        power, journal=journal, planner_model=Silent(), replanner_model=Silent()
    )
    result = silent.invoke(ASKED, NAMED)
    assert result["response"] == "done"
    assert result["past_steps"] == [["a", "a+"], ["b", "a++"], ["c", "a+++"]]
    assert power.looked == looked


def test_a_name_that_is_none_is_refused():
    config: Any = {"configurable": {"dagplan_run_id": "../mine"}}
    with pytest.raises(SettingsError, match="a run id has 1 to 64 letters"):
        make(Power(), journal=MemoryJournal()).invoke(ASKED, config)


async def test_a_crash_while_planning_plans_again():
    class Outage:
        async def plan(self, request: PlanRequest) -> Plan:
            del request
            raise ModelError("no model", role="planner")

    power, journal = Power(), MemoryJournal()
    with pytest.raises(ModelError):
        await make(power, journal=journal, planner_model=Outage()).ainvoke(ASKED, NAMED)
    result = await make(power, journal=journal).ainvoke(ASKED, NAMED)
    assert result["response"] == "done"


async def test_a_crash_while_replanning_runs_nothing_again():
    class Outage:
        async def decide(self, request: ReplanRequest) -> str:
            del request
            raise ModelError("no model", role="planner")

    power, journal = Power(), MemoryJournal()
    with pytest.raises(ModelError):
        await make(power, journal=journal, replanner_model=Outage()).ainvoke(
            ASKED, NAMED
        )
    assert power.looked == ["a", "a+", "a++"]
    result = await make(power, journal=journal, planner_model=Silent()).ainvoke(
        ASKED, NAMED
    )
    assert result["response"] == "done"
    assert power.looked == ["a", "a+", "a++"]


async def test_a_crash_after_a_revision_goes_on_with_the_revised_plan():
    more = Revision(steps=[Step(id="d", tool="look", args={"name": "${c}"})])
    power, journal = Power("a+++"), MemoryJournal()
    agent = make(
        power, journal=journal, replanner_model=ScriptedReplanner(more, "done")
    )
    async with aclosing(agent.astream(ASKED, NAMED, stream_mode="custom")) as events:
        async for event in events:
            if isinstance(event, StepStarted) and event.step_id == "d":
                break
    later = make(power, journal=journal, planner_model=Silent())
    result = await later.ainvoke(ASKED, NAMED)
    assert power.looked == ["a", "a+", "a++", "a+++", "a+++"]
    assert [step["id"] for step in result["plan"]["steps"]] == ["a", "b", "c", "d"]
    assert History.of(await journal.read("mine")).replans == 1


def test_another_question_of_a_thread_is_another_run():
    power, journal = Power(), MemoryJournal()
    agent = make(
        power,
        journal=journal,
        checkpointer=InMemorySaver(),
        planner_model=ScriptedPlanner(PLAN, PLAN),
        replanner_model=ScriptedReplanner("one", "two"),
    )
    first = agent.invoke({"input": "one?"}, THREAD)
    second = agent.invoke({"input": "two?"}, THREAD)
    assert (first["response"], second["response"]) == ("one", "two")
    assert first["run_id"] != second["run_id"]
    assert power.looked == ["a", "a+", "a++"] * 2


def test_the_same_thread_in_two_graphs_is_two_runs():
    power, journal = Power(), MemoryJournal()
    inner = make(
        power,
        journal=journal,
        planner_model=ScriptedPlanner(PLAN, PLAN),
        replanner_model=ScriptedReplanner("one", "two"),
    )
    graph = StateGraph(AgentState)
    graph.add_node("first", inner)
    graph.add_node("second", inner)
    graph.add_edge(START, "first")
    graph.add_edge("first", "second")
    graph.add_edge("second", END)
    whole: Any = graph.compile(checkpointer=InMemorySaver())
    result = whole.invoke(ASKED, THREAD)
    assert result["response"] == "two"
    assert len(journal.runs) == 2


async def test_two_at_once_on_one_run_are_one_too_many():
    journal = MemoryJournal()
    gate = anyio.Event()

    async def look(name: str) -> str:
        """Look something up."""
        await gate.wait()
        return name

    plan = Plan(steps=[Step(id="a", tool="look", args={"name": "a"})])

    def agent() -> Any:
        return create_dag_agent(
            tools=[look],
            journal=journal,
            planner_model=ScriptedPlanner(plan),
            replanner_model=ScriptedReplanner("done"),
        )

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(agent().ainvoke, ASKED, NAMED)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(RunBusy, match="'mine' is being run by process"):
            await agent().ainvoke(ASKED, NAMED)
        gate.set()


def test_the_events_of_before_come_first_in_the_stream():
    power, journal = Power("a+"), MemoryJournal()
    cut_off(make(power, journal=journal), NAMED)
    later = make(power, journal=journal)
    events = list(later.stream(ASKED, NAMED, stream_mode="custom"))
    resumed = next(i for i, e in enumerate(events) if isinstance(e, RunResumed))
    before = [e for e in events[:resumed] if isinstance(e, StepSucceeded)]
    assert [e.step_id for e in before] == ["a"]
    assert isinstance(events[-1], RunFinished)
    assert events[-1].answer == "done"


def test_a_journal_that_cannot_be_written_is_an_error_of_the_call(tmp_path: Path):
    (tmp_path / "file").write_text("")
    journal = SqliteJournal(tmp_path / "file" / "runs.db")
    with pytest.raises(JournalError, match="name another"):
        make(Power(), journal=journal).invoke(ASKED)


PROGRAM = """
import os, signal, sys
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Command
from dagplan import Plan, Step, create_dag_agent
from dagplan.journal import SqliteJournal
from dagplan.testing import ScriptedPlanner, ScriptedReplanner
from dagplan.tools import as_tool

folder, what = sys.argv[1:]

def note(text):
    with open(f"{folder}/log", "a") as file:
        file.write(text + "\\n")

def look(name: str) -> str:
    "Look something up."
    note(f"look {name}")
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    return name + "+"

def pay(to: str) -> str:
    "Pay."
    note(f"pay {to}")
    return "paid " + to

plan = Plan(steps=[
    Step(id="a", tool="look", args={"name": "a"}),
    Step(id="ann", tool="pay", args={"to": "Ann"}),
    Step(id="bob", tool="pay", args={"to": "Bob"}),
])
with SqliteSaver.from_conn_string(f"{folder}/checkpoints.db") as saver:
    agent = create_dag_agent(
        tools=[look, as_tool(pay, side_effects=True)],
        planner_model=ScriptedPlanner(plan) if what == "die" else ScriptedPlanner(),
        replanner_model=ScriptedReplanner("done"),
        approve="side_effects",
        checkpointer=saver,
        journal=SqliteJournal(f"{folder}/runs.db"),
    )
    config = {"configurable": {"thread_id": "1"}}
    if what == "die":
        agent.invoke({"input": "pay?"}, config, durability="sync")
    elif what == "resume":
        result = agent.invoke(None, config)
        for each in result["__interrupt__"][0].value["waiting"]:
            print(each["step"], each["digest"])
    else:
        digest, said = what.split("=")
        result = agent.invoke(Command(resume={digest: said == "yes"}), config)
        print(result["response"] or "waits")
"""


def process(folder: Path, what: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), str(folder), what],
        capture_output=True,
        text=True,
        check=False,
    )


# It waits for processes, which on a busy machine are slow to begin.
@pytest.mark.timeout(60)
def test_two_steps_are_answered_in_reverse_order_over_kills_and_restarts(
    tmp_path: Path,
):
    pytest.importorskip(
        "langgraph.checkpoint.sqlite", reason="pip install langgraph-checkpoint-sqlite"
    )
    assert process(tmp_path, "die").returncode == -9
    listed = process(tmp_path, "resume")
    assert listed.returncode == 0, listed.stderr
    digests = dict(line.split() for line in listed.stdout.splitlines())
    assert [*digests] == ["ann", "bob"]
    second = process(tmp_path, f"{digests['bob']}=yes")
    assert second.stdout == "waits\n", second.stderr
    first = process(tmp_path, f"{digests['ann']}=no")
    assert first.stdout == "done\n", first.stderr
    log = (tmp_path / "log").read_text().splitlines()
    assert log == ["look a", "look a", "pay Bob"]
