"""A revised run that was cut off goes on as it was revised."""

import anyio

from dagplan import Plan
from dagplan.agent.answer import Invocation
from dagplan.events import (
    StepSucceeded,
)
from dagplan.journal import MemoryJournal
from dagplan.scheduler import open_record
from tests.agent.revising.replanners import (
    SECONDS,
    SIBLING,
    Thinking,
    adding,
    agent,
    answered,
    starts,
    step,
)


async def test_a_run_that_is_cut_off_goes_on_with_the_plan_as_it_was_revised():
    journal = MemoryJournal()
    first = agent(Thinking(adding("new")), SIBLING, SECONDS, "bad", replan="eager")
    with anyio.move_on_after(2.75):
        async with open_record(journal, "mine") as record:
            await first.answer("why?", Invocation(record=record))
    assert starts(first) == ["bad", "new", "slow"]
    replanner = Thinking(None)
    later = agent(replanner, SIBLING, SECONDS, "bad", replan="eager")
    async with open_record(journal, "mine") as record:
        outcome = await answered(later, Invocation(record=record))
    # What had been found is kept; what failed or was cut off runs again.
    assert starts(later) == ["after", "bad", "slow"]
    assert [s.id for s in outcome.run.plan.steps] == ["bad", "slow", "after", "new"]
    succeeded = [e.step_id for e in outcome.run.events if isinstance(e, StepSucceeded)]
    assert sorted(succeeded) == ["after", "new", "slow"]
    # A revision of before counts, and is known again.
    assert len(replanner.requests) == 2


async def test_revisions_of_before_count_and_are_not_made_again():
    journal = MemoryJournal()
    plan = Plan(steps=[step("bad")])
    first = agent(Thinking(adding("new")), plan, {"bad": 1.0, "new": 9.0}, "bad")
    with anyio.move_on_after(5.0):
        async with open_record(journal, "mine") as record:
            await first.answer("why?", Invocation(record=record))
    replanner = Thinking(adding("new"))
    later = agent(replanner, plan, {"bad": 1.0, "new": 1.0}, "bad", "new")
    async with open_record(journal, "mine") as record:
        await answered(later, Invocation(record=record))
    assert [request.may_revise for request in replanner.requests] == [True, False]
