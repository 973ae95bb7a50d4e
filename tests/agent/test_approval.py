"""The user's word: what waits for it, where the answer goes, what it may change."""

from typing import Any

import anyio
import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from dagplan import Plan, Revision, Step, create_dag_agent, execute_plan
from dagplan.errors import RunInDoubtError, SettingsError
from dagplan.events import StepFailed, StepParked
from dagplan.journal import MemoryJournal
from dagplan.protocols import ReplanRequest
from dagplan.testing import ScriptedPlanner, ScriptedReplanner
from dagplan.tools import as_tool
from tests.agent.tools import population

CONFIG: Any = {"configurable": {"thread_id": "1"}}
ASKED = {"input": "pay whom?"}


class Bank:
    """Tools that pay, and what was paid."""

    def __init__(self) -> None:
        self.paid: list[tuple[str, float]] = []

    def tool(self) -> Any:
        def pay(to: str, amount: float) -> str:
            """Pay somebody."""
            self.paid.append((to, amount))
            return f"paid {to} {amount}"

        return as_tool(pay, side_effects=True)


def pays(step_id: str, to: str, amount: float = 1.0, **more: Any) -> Step:
    return Step(id=step_id, tool="pay", args={"to": to, "amount": amount}, **more)


TWO = Plan(
    steps=[
        pays("ann", "Ann"),
        pays("bob", "Bob"),
        Step(id="fr", tool="population", args={"country": "France"}),
    ]
)


class Said:
    """Answers with all that was found, in plan order."""

    async def decide(self, request: ReplanRequest) -> str:
        text = "; ".join(
            str(request.results[step.id].value or request.results[step.id].error)
            for step in request.plan.steps
        )
        request.say(text)
        return text


def make(bank: Bank, plan: Plan = TWO, **options: Any) -> Any:
    return create_dag_agent(
        tools=[bank.tool(), population],
        **{
            "planner_model": ScriptedPlanner(plan, plan),
            "replanner_model": Said(),
            "approve": "side_effects",
            "checkpointer": InMemorySaver(),
            **options,
        },
    )


def waiting(result: dict[str, Any]) -> dict[str, Any]:
    """Return what waits, by step."""
    (interrupt,) = result["__interrupt__"]
    return {each.get("step"): each for each in interrupt.value["waiting"]}


def test_approval_without_a_checkpointer_is_refused_when_the_agent_is_made():
    with pytest.raises(SettingsError, match="needs a checkpointer"):
        make(Bank(), checkpointer=None)


def test_approval_of_a_tool_that_there_is_not_is_refused_when_the_agent_is_made():
    with pytest.raises(SettingsError, match="'pax', which is no tool"):
        make(Bank(), approve=["pax"])


def test_all_calls_that_wait_are_asked_about_at_once_while_the_others_are_made():
    bank = Bank()
    agent = make(bank)
    asked = agent.invoke(ASKED, CONFIG)
    assert bank.paid == []
    assert [set(each) for each in waiting(asked).values()] == [
        {"digest", "kind", "step", "tool", "task", "args"}
    ] * 2
    assert waiting(asked)["ann"]["args"] == {"to": "Ann", "amount": 1.0}
    assert asked["past_steps"] == [["fr", "68000000"]]
    digests = {name: each["digest"] for name, each in waiting(asked).items()}
    done = agent.invoke(
        Command(resume={digests["bob"]: True, digests["ann"]: True}), CONFIG
    )
    assert sorted(bank.paid) == [("Ann", 1.0), ("Bob", 1.0)]
    assert done["response"] == "paid Ann 1.0; paid Bob 1.0; 68000000"
    assert "__interrupt__" not in done


def test_each_answer_reaches_its_step_in_whatever_order_and_how_many_at_a_time():
    bank = Bank()
    agent = make(bank)
    asked = waiting(agent.invoke(ASKED, CONFIG))
    rest = agent.invoke(Command(resume={asked["bob"]["digest"]: True}), CONFIG)
    assert bank.paid == [("Bob", 1.0)]
    assert [*waiting(rest)] == ["ann"]
    done = agent.invoke(Command(resume={asked["ann"]["digest"]: False}), CONFIG)
    assert bank.paid == [("Bob", 1.0)]
    assert done["response"] == "the user refused this call; paid Bob 1.0; 68000000"


