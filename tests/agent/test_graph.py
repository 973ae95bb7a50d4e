"""The compiled graph: all its entries, and the places from which it is called."""

import signal
import subprocess
import sys
import textwrap
import threading
from typing import Any

import anyio
import pytest
from langchain_core.runnables import RunnableLambda
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph

from dagplan import Plan, Step, create_dag_agent
from dagplan.agent.graph import AgentState
from dagplan.events import AnswerText, RunFinished, RunStarted, StepStarted
from dagplan.protocols import PlanRequest, ReplanRequest
from tests.agent.tools import population

PLAN = Plan(
    steps=[
        Step(id="fr", tool="population", args={"country": "France"}),
        Step(id="jp", tool="population", args={"country": "Japan"}),
    ]
)


class OnePlan:
    """A planner with one plan for every question."""

    async def plan(self, request: PlanRequest) -> Plan:
        del request
        return PLAN


class Adder:
    """A replanner that adds up what was found."""

    async def decide(self, request: ReplanRequest) -> str:
        values: list[Any] = [result.value for result in request.results.values()]
        text = str(sum(values))
        request.say(text)
        return f"{request.question} {text}"


def make(**options):
    return create_dag_agent(
        tools=[population], planner_model=OnePlan(), replanner_model=Adder(), **options
    )


ASKED = {"input": "together?"}
ANSWER = "together? 192000000"


def test_invoke_twice_in_a_row():
    agent = make()
    assert agent.invoke(ASKED)["response"] == ANSWER
    assert agent.invoke(ASKED)["response"] == ANSWER


async def test_ainvoke():
    assert (await make().ainvoke(ASKED))["response"] == ANSWER


async def test_invoke_inside_a_running_loop_as_in_a_notebook():
    assert make().invoke(ASKED)["response"] == ANSWER


def test_invoke_from_several_threads_at_once():
    agent = make()
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(agent.invoke(ASKED)["response"]))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [ANSWER] * 8


def test_batch():
    results = make().batch([{"input": "a"}, {"input": "b"}])
    assert [result["response"] for result in results] == ["a 192000000", "b 192000000"]


def test_stream_yields_the_events_of_the_run():
    events = list(make().stream(ASKED, stream_mode="custom"))
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    assert [e.text for e in events if isinstance(e, AnswerText)] == ["192000000"]


async def test_astream_yields_updates_of_the_nodes():
    updates = [update async for update in make().astream(ASKED, stream_mode="updates")]
    assert [next(iter(update)) for update in updates] == ["start", "execute"]


def test_state_is_plain_json_with_the_keys_of_the_tutorial():
    result = make().invoke(ASKED)
    assert set(result) == {
        "input",
        "plan",
        "past_steps",
        "response",
        "report",
        "run_id",
    }
    assert Plan.model_validate(result["plan"]) == PLAN
    assert result["past_steps"] == [["fr", "68000000"], ["jp", "124000000"]]


def test_a_second_question_on_a_thread_starts_a_new_run():
    agent = make(checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "1"}}
    first = agent.invoke({"input": "one"}, config)
    second = agent.invoke({"input": "two"}, config)
    assert second["response"] == "two 192000000"
    assert first["run_id"] != second["run_id"]


def test_the_agent_is_a_node_of_another_graph():
    outer: Any = StateGraph(AgentState)
    outer.add_node("agent", make())
    outer.add_node("shout", RunnableLambda(lambda s: {"response": s["response"] + "!"}))
    outer.add_edge(START, "agent")
    outer.add_edge("agent", "shout")
    outer.add_edge("shout", END)
    assert outer.compile().invoke(ASKED)["response"] == f"{ANSWER}!"


def test_context_variables_of_the_caller_are_seen_by_tools():
    import contextvars

    user = contextvars.ContextVar("user", default="nobody")
    seen = []

    def population(country: str) -> int:
        """People of a country."""
        seen.append((country, user.get()))
        return 1

    agent = create_dag_agent(
        tools=[population], planner_model=OnePlan(), replanner_model=Adder()
    )
    user.set("ada")
    agent.invoke(ASKED)
    assert sorted(seen) == [("France", "ada"), ("Japan", "ada")]


async def test_a_cancelled_scope_leaves_no_step_running():
    running = []

    async def population(country: str) -> int:
        """People of a country."""
        running.append(country)
        try:
            await anyio.sleep_forever()
        finally:
            running.remove(country)
        return 0

    agent = create_dag_agent(
        tools=[population], planner_model=OnePlan(), replanner_model=Adder()
    )
    with anyio.move_on_after(0.05):
        await agent.ainvoke(ASKED)
    assert running == []


