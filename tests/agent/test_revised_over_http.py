"""A plan is revised while it runs, over real HTTP with a real `ChatOpenAI`."""

import json
from typing import Any

import anyio
import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from dagplan import Retry, create_dag_agent
from dagplan.errors import SettingsError
from dagplan.events import ModelCalled, StepSucceeded
from dagplan.testing import ScriptedModel
from tests.loopback import Gated, Json, Loopback, ToolCalls
from tests.loopback.clients import chat_model
from tests.planning.toolless import Toolless

ASKED = {"input": "What is known of Atlantis?"}
THREAD: Any = {"configurable": {"thread_id": "1"}}


class Library:
    """Tools of which one fails, one finds, and one lasts until the other has found.

    Attributes:
        called: Which were called, in order.
    """

    def __init__(self) -> None:
        self.called: list[str] = []
        self.found = anyio.Event()

    def once_heard(self, event: object) -> None:
        """Let what lasts end once the replanner was heard."""
        if isinstance(event, ModelCalled) and event.role == "replanner":
            self.found.set()

    def tools(self) -> list[Any]:
        async def lost(book: str) -> str:
            """Look a book up that is not there."""
            self.called.append(f"lost {book}")
            raise LookupError(f"no book {book!r}")

        async def find(book: str) -> str:
            """Look a book up that is there."""
            self.called.append(f"find {book}")
            self.found.set()
            return f"{book} says: here"

        async def wait(book: str) -> str:
            """Copy a book by hand, until another one is found."""
            self.called.append(f"wait {book}")
            await self.found.wait()
            return f"{book} is copied"

        return [lost, find, wait]


def uses(tool: str, book: str, step_id: str) -> dict[str, Any]:
    return {tool: {"book": book}, "id": step_id}


PLAN = Json(
    {
        "steps": [uses("lost", "Critias", "a"), uses("wait", "Timaeus", "b")],
        "answer": None,
    }
)


def revise(*steps: dict[str, Any], drop: tuple[str, ...] = ()) -> ToolCalls:
    args = {"steps": list(steps), "drop": list(drop)}
    return ToolCalls([("revise_plan", args)])


GO_ON = ToolCalls([("go_on", {})])


def make(loopback: Loopback, library: Library, **options: Any) -> Any:
    model = chat_model(loopback)
    return create_dag_agent(
        model,
        tools=library.tools(),
        **{"replan": "eager", "retry": Retry(attempts=1), **options},
    )


async def test_what_replaces_a_failed_step_is_done_before_its_sibling_ends(
    loopback: Loopback,
):
    library, events = Library(), list[Any]()
    loopback.reply(PLAN, revise(uses("find", "Plato", "c")), "It is here.")
    # The sibling ends only once the replacement is done: asked later, nothing would be.
    with anyio.fail_after(5):
        result = await make(loopback, library, on_event=events.append).ainvoke(ASKED)
    assert result["response"] == "It is here."
    assert library.called == ["lost Critias", "wait Timaeus", "find Plato"]
    done = [e.step_id for e in events if isinstance(e, StepSucceeded)]
    assert done == ["c", "b"]
    assert result["report"]["steps"] == {"failed": 1, "succeeded": 2}


async def test_the_model_sees_what_runs_and_has_two_tools_while_steps_run(
    loopback: Loopback,
):
    library = Library()
    loopback.reply(PLAN, revise(uses("find", "Plato", "c")), "It is here.")
    await make(loopback, library).ainvoke(ASKED)
    early, late = loopback.requests[1:]
    assert set(early.tools) == {"revise_plan", "go_on"}
    assert set(late.tools) == {"revise_plan"}
    assert all(function["strict"] for function in early.tools.values())
    for part in ("a (failed)", "no book 'Critias'", "b (running)", "Timaeus"):
        assert part in early.text
    assert "call `go_on`" in json.dumps(early.messages)
    assert "go_on" not in json.dumps(late.messages)


async def test_going_on_changes_nothing_and_is_not_the_answer(loopback: Loopback):
    library = Library()
    loopback.reply(PLAN, GO_ON, "Nothing more.")
    agent = make(loopback, library, on_event=library.once_heard)
    result = await agent.ainvoke(ASKED)
    assert result["response"] == "Nothing more."
    assert [step["id"] for step in result["plan"]["steps"]] == ["a", "b"]
    assert len(loopback.requests) == 3


