"""The campaign must see what stays: here something does, on purpose."""

import asyncio  # noqa: TID251 - a task that nobody awaits
from contextlib import suppress

from benchmarks.leaving import Round, leave_in_every_way, tasks_alive
from benchmarks.restless import TICKER


async def test_a_task_that_stays_is_counted():
    before = tasks_alive("asyncio")
    stray = asyncio.create_task(asyncio.Event().wait())
    assert tasks_alive("asyncio") == before + 1
    stray.cancel()
    with suppress(asyncio.CancelledError):
        await stray
    assert tasks_alive("asyncio") == before


def test_each_round_has_a_plan_that_does_not_end_by_itself():
    one = Round("7")
    one.plan.check()
    assert one.plan.steps[0].id == TICKER
    assert Round("7").plan == one.plan != Round("8").plan


def test_rounds_are_shared_among_all_ways():
    counts = leave_in_every_way(7, seed=1)
    assert [count.rounds for count in counts] == [1] * 7
