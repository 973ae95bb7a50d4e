"""A budget that is spent: the answer is made from what is there, and says so."""

from typing import Any

import anyio
import pytest
from trio.testing import MockClock

from dagplan import Budget, Plan, Retry, Revision, Step
from dagplan.agent.answer import Agent, Invocation
from dagplan.agent.outcome import Answered
from dagplan.errors import BudgetError, ModelError, PlanError
from dagplan.events import BudgetReached, ModelCalled, RunFinished, Tokens
from dagplan.journal import MemoryJournal
from dagplan.offline import RuleReplanner
from dagplan.protocols import PlanRequest, ReplanRequest, StepCall
from dagplan.scheduler.rules import Rules
from dagplan.testing import ScriptedPlanner, ScriptedReplanner
from tests.scheduler.script import never

CHAIN = Plan(
    steps=[
        Step(id="a", task="find a"),
        Step(id="b", task="find b", depends_on=["a"]),
        Step(id="c", task="find c", depends_on=["b"]),
    ]
)
MORE = Revision(steps=[Step(id="d", task="find d")])
SECOND = Budget(max_model_calls=2)


@pytest.fixture
def anyio_backend():
    return "trio", {"clock": MockClock(autojump_threshold=0)}


def called(role: Any = "step", step_id: str | None = None) -> ModelCalled:
    now = anyio.current_time()
    return ModelCalled(now, role, step_id, "m", Tokens(9, 1), now, now)


async def think(call: StepCall) -> str:
    """Take a second and a call of a model."""
    await anyio.sleep(1.0)
    call.emit(called("step", call.id))
    return f"found {call.id}"


async def think_or_break(call: StepCall) -> str:
    """Fail at once where a tool is called, else think."""
    if call.step.tool is not None:
        raise ValueError("it broke")
    return await think(call)


class Costly:
    """Plans and decides by a script, with a call of a model each time.

    Args:
        seconds: How long it thinks.
        offers: How many steps it offers before it does.
        script: A scripted planner or replanner.
    """

    def __init__(self, script: Any, seconds: float = 0.0, offers: int = 0) -> None:
        self.script = script
        self.seconds = seconds
        self.offers = offers

    async def plan(self, request: PlanRequest) -> Plan:
        await request.admit()
        if request.offer is not None:
            for step in CHAIN.steps[: self.offers]:
                request.offer(step)
        await anyio.sleep(self.seconds)
        request.emit(called("planner"))
        plan: Plan = await self.script.plan(request)
        return plan

    async def decide(self, request: ReplanRequest) -> Revision | str:
        await request.admit()
        await anyio.sleep(self.seconds)
        request.emit(called("replanner"))
        decision: Revision | str = await self.script.decide(request)
        return decision


def agent(budget: Budget, *decisions: Any, **parts: Any) -> Agent:
    replanner = ScriptedReplanner(*(decisions or ("so far",)))
    defaults = {"planner": ScriptedPlanner(CHAIN), "replanner": replanner}
    return Agent(**{"run_step": think, "budget": budget, **defaults, **parts})


async def answered(asked: Agent, *, record: Any = None) -> Answered:
    outcome = await asked.answer("what?", Invocation(record=record))
    assert isinstance(outcome, Answered)
    return outcome


def statuses(outcome: Answered) -> dict[str, str]:
    return {name: result.status for name, result in outcome.run.results.items()}


def reached(outcome: Answered) -> list[str]:
    events = outcome.run.events
    return [event.said for event in events if isinstance(event, BudgetReached)]


async def test_the_replanner_is_told_and_may_only_answer():
    replanner = ScriptedReplanner("so far")
    outcome = await answered(agent(SECOND, replanner=replanner))
    assert outcome.response == "so far"
    (request,) = replanner.requests
    assert not request.may_revise
    assert [bound.said for bound in request.reached] == [
        "the budget of 2 model calls is spent"
    ]
    assert statuses(outcome) == {"a": "succeeded", "b": "succeeded", "c": "cancelled"}
    assert outcome.run.outcome == "answered"