def test_other_arguments_may_be_given_instead():
    bank = Bank()
    agent = make(bank)
    asked = waiting(agent.invoke(ASKED, CONFIG))
    answers = {
        asked["ann"]["digest"]: {"args": {"to": "Ann", "amount": 0.5}},
        asked["bob"]["digest"]: False,
    }
    agent.invoke(Command(resume=answers), CONFIG)
    assert bank.paid == [("Ann", 0.5)]


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ("yes", "answer with {digest: True or False}, got 'yes'"),
        ({"no such": True}, "nothing waits for an answer to 'no such'"),
        ({"ann": "yes"}, "'yes' is no answer about ann; give True or False"),
        ({"ann": {"arg": 1}}, 'is no answer about ann; give True, False or {"args"'),
    ],
)
def test_an_answer_that_is_none_is_asked_for_again(answers: Any, problem: str):
    bank = Bank()
    agent = make(bank)
    asked = waiting(agent.invoke(ASKED, CONFIG))
    if isinstance(answers, dict) and "ann" in answers:
        answers = {asked["ann"]["digest"]: answers["ann"]}
    again = agent.invoke(Command(resume=answers), CONFIG)
    assert problem in again["__interrupt__"][0].value["problem"]
    right = {each["digest"]: True for each in waiting(again).values()}
    agent.invoke(Command(resume=right), CONFIG)
    assert len(bank.paid) == 2


def test_equal_calls_of_two_steps_are_two_questions():
    bank = Bank()
    agent = make(bank, Plan(steps=[pays("a", "Ann"), pays("b", "Ann")]))
    asked = waiting(agent.invoke(ASKED, CONFIG))
    assert asked["a"]["digest"] != asked["b"]["digest"]
    answers = {asked["a"]["digest"]: True, asked["b"]["digest"]: False}
    agent.invoke(Command(resume=answers), CONFIG)
    assert bank.paid == [("Ann", 1.0)]


def test_items_are_asked_about_each():
    bank = Bank()
    plan = Plan(
        steps=[
            Step(id="who", tool="names", args={}),
            pays("each", "${item}", for_each="${who}"),
        ]
    )

    def names() -> list[str]:
        """Name them."""
        return ["Ann", "Bob", "Ann"]

    agent = create_dag_agent(
        tools=[bank.tool(), names],
        planner_model=ScriptedPlanner(plan),
        replanner_model=Said(),
        approve=["pay"],
        checkpointer=InMemorySaver(),
    )
    asked = waiting(agent.invoke(ASKED, CONFIG))
    assert [*asked] == ["each[0]", "each[1]", "each[2]"]
    digests = [each["digest"] for each in asked.values()]
    assert len(set(digests)) == 3
    agent.invoke(
        Command(resume=dict(zip(digests, [True, True, False], strict=True))), CONFIG
    )
    assert sorted(bank.paid) == [("Ann", 1.0), ("Bob", 1.0)]


def test_what_comes_later_is_asked_about_later():
    bank = Bank()
    plan = Plan(steps=[pays("a", "Ann"), pays("b", "${a}")])
    agent = make(bank, plan)
    first = waiting(agent.invoke(ASKED, CONFIG))
    assert [*first] == ["a"]
    second = waiting(agent.invoke(Command(resume={first["a"]["digest"]: True}), CONFIG))
    assert second["b"]["args"] == {"to": "paid Ann 1.0", "amount": 1.0}
    agent.invoke(Command(resume={second["b"]["digest"]: True}), CONFIG)
    assert [to for to, _ in bank.paid] == ["Ann", "paid Ann 1.0"]


