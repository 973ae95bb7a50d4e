"""A tool step: one call, plain JSON out, and one clear line where that fails."""

import sys
import threading
from datetime import date
from typing import Any

import anyio
import pytest
from langchain_core.tools import StructuredTool, ToolException, tool

from dagplan import Plan, Step, execute_plan
from dagplan.errors import UnsupportedToolError
from dagplan.steps import PlannedStepRunner
from dagplan.tools import Tool, as_tool, idempotency_key
from dagplan.tools.spec import by_name


async def results(*steps: Step, tools: list[Any]) -> dict[str, Any]:
    runner = PlannedStepRunner(by_name([as_tool(each) for each in tools]))
    return dict((await execute_plan(Plan(steps=list(steps)), runner)).results)


async def one(function: Any, **args: object) -> Any:
    step = Step(id="a", tool=as_tool(function).spec.name, args=args)
    return (await results(step, tools=[function]))["a"]


async def test_a_plain_function_is_called_with_checked_arguments():
    def double(number: int) -> int:
        """Double a number."""
        return number * 2

    assert (await one(double, number=4)).value == 8
    refused = await one(double, number="four")
    assert refused.error.startswith(
        "argument 'number': Input should be a valid integer"
    )


async def test_sync_tools_run_in_threads_at_the_same_time():
    barrier = threading.Barrier(3, timeout=5)

    def meet(name: str) -> str:
        """Wait until three have come."""
        barrier.wait()
        return name

    steps = [Step(id=i, tool="meet", args={"name": i}) for i in "abc"]
    found = await results(*steps, tools=[meet])
    assert [found[i].value for i in "abc"] == ["a", "b", "c"]


async def test_a_run_that_is_left_waits_for_a_sync_tool_that_ends_in_time():
    entered, gate, ended = anyio.Event(), threading.Event(), []

    def work() -> int:
        """Work until told to stop."""
        anyio.from_thread.run_sync(entered.set)
        ended.append(gate.wait(5))
        return 1

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(one, work)
        await entered.wait()
        tasks.cancel_scope.cancel()
        gate.set()
    assert ended == [True]


async def test_a_run_that_is_left_leaves_a_sync_tool_that_does_not_end():
    entered, gate = anyio.Event(), threading.Event()

    def hang() -> None:
        """Hang."""
        anyio.from_thread.run_sync(entered.set)
        gate.wait()

    runner = PlannedStepRunner(by_name([as_tool(hang)]), patience=0.001)
    plan = Plan(steps=[Step(id="a", tool="hang")])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(execute_plan, plan, runner)
        await entered.wait()
        tasks.cancel_scope.cancel()
    assert not gate.is_set()
    gate.set()


async def test_langchain_tools_sync_and_async():
    @tool
    def sync_tool(x: int) -> int:
        """Sync."""
        return x + 1

    @tool
    async def async_tool(x: int) -> int:
        """Async."""
        return x + 2

    assert (await one(sync_tool, x=1)).value == 2
    refused = await one(sync_tool, x="one")
    assert refused.error.startswith("argument 'x': Input should be a valid integer")
    assert (await one(async_tool, x=1)).value == 3


async def test_a_sync_langchain_tool_keeps_out_of_the_pool_of_langchain():
    names = []

    @tool
    def where(x: int) -> int:
        """Say in which thread it runs."""
        names.append(threading.current_thread().name)
        return x

    await one(where, x=1)
    assert names[0].startswith("AnyIO")


async def test_a_tool_with_a_json_schema_is_validated():
    async def run(**arguments: object) -> object:
        return arguments

    remote = StructuredTool(
        name="remote",
        description="A tool of an MCP server.",
        args_schema={
            "type": "object",
            "properties": {"n": {"type": "integer"}},
            "required": ["n"],
        },
        coroutine=run,
    )
    assert (await one(remote, n=1)).value == {"n": 1}
    assert (await one(remote, n="x")).error == "n: 'x' is not of type 'integer'"