async def test_without_a_bound_it_is_told_of_none():
    replanner = ScriptedReplanner("all of it")
    await answered(agent(Budget(), replanner=replanner))
    assert replanner.requests[0].reached == ()


async def test_a_revision_that_comes_too_late_is_dropped_and_the_answer_asked_for():
    replanner = ScriptedReplanner(MORE, "so far")
    budget = Budget(max_model_calls=4)
    outcome = await answered(agent(budget, replanner=Costly(replanner)))
    assert outcome.response == "so far"
    assert [request.may_revise for request in replanner.requests] == [True, False]
    assert list(statuses(outcome)) == ["a", "b", "c"]


async def test_the_second_attempt_at_a_revision_is_refused_and_the_answer_is_not():
    class Wavering(Costly):
        async def decide(self, request: ReplanRequest) -> Revision | str:
            await super().decide(request)
            return await super().decide(request)

    replanner = ScriptedReplanner(MORE, "no", "so far")
    budget = Budget(max_model_calls=4)
    outcome = await answered(agent(budget, replanner=Wavering(replanner)))
    assert outcome.response == "so far"
    assert [request.may_revise for request in replanner.requests] == [True] + [
        False
    ] * 2


async def test_a_replanner_that_revises_where_it_may_only_answer_is_refused():
    with pytest.raises(PlanError, match="no-revision"):
        await answered(agent(SECOND, MORE, MORE))


async def test_a_template_that_has_all_its_values_is_still_the_answer():
    typed = [step.model_copy(update={"returns": "text"}) for step in CHAIN.steps]
    plan = Plan(steps=typed, answer="It is ${c}.")
    replanner = ScriptedReplanner()
    outcome = await answered(
        agent(
            Budget(max_model_calls=3),
            replanner=replanner,
            planner=ScriptedPlanner(plan),
        )
    )
    assert outcome.response == "It is found c."
    assert reached(outcome) == ["the budget of 3 model calls is spent"]


async def test_without_a_model_the_answer_says_so_too():
    outcome = await answered(agent(SECOND, replanner=RuleReplanner()))
    assert "Ended early: the budget of 2 model calls is spent." in outcome.response
    assert "find c" in outcome.response


async def test_an_answer_that_lacks_nothing_does_not_say_that_it_ended_early():
    asked = agent(Budget(max_model_calls=3), replanner=RuleReplanner())
    outcome = await answered(asked)
    assert reached(outcome) == ["the budget of 3 model calls is spent"]
    assert "Ended early" not in outcome.response


async def test_an_early_revision_that_comes_too_late_waits_for_what_runs():
    """One that is asked while steps run is asked again, for the answer, once none does."""
    broken = Plan(steps=[Step(id="b", tool="break"), Step(id="a", task="find a")])
    replanner = ScriptedReplanner(MORE, "so far")
    outcome = await answered(
        agent(
            Budget(max_model_calls=1),
            planner=ScriptedPlanner(broken),
            replanner=Costly(replanner),
            run_step=think_or_break,
            replan="eager",
        )
    )
    assert outcome.response == "so far"
    first, second = replanner.requests
    assert (first.still_running, first.may_revise) == (True, True)
    assert (second.still_running, second.may_revise) == (False, False)
    assert statuses(outcome) == {"b": "failed", "a": "succeeded"}


async def test_while_steps_run_a_spent_budget_asks_nobody():
    replanner = ScriptedReplanner("so far")
    outcome = await answered(
        agent(Budget(max_model_calls=1), replanner=replanner, replan="step")
    )
    assert outcome.response == "so far"
    (request,) = replanner.requests
    assert not request.may_revise


# --- while the plan is written ------------------------------------------------


async def test_a_deadline_that_passes_before_there_is_a_plan_is_an_error():
    planner = Costly(ScriptedPlanner(CHAIN), seconds=60.0)
    events: list[Any] = []
    with pytest.raises(BudgetError) as caught:
        await agent(Budget(deadline=5.0), planner=planner).answer(
            "what?", Invocation(observer=events.append)
        )
    assert str(caught.value) == (
        "the deadline of 5 s has passed, so there is no plan to answer from; "
        "raise deadline of the budget, or use None for no bound"
    )
    assert anyio.current_time() == 5.0
    assert events[-1] == RunFinished(5.0, "failed")