def test_answers_reach_their_steps_also_in_another_process_later():
    bank, journal, saver = Bank(), MemoryJournal(), InMemorySaver()
    made: dict[str, Any] = {"journal": journal, "checkpointer": saver}
    asked = waiting(make(bank, **made).invoke(ASKED, CONFIG))
    # Nothing but journal and checkpoints is left of the first agent.
    later = make(bank, **made)
    answers = {asked["bob"]["digest"]: {"args": {"to": "Bob", "amount": 2.0}}}
    rest = waiting(later.invoke(Command(resume=answers), CONFIG))
    assert bank.paid == [("Bob", 2.0)]
    even_later = make(bank, **made)
    even_later.invoke(Command(resume={rest["ann"]["digest"]: True}), CONFIG)
    assert bank.paid == [("Bob", 2.0), ("Ann", 1.0)]


# The plan


def test_nothing_runs_before_the_plan_is_approved():
    bank = Bank()
    agent = make(bank, approve="plan")
    asked = agent.invoke(ASKED, CONFIG)
    (question,) = asked["__interrupt__"][0].value["waiting"]
    assert question["kind"] == "plan"
    assert Plan.model_validate(question["plan"]) == TWO
    assert asked["past_steps"] == []
    done = agent.invoke(Command(resume={question["digest"]: True}), CONFIG)
    assert len(bank.paid) == 2
    assert done["response"].endswith("68000000")


def test_a_plan_that_is_refused_is_not_run():
    bank = Bank()
    agent = make(bank, approve="plan")
    (question,) = agent.invoke(ASKED, CONFIG)["__interrupt__"][0].value["waiting"]
    done = agent.invoke(Command(resume={question["digest"]: False}), CONFIG)
    assert bank.paid == []
    assert done["response"] == "The plan was not approved, so it was not run."


def test_the_plan_may_be_edited_before_it_runs():
    bank = Bank()
    agent = make(bank, approve="plan")
    (question,) = agent.invoke(ASKED, CONFIG)["__interrupt__"][0].value["waiting"]
    plan = question["plan"]
    plan["steps"] = [*plan["steps"][:1], pays("new", "${ann}").model_dump()]
    done = agent.invoke(Command(resume={question["digest"]: {"plan": plan}}), CONFIG)
    assert bank.paid == [("Ann", 1.0), ("paid Ann 1.0", 1.0)]
    assert [step["id"] for step in done["plan"]["steps"]] == ["ann", "new"]


def test_an_edited_plan_that_cannot_run_is_asked_for_again():
    agent = make(Bank(), approve="plan")
    (question,) = agent.invoke(ASKED, CONFIG)["__interrupt__"][0].value["waiting"]
    plan = {"steps": [{"id": "a", "tool": "pax"}]}
    again = agent.invoke(Command(resume={question["digest"]: {"plan": plan}}), CONFIG)
    assert "unknown-tool" in again["__interrupt__"][0].value["problem"]


def test_a_revised_plan_is_asked_about_anew():
    bank = Bank()
    revision = Revision(steps=[pays("more", "Eve")])
    agent = make(
        bank,
        Plan(steps=[pays("a", "Ann")]),
        approve="plan",
        replanner_model=ScriptedReplanner(revision, "done"),
    )
    (first,) = agent.invoke(ASKED, CONFIG)["__interrupt__"][0].value["waiting"]
    asked = agent.invoke(Command(resume={first["digest"]: True}), CONFIG)
    (second,) = asked["__interrupt__"][0].value["waiting"]
    assert [step["id"] for step in second["plan"]["steps"]] == ["a", "more"]
    assert bank.paid == [("Ann", 1.0)]
    done = agent.invoke(Command(resume={second["digest"]: True}), CONFIG)
    assert bank.paid == [("Ann", 1.0), ("Eve", 1.0)]
    assert done["response"] == "done"


def test_plan_and_calls_may_both_be_asked_about():
    bank = Bank()
    agent = make(bank, approve=["plan", "side_effects"])
    (question,) = agent.invoke(ASKED, CONFIG)["__interrupt__"][0].value["waiting"]
    asked = waiting(agent.invoke(Command(resume={question["digest"]: True}), CONFIG))
    assert [*asked] == ["ann", "bob"]
    assert bank.paid == []