SCRIPT = """
    import sys
    from dagplan import Plan, Step, create_dag_agent

    class Planner:
        async def plan(self, request):
            return Plan(steps=[Step(id="a", tool="hang")])

    class Replanner:
        async def decide(self, request):
            return "never"

    async def hang() -> int:
        '''Hang.'''
        import anyio
        print("running", flush=True)
        try:
            await anyio.sleep_forever()
        finally:
            print("cancelled", flush=True)

    agent = create_dag_agent(
        tools=[hang], planner_model=Planner(), replanner_model=Replanner()
    )
    try:
        CALL
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


@pytest.mark.parametrize(
    "call",
    [
        'agent.invoke({"input": "?"})',
        'list(agent.stream({"input": "?"}, stream_mode="custom"))',
    ],
)
def test_ctrl_c_cancels_the_steps_and_ends_the_call(call):
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT).replace("CALL", call)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=8)
    assert output == "cancelled\ninterrupted\n", errors
    assert process.returncode == 0


@pytest.mark.parametrize("times", [3])
def test_asyncio_run_per_question_finds_its_connections_alive(loopback, times):
    from dagplan.providers import Settings, resolve_model
    from tests.loopback import Json

    loopback.keep_alive = True
    settings = Settings(openai_api_key="sk-test", openai_base_url=loopback.base_url)
    model = resolve_model("openai:gpt-4.1-mini", settings)
    agent = create_dag_agent(model, tools=[population])
    loopback.reply(*[Json({"steps": [], "answer": "Yes."})] * times)
    for _ in range(times):
        assert anyio.run(agent.ainvoke, {"input": "?"})["response"] == "Yes."


class Order:
    """A planner whose steps come in another order each time it is asked."""

    def __init__(self, *plans: Plan) -> None:
        self.plans = list(plans)

    async def plan(self, request: PlanRequest) -> Plan:
        del request
        return self.plans.pop(0)


class FailsOnce:
    """A replanner that fails at first, and then tells what was found."""

    def __init__(self) -> None:
        self.calls = 0

    async def decide(self, request: ReplanRequest) -> str:
        self.calls += 1
        if self.calls == 1:
            raise RuntimeError("gone")
        return str({key: result.value for key, result in request.results.items()})


async def test_a_graph_that_a_tool_calls_keeps_out_of_the_checkpoints_of_the_run():
    inner: Any = StateGraph(AgentState)
    inner.add_node("say", RunnableLambda(lambda s: {"response": f"about {s['input']}"}))
    inner.add_edge(START, "say")
    inner.add_edge("say", END)
    compiled = inner.compile()

    async def ask(city: str) -> str:
        """Ask the inner graph."""
        return str((await compiled.ainvoke({"input": city}))["response"])

    oslo = Step(id="o", tool="ask", args={"city": "Oslo"})
    paris = Step(id="p", tool="ask", args={"city": "Paris"})
    planner = Order(Plan(steps=[oslo, paris]), Plan(steps=[paris, oslo]))
    agent = create_dag_agent(
        tools=[ask],
        planner_model=planner,
        replanner_model=FailsOnce(),
        checkpointer=InMemorySaver(),
    )
    config: Any = {"configurable": {"thread_id": "1"}}
    with pytest.raises(RuntimeError):
        await agent.ainvoke(ASKED, config)
    result = await agent.ainvoke(None, config)
    assert result["response"] == "{'p': 'about Paris', 'o': 'about Oslo'}"


def hanging(running: list[str], both: threading.Event | None = None) -> Any:
    async def population(country: str) -> int:
        """People of a country."""
        running.append(country)
        if both is not None and len(running) == 2:
            both.set()
        try:
            await anyio.sleep_forever()
        finally:
            running.remove(country)
        return 0

    return create_dag_agent(
        tools=[population], planner_model=OnePlan(), replanner_model=Adder()
    )


def test_a_break_out_of_stream_leaves_no_step_running():
    running: list[str] = []
    both = threading.Event()
    for event in hanging(running, both).stream(ASKED, stream_mode="custom"):
        if isinstance(event, StepStarted):
            # Told of before the step's own code runs.
            assert both.wait(5)
            break
    assert running == []


@pytest.mark.parametrize("leave", ["break", "scope"])
async def test_leaving_astream_leaves_no_step_running(leave):
    running: list[str] = []
    stream = hanging(running).astream(ASKED, stream_mode="custom")
    with anyio.move_on_after(0.05 if leave == "scope" else 5):
        async for _ in stream:
            if leave == "break" and running:
                break
    await stream.aclose()
    assert running == []


def test_an_exception_that_is_none_leaves_the_background_loop_alive():
    class PanicError(BaseException):
        pass

    def panic() -> int:
        """Panic."""
        raise PanicError("lost")

    class Planner:
        async def plan(self, request: PlanRequest) -> Plan:
            del request
            return Plan(steps=[Step(id="a", tool="panic")])

    class Replanner:
        async def decide(self, request: ReplanRequest) -> str:
            return request.results["a"].error or ""

    agent = create_dag_agent(
        tools=[panic], planner_model=Planner(), replanner_model=Replanner()
    )
    assert agent.invoke(ASKED)["response"] == "PanicError: lost"
    assert make().invoke(ASKED)["response"] == ANSWER


def test_a_replanner_that_never_answers_ends_with_an_error():
    from dagplan import PlanError, Revision

    class Never:
        async def decide(self, request: ReplanRequest) -> Revision:
            del request
            return Revision(steps=[])

    agent = create_dag_agent(
        tools=[population], planner_model=OnePlan(), replanner_model=Never()
    )
    with pytest.raises(PlanError, match="no-revision"):
        agent.invoke(ASKED)


@pytest.mark.parametrize("question", [None, 5, ["x"], "half \ud800"])
def test_a_question_that_is_no_text_is_refused(question):
    from dagplan.errors import QuestionError

    with pytest.raises(QuestionError):
        make().invoke({"input": question})