async def test_what_began_before_it_passes_is_answered_from():
    planner = Costly(ScriptedPlanner(CHAIN), seconds=60.0, offers=2)
    replanner = ScriptedReplanner("so far")
    budget = Budget(deadline=1.5)
    outcome = await answered(agent(budget, planner=planner, replanner=replanner))
    assert outcome.response == "so far"
    assert statuses(outcome) == {"a": "succeeded", "b": "cancelled"}
    assert [step.id for step in replanner.requests[0].plan.steps] == ["a", "b"]


async def test_a_planner_is_refused_the_call_that_would_mend_its_plan():
    class Wavering(Costly):
        async def plan(self, request: PlanRequest) -> Plan:
            await super().plan(request)
            return await super().plan(request)

    planner = Wavering(ScriptedPlanner(CHAIN, CHAIN))
    with pytest.raises(BudgetError, match=r"^the budget of 1 model call is spent, so"):
        await answered(agent(Budget(max_model_calls=1), planner=planner))


async def test_planning_that_fails_is_not_tried_again_once_the_budget_is_spent():
    planner = Costly(ScriptedPlanner(TimeoutError("late"), CHAIN))
    often = Rules(never, retry=Retry(attempts=3))
    with pytest.raises(TimeoutError, match="late"):
        await answered(agent(Budget(max_model_calls=1), planner=planner, rules=often))


async def test_a_plan_that_took_all_is_answered_without_a_step():
    planner = Costly(ScriptedPlanner(CHAIN))
    outcome = await answered(agent(Budget(max_model_calls=1), planner=planner))
    assert {*statuses(outcome).values()} == {"cancelled"}
    assert outcome.response == "so far"


# --- the deadline -------------------------------------------------------------


async def test_at_the_deadline_what_runs_is_cancelled_and_the_rest_answered_from():
    outcome = await answered(agent(Budget(deadline=1.5)))
    assert statuses(outcome) == {"a": "succeeded", "b": "cancelled", "c": "cancelled"}
    assert outcome.run.events[-1].at == 1.5


async def test_an_answer_that_is_being_written_at_the_deadline_is_kept():
    replanner = Costly(ScriptedReplanner("in time"), seconds=10.0)
    outcome = await answered(agent(Budget(deadline=5.0), replanner=replanner))
    assert outcome.response == "in time"
    assert reached(outcome) == ["the deadline of 5 s has passed"]


async def test_nobody_waits_for_an_approval_beyond_the_deadline():
    class Absent:
        async def plan(self, plan: Plan, *, may_edit: bool) -> bool:
            raise AssertionError("nobody asked")

        async def step(self, parked: Any) -> bool:
            await anyio.sleep_forever()
            return True

    pay = Plan(steps=[Step(id="a", tool="pay"), Step(id="b", task="find b")])
    outcome = await answered(
        agent(
            Budget(deadline=5.0),
            planner=ScriptedPlanner(pay),
            rules=Rules(never, ask_first=frozenset({"pay"})),
            approver=Absent(),
        )
    )
    assert statuses(outcome) == {"a": "cancelled", "b": "succeeded"}
    assert outcome.run.events[-1].at == 5.0


# --- runs that go on ----------------------------------------------------------


async def test_a_run_that_was_cut_off_while_it_answered_is_answered_from_the_record():
    journal = MemoryJournal()
    record = await journal.open("r")
    failing = ScriptedReplanner(ModelError("no model", role="replanner"))
    with pytest.raises(ModelError):
        await answered(agent(SECOND, replanner=failing), record=record)
    await record.close()
    record = await journal.open("r")
    replanner = ScriptedReplanner("so far")
    planner = ScriptedPlanner()
    again = agent(SECOND, planner=planner, replanner=replanner)
    outcome = await answered(again, record=record)
    assert outcome.response == "so far"
    assert planner.requests == []
    assert statuses(outcome) == {"a": "succeeded", "b": "succeeded", "c": "cancelled"}
    assert [bound.spent for bound in replanner.requests[0].reached] == [2]