async def test_async_calls_are_asked_about_as_well():
    bank = Bank()
    agent = make(bank)
    asked = waiting(await agent.ainvoke(ASKED, CONFIG))
    answers = {each["digest"]: True for each in asked.values()}
    await agent.ainvoke(Command(resume=answers), CONFIG)
    assert len(bank.paid) == 2


# Steps in doubt


def cut_off(journal: MemoryJournal, bank: Bank, run_id: str) -> None:
    """Leave a run in the middle of a payment, as a crash would."""
    plan = Plan(steps=[pays("ann", "Ann")])

    async def begin() -> None:
        with anyio.CancelScope() as leaving:

            async def run_step(call: Any) -> object:
                bank.paid.append((call.args["to"], -1.0))
                leaving.cancel()
                await anyio.sleep_forever()
                return None

            await execute_plan(
                plan, run_step, journal=journal, run_id=run_id, side_effects={"pay"}
            )

    anyio.run(begin)


def in_doubt_agent(journal: MemoryJournal, bank: Bank, **options: Any) -> Any:
    return make(
        bank,
        Plan(steps=[pays("ann", "Ann")]),
        journal=journal,
        **{"approve": None, **options},
    )


CUT = {"configurable": {"thread_id": "1", "dagplan_run_id": "cut"}}


def test_a_step_in_doubt_is_asked_about():
    bank, journal = Bank(), MemoryJournal()
    cut_off(journal, bank, "cut")
    agent = in_doubt_agent(journal, bank)
    asked = waiting(agent.invoke({"input": ""}, CUT))
    assert asked["ann"]["kind"] == "in_doubt"
    assert bank.paid == [("Ann", -1.0)]
    answers = {asked["ann"]["digest"]: {"value": "it went through"}}
    done = agent.invoke(Command(resume=answers), CUT)
    assert bank.paid == [("Ann", -1.0)]
    assert done["response"] == "it went through"


def test_a_step_in_doubt_is_run_again_if_the_user_says_so():
    bank, journal = Bank(), MemoryJournal()
    cut_off(journal, bank, "cut")
    agent = in_doubt_agent(journal, bank)
    asked = waiting(agent.invoke({"input": ""}, CUT))
    agent.invoke(Command(resume={asked["ann"]["digest"]: {"retry": True}}), CUT)
    assert bank.paid == [("Ann", -1.0), ("Ann", 1.0)]


def test_where_nobody_can_be_asked_a_step_in_doubt_is_an_error_that_says_what_to_do():
    bank, journal = Bank(), MemoryJournal()
    cut_off(journal, bank, "cut")
    agent = in_doubt_agent(journal, bank, checkpointer=None)
    with pytest.raises(RunInDoubtError, match=r"'ann' ran.*dagplan\.journal\.settle"):
        agent.invoke({"input": ""}, CUT)
    assert bank.paid == [("Ann", -1.0)]


def test_what_is_asked_is_told_as_events_too():
    events: list[object] = []
    agent = make(Bank(), on_event=events.append)
    asked = waiting(agent.invoke(ASKED, CONFIG))
    parked = [e for e in events if isinstance(e, StepParked)]
    assert {e.digest for e in parked} == {e["digest"] for e in asked.values()}
    agent.invoke(
        Command(resume={each["digest"]: False for each in asked.values()}), CONFIG
    )
    assert [e.kind for e in events if isinstance(e, StepFailed)] == ["RefusedError"] * 2


def test_nothing_is_kept_of_a_run_that_has_been_answered():
    agent = make(Bank())
    asked = waiting(agent.invoke(ASKED, CONFIG))
    notes = agent.nodes["execute"].bound.func.__self__._notes
    assert len(notes.runs) == 1
    answers = {each["digest"]: True for each in asked.values()}
    agent.invoke(Command(resume=answers), CONFIG)
    assert notes.runs == {}