def remote_tool(schema: dict[str, Any]) -> StructuredTool:
    async def run(**arguments: Any) -> Any:
        return arguments

    return StructuredTool(
        name="remote", description="x", args_schema=schema, coroutine=run
    )


async def test_a_schema_of_an_older_draft_guards_its_tool_too():
    pair = {"type": "array", "items": [{"type": "integer"}, {"type": "string"}]}
    guarded = remote_tool({"type": "object", "properties": {"pair": pair}})
    assert (await one(guarded, pair=[1, "x"])).value == {"pair": [1, "x"]}
    found = await one(guarded, pair=["x", "x"])
    assert found.error == "pair.0: 'x' is not of type 'integer'"


def test_a_tool_whose_schema_is_broken_is_refused_before_it_is_called():
    schema = {"type": "object", "properties": {"n": {"type": 5}}}
    with pytest.raises(UnsupportedToolError, match=r"properties\.n\.type: 5 is not"):
        as_tool(remote_tool(schema))


async def test_what_a_tool_raises_fails_the_step_with_its_own_words():
    @tool
    def broken(x: int) -> int:
        """Raise."""
        raise ToolException("out of paper")

    assert (await one(broken, x=1)).error == "ToolException: out of paper"


async def test_what_a_generator_yields_is_a_list():
    def count() -> Any:
        """Count to three."""
        yield from (1, 2, 3)

    assert (await one(count)).value == [1, 2, 3]


async def test_a_tool_cannot_end_the_program():
    def leave() -> int:
        """Leave."""
        sys.exit(3)

    assert "tried to end the program (3)" in (await one(leave)).error


async def test_what_a_sync_tool_returns_is_awaited():
    async def double(number: int) -> int:
        """Double a number."""
        return number * 2

    def later(number: int) -> Any:
        """Double a number, later."""
        return double(number)

    assert (await one(later, number=4)).value == 8


async def test_an_interrupt_fails_the_step_and_says_why():
    def ask(x: int) -> str:
        """Interrupt the graph."""
        from langgraph.errors import GraphInterrupt

        raise GraphInterrupt(())

    error = (await one(ask, x=1)).error
    assert "raised LangGraph's GraphInterrupt" in error


@pytest.mark.parametrize(
    ("returned", "value"),
    [
        ((1, 2), [1, 2]),
        (date(2026, 1, 2), "2026-01-02"),
        ({"a": {3}}, {"a": [3]}),
    ],
)
async def test_what_can_be_json_becomes_json(returned, value):
    def give() -> Any:
        """Give something."""
        return returned

    assert (await one(give)).value == value


@pytest.mark.parametrize("returned", [object(), float("nan"), {"a": [float("inf")]}])
async def test_what_is_no_json_fails_the_step(returned):
    def give() -> Any:
        """Give something."""
        return returned

    found = await one(give)
    assert found.status == "failed"
    assert "is not JSON" in found.error


async def test_calculate_binds_references_as_names():
    from dagplan.providers import default_tools

    def minus_three() -> int:
        """Return -3."""
        return -3

    steps = [
        Step(id="x", tool="minus_three"),
        Step(id="square", tool="calculate", args={"expression": "${x} ** 2"}),
    ]
    found = await results(*steps, tools=[*default_tools(), minus_three])
    assert found["square"].value == 9


async def test_calculate_binds_the_item_of_a_for_each():
    from dagplan.providers import default_tools

    def numbers() -> list[int]:
        """Return three numbers."""
        return [-1, 2, -3]

    squares = Step(
        id="squares",
        tool="calculate",
        args={"expression": "${item} ** 2"},
        for_each="${n}",
    )
    total = Step(id="sum", tool="calculate", args={"expression": "sum(${squares})"})
    steps = [Step(id="n", tool="numbers"), squares, total]
    found = await results(*steps, tools=[*default_tools(), numbers])
    assert found["sum"].value == 14