async def test_an_early_answer_ends_the_run_and_what_runs(loopback: Loopback):
    library = Library()
    loopback.reply(PLAN, "It never was.")
    with anyio.fail_after(5):
        result = await make(loopback, library).ainvoke(ASKED)
    assert result["response"] == "It never was."
    assert result["report"]["steps"] == {"cancelled": 1, "failed": 1}


async def test_an_early_answer_is_streamed_and_no_word_beside_a_call(
    loopback: Loopback,
):
    library = Library()
    chatty = ToolCalls(
        [("revise_plan", {"steps": [uses("find", "Plato", "c")], "drop": []})],
        "Let me look elsewhere.",
    )
    loopback.reply(PLAN, chatty, "It is here.")
    events = list[Any]()
    async for mode, event in make(loopback, library).astream(
        ASKED, stream_mode=["messages", "custom"]
    ):
        if mode == "messages" and event[0].text:
            events.append(event[0].text)
    assert "".join(events) == "It is here."


async def test_a_revision_is_checked_against_the_steps_as_they_stand_by_then(
    loopback: Loopback,
):
    library, gate, copied = Library(), loopback.gate(), anyio.Event()
    again = uses("find", "Plato", "b")
    loopback.reply(PLAN, Gated(gate, revise(again)), "It is copied.")

    async def ends_meanwhile() -> None:
        await loopback.until(lambda: gate.waiting == 1)
        library.found.set()
        await copied.wait()
        gate.open()

    def see(event: object) -> None:
        if isinstance(event, StepSucceeded):
            copied.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ends_meanwhile)
        result = await make(loopback, library, on_event=see).ainvoke(ASKED)
    assert result["response"] == "It is copied."
    refused = loopback.requests[2].messages[-1]
    assert refused["role"] == "tool"
    assert "settled-step: 'b'" in refused["content"]
    assert library.called == ["lost Critias", "wait Timaeus"]


async def test_step_asks_after_each_step(loopback: Loopback):
    library = Library()
    loopback.reply(PLAN, GO_ON, "Done.")
    agent = make(loopback, library, replan="step", on_event=library.once_heard)
    result = await agent.ainvoke(ASKED)
    assert result["response"] == "Done."
    assert result["report"]["model_calls"]["replanner"] == 2


async def test_never_binds_no_tool(loopback: Loopback):
    library = Library()
    library.found.set()
    loopback.reply(PLAN, "As far as I see.")
    await make(loopback, library, replan="never").ainvoke(ASKED)
    assert loopback.requests[1].tools == {}


async def test_a_model_without_tools_is_not_asked_while_steps_run():
    library = Library()
    library.found.set()
    model = Toolless("All there is.")
    planner = ScriptedModel(PLAN.value)
    agent = create_dag_agent(
        model, tools=library.tools(), planner_model=planner, replan="step"
    )
    assert (await agent.ainvoke(ASKED))["response"] == "All there is."
    assert len(model.calls) == 1


async def test_where_nobody_can_be_asked_the_rest_goes_on_before_the_run_pauses(
    loopback: Loopback,
):
    library = Library()
    agent = make(
        loopback,
        library,
        approve="plan",
        checkpointer=InMemorySaver(),
        on_event=library.once_heard,
    )
    loopback.reply(PLAN, revise(uses("find", "Plato", "c")), "It is here.")
    first = await agent.ainvoke(ASKED, THREAD)
    (plan,) = first["__interrupt__"][0].value["waiting"]
    second = await agent.ainvoke(Command(resume={plan["digest"]: True}), THREAD)
    (changed,) = second["__interrupt__"][0].value["waiting"]
    assert [step["id"] for step in changed["plan"]["steps"]] == ["a", "b", "c"]
    assert library.called == ["lost Critias", "wait Timaeus"]
    assert second["past_steps"] == [["b", "Timaeus is copied"]]
    done = await agent.ainvoke(Command(resume={changed["digest"]: True}), THREAD)
    assert done["response"] == "It is here."
    # What failed runs again where a run goes on, and fails again; what was found does not.
    assert library.called[2:] == ["lost Critias", "find Plato"]


@pytest.mark.parametrize("option", ["replan", "control_flow"])
def test_a_mode_that_there_is_not_is_refused_when_the_agent_is_made(option: str):
    options: Any = {option: "soon"}
    with pytest.raises(SettingsError, match=f"{option} is one of .* got 'soon'"):
        create_dag_agent(ScriptedModel(), tools=[], **options)