async def test_json_text_and_figures_count_as_the_declared_type():
    def text() -> str:
        """Return JSON as text."""
        return '{"name": "x", "n": 1}'

    def figure() -> dict[str, Any]:
        """Return a figure."""
        return {"value": 7, "unit": "km"}

    steps = [
        Step(id="a", tool="text", returns={"name": "text"}),
        Step(id="b", tool="figure", returns="number"),
        Step(id="c", task="${a.name} ${b}"),
    ]
    found = await results(*steps, tools=[text, figure])
    assert found["a"].value == {"name": "x", "n": 1}
    assert found["b"].value == 7


async def test_without_a_model_a_value_that_must_be_read_out_fails_with_the_remedy():
    def text() -> str:
        """Return words."""
        return "about seven"

    steps = [Step(id="a", tool="text", returns="number"), Step(id="b", task="${a}")]
    found = await results(*steps, tools=[text])
    assert "set a model to read it out" in found["a"].error


async def test_without_a_model_an_agent_step_fails_with_the_remedy():
    found = await results(Step(id="a", task="Think."), tools=[])
    assert "needs a model: set OPENAI_API_KEY" in found["a"].error


def test_tools_that_want_injected_arguments_are_refused():
    from langgraph.prebuilt import ToolRuntime

    @tool
    def injected(q: str, runtime: ToolRuntime) -> str:
        """Want more than a plan can give."""
        return q

    with pytest.raises(UnsupportedToolError, match="'runtime' injected by a graph"):
        as_tool(injected)


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (lambda x: x, "has no annotation"),
        (int, "is no tool"),
        (3, "is no tool"),
    ],
)
def test_what_is_no_tool_is_refused_with_the_reason(function, why):
    with pytest.raises(UnsupportedToolError, match=why):
        as_tool(function)


def test_two_tools_of_one_name_are_refused():
    def same() -> int:
        """Return 1."""
        return 1

    with pytest.raises(UnsupportedToolError, match="two tools are named 'same'"):
        by_name([as_tool(same), as_tool(same)])


def test_a_tool_may_not_take_a_word_of_the_plan_language():
    def agent() -> int:
        """Return 1."""
        return 1

    with pytest.raises(UnsupportedToolError, match="cannot be named 'agent'"):
        as_tool(agent)


def test_a_docstring_describes_the_tool_and_its_arguments():
    def look_up(name: str, *, exact: bool = False) -> list[str]:
        """Look up
        a name.

        Args:
            name: What to look for,
                as it is written.
            exact: Whether to be strict.

        Returns:
            Names.
        """
        return [name]

    spec = Tool.from_function(look_up).spec
    assert spec.description == "Look up a name."
    parameters: Any = spec.parameters
    assert parameters["properties"]["name"]["description"] == (
        "What to look for, as it is written."
    )
    assert spec.parameters["required"] == ["name"]
    assert spec.returns == ["text"]


async def test_a_tool_can_ask_for_the_key_of_its_step_sync_or_not():
    keys: dict[str, str] = {}

    def pay(name: str) -> None:
        """Pay."""
        keys[name] = idempotency_key()

    async def send(name: str) -> None:
        """Send."""
        keys[name] = idempotency_key()

    steps = [
        Step(id=f"{tool}_{i}", tool=tool, args={"name": f"{tool}_{i}"})
        for tool in ("pay", "send")
        for i in range(2)
    ]
    await results(*steps, tools=[pay, send])
    assert len(set(keys.values())) == 4
    assert all(key.endswith(name) for name, key in keys.items())


def test_there_is_no_key_where_no_step_calls():
    with pytest.raises(RuntimeError, match="while a step calls"):
        idempotency_key()


def test_tools_say_by_themselves_or_are_told_that_they_have_side_effects():
    def pay(amount: float) -> str:
        """Pay."""
        return str(amount)

    marked = tool(pay)
    marked.metadata = {"side_effects": True}
    assert as_tool(marked).spec.side_effects
    assert not as_tool(pay).spec.side_effects
    assert as_tool(pay, side_effects=True).spec.side_effects
    assert not as_tool(as_tool(marked), side_effects=False).spec.side_effects
    assert Tool.from_function(pay, side_effects=True).spec.side_effects
