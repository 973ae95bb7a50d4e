"""Slots, rates and pauses, for one run and for all that share a throttle."""

import asyncio  # noqa: TID251 - a second event loop beside trio's
from bisect import bisect_right
from collections import deque
from functools import partial
from math import inf
from random import Random

import anyio
import anyio.to_thread
import pytest

from dagplan import Hedge, Limits, Retry, Step, Throttle, Timeout, execute_plan
from dagplan.events import ModelCalled, Throttled, Tokens
from dagplan.scheduler.gates import MINUTE
from dagplan.scheduler.limits import Share
from tests.scheduler.plans import plan, step
from tests.scheduler.script import FOREVER, Do, RefusedError, Script, named, never


def wide(count, prefix="s", **fields):
    return plan(*(step(f"{prefix}{i}", **fields) for i in range(count)))


def lasting(seconds, *graphs):
    return {s.id: [Do(seconds)] for graph in graphs for s in graph.steps}


async def run_all(script, limits, *graphs, **policies):
    """Run plans side by side and return the runs in the order of their plans."""
    runs = {}

    async def run(index):
        runs[index] = await execute_plan(
            graphs[index], script, limits=limits, **policies
        )

    async with anyio.create_task_group() as tasks:
        for index in range(len(graphs)):
            tasks.start_soon(run, index)
    return [runs[index] for index in range(len(graphs))]


def most_in_any_minute(moments):
    ordered = sorted(moments)
    return max(
        bisect_right(ordered, moment + 60.0) - index
        for index, moment in enumerate(ordered)
    )


def gates_of(throttle):
    return [
        *throttle.slots,
        *throttle.windows,
        *throttle._tools.values(),
        *throttle._providers.values(),
    ]


def nothing_is_left_of(throttle):
    held = [*throttle.slots, *throttle._tools.values(), *throttle._providers.values()]
    return (
        throttle.runs == 0
        and not any(gate.used for gate in held)
        and not any(gate.queue for gate in gates_of(throttle))
    )


# --- slots ------------------------------------------------------------------


async def test_a_tool_without_room_does_not_hold_up_others():
    graph = plan(
        *(step(f"slow{i}", tool="slow") for i in range(3)),
        *(step(f"s{i}") for i in range(3)),
    )
    script = Script(lasting(1.0, graph))
    limits = Limits(concurrency=2, per_tool={"slow": 1})
    await execute_plan(graph, script, limits=limits)
    begun = sorted((at, name) for at, name, _ in script.starts)
    assert begun == [
        (0.0, "s0"),
        (0.0, "slow0"),
        (1.0, "s1"),
        (1.0, "slow1"),
        (2.0, "s2"),
        (2.0, "slow2"),
    ]


async def test_slots_hold_for_all_runs_that_share_them():
    graphs = [wide(4, prefix) for prefix in "xyz"]
    script = Script(lasting(1.0, *graphs))
    runs = await run_all(script, Throttle(Limits(concurrency=2)), *graphs)
    assert script.most == 2
    assert max(run.events[-1].at for run in runs) == 6.0


async def test_slots_of_a_tool_hold_for_all_runs_that_share_them():
    graphs = [wide(3, prefix) for prefix in "xy"]
    script = Script(lasting(1.0, *graphs))
    await run_all(script, Throttle(Limits(per_tool={"work": 1})), *graphs)
    assert script.most == 1
    assert [at for at, *_ in script.starts] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


async def test_runs_with_limits_of_their_own_do_not_meet():
    graphs = [wide(2, prefix) for prefix in "xy"]
    script = Script(lasting(1.0, *graphs))
    runs = await run_all(script, Limits(concurrency=1), *graphs)
    assert script.most == 2
    assert [run.events[-1].at for run in runs] == [2.0, 2.0]


async def test_runs_that_share_slots_take_turns():
    graphs = [wide(12, prefix) for prefix in "xyz"]
    script = Script(lasting(1.0, *graphs))
    await run_all(script, Throttle(Limits(concurrency=2)), *graphs)
    for end in range(6, len(script.starts), 6):
        done = [name[0] for name in script.order()[:end]]
        assert max(map(done.count, "xyz")) - min(map(done.count, "xyz")) <= 2


async def test_a_run_that_comes_late_need_not_wait_for_all_of_another():
    graphs = [wide(20, "x"), wide(2, "y")]
    script = Script(lasting(1.0, *graphs))
    runs = await run_all(script, Throttle(Limits(concurrency=1)), *graphs)
    assert runs[1].events[-1].at <= 5.0


async def test_a_run_with_nothing_to_start_holds_no_place_in_the_queue():
    graphs = [plan(step("x0"), step("x1", "x0"), step("x2", "x1")), wide(3, "y")]
    script = Script(lasting(1.0, *graphs))
    runs = await run_all(script, Throttle(Limits(concurrency=1)), *graphs)
    assert max(run.events[-1].at for run in runs) == 6.0


def test_runs_in_several_queues_do_not_hand_their_turn_round_for_ever():
    throttle = Throttle(Limits(concurrency=None, requests_per_minute=2))
    woken: deque[str] = deque()
    shares = {name: Share(throttle, partial(woken.append, name)) for name in "wxyz"}

    def look(name, now):
        grant = shares[name].take("work", now)
        shares[name].looked()
        return grant

    assert [look(name, 0.0) for name in "wwxz"] == [(), (), None, None]
    shares["w"].refused("work", "api.test", 99.0, 0.0, 1.0, 0.0)
    assert look("y", 2.0) is None
    # x and z have waited for the window and y for the provider; now both are open.
    woken.clear()
    woken.append("x")
    grants = {}
    for _ in range(50):
        if woken:
            name = woken.popleft()
            grants[name] = look(name, 100.0)
    assert not woken
    assert len([grant for grant in grants.values() if grant]) == 1


# --- rates ------------------------------------------------------------------


async def test_requests_of_all_runs_never_exceed_the_rate_and_use_it():
    dice = Random(5)
    graphs = [wide(60, prefix) for prefix in "wxyz"]
    script = Script({s.id: [Do(dice.uniform(0, 9))] for g in graphs for s in g.steps})
    throttle = Throttle(Limits(concurrency=20, requests_per_minute=60))
    await run_all(script, throttle, *graphs)
    moments = sorted(at for at, *_ in script.starts)
    assert len(moments) == 240
    assert most_in_any_minute(moments) == 60
    # Once as many are under way as may be, 180 of them take three minutes at best.
    assert 180.0 / (moments[239] - moments[59]) > 0.95


async def test_retries_and_hedges_are_requests_too():
    lost = [Do(1.0, TimeoutError()), Do(20.0)]
    script = Script({f"s{i}": lost for i in range(6)})
    await execute_plan(
        wide(6),
        script,
        limits=Limits(requests_per_minute=5),
        retry=Retry(attempts=2, backoff=0),
        hedge=Hedge(after=10),
    )
    moments = [at for at, *_ in script.starts]
    assert len(moments) > 12
    assert most_in_any_minute(moments) == 5


async def test_a_step_starts_the_moment_the_window_has_room():
    script = Script()
    await execute_plan(wide(5), script, limits=Limits(requests_per_minute=2))
    assert [at for at, *_ in script.starts] == pytest.approx(
        [0, 0, MINUTE, MINUTE, 2 * MINUTE]
    )


def spends(tokens, seconds=1.0):
    async def run_step(call):
        began = anyio.current_time()
        await anyio.sleep(seconds)
        ended = anyio.current_time()
        call.emit(
            ModelCalled(
                ended, "step", call.id, "m", Tokens(tokens - 10, 10), began, ended
            )
        )
        return began

    return run_step


async def test_tokens_of_the_last_minute_make_calls_wait():
    limits = Limits(concurrency=1, tokens_per_minute=100)
    run = await execute_plan(wide(5), spends(50), limits=limits)
    begun = [result.started for result in run.results.values()]
    assert begun == pytest.approx([0, 1, 1 + MINUTE, 2 + MINUTE, 2 + 2 * MINUTE])


async def test_the_last_call_may_go_over_the_tokens_and_then_all_wait():
    limits = Limits(concurrency=1, tokens_per_minute=100)
    run = await execute_plan(wide(3), spends(99), limits=limits)
    begun = [result.started for result in run.results.values()]
    assert begun == pytest.approx([0, 1, 1 + MINUTE])


async def test_tokens_count_for_all_runs_that_share_them():
    throttle = Throttle(Limits(tokens_per_minute=100))
    (first,) = await run_all(spends(100), throttle, wide(1))
    (second,) = await run_all(spends(100), throttle, wide(1, "x"))
    assert first.results["s0"].value == 0.0
    assert second.results["x0"].value == pytest.approx(1 + MINUTE)


# --- a provider asks to slow down -------------------------------------------


async def test_a_pause_holds_for_all_runs_and_then_few_begin_at_first():
    first = plan(step("refused"))
    other = plan(step("warm", tool="else"), *(step(f"s{i}", "warm") for i in range(15)))
    script = Script(
        lasting(1.0, other)
        | {"refused": [Do(1.0, RefusedError(10))], "warm": [Do(2.0)]}
    )
    runs = await run_all(script, Throttle(Limits()), first, other, chance=never)
    assert named(runs[0], Throttled) == [Throttled(1.0, "refused", "api.test", 10.0)]
    begun = [at for at, name, _ in script.starts if name.startswith("s")]
    assert {at: begun.count(at) for at in begun} == {11.0: 1, 12.0: 2, 13.0: 4, 14.0: 8}


async def test_a_pause_is_a_little_longer_by_chance():
    script = Script({"a": [Do(0.0, RefusedError(10)), Do()]})
    await execute_plan(
        plan(step("a")), script, retry=Retry(attempts=2), chance=lambda: 0.5
    )
    assert script.moments("a") == [0.0, 10.5]


async def test_a_pause_holds_for_tools_seen_to_use_the_same_provider():
    graph = plan(
        step("x1", tool="x"),
        step("y1", "x1", tool="y"),
        step("x2", "y1", tool="x", optional=("y1",)),
        step("z2", "y1", tool="z", optional=("y1",)),
    )
    refused = {"x1": [Do(0.0, RefusedError(1)), Do()], "y1": [Do(2.0, RefusedError(9))]}
    script = Script(refused)
    retry = Retry(per_step={"y1": Retry(attempts=1)})
    await execute_plan(graph, script, retry=retry, chance=never)
    assert script.moments("x1") == [0.0, 1.0]
    assert script.moments("y1") == [1.0]
    assert script.moments("z2") == [3.0]
    assert script.moments("x2") == [12.0]


async def test_another_provider_is_not_paused():
    refused = RefusedError(9, "one.test"), RefusedError(2, "two.test")
    script = Script(
        {"a": [Do(0.0, refused[0]), Do()], "b": [Do(0.0, refused[1]), Do()]}
    )
    graph = plan(step("a", tool="one"), step("b", tool="two"))
    await execute_plan(graph, script, retry=Retry(backoff=0), chance=never)
    assert script.moments("a") == [0.0, 9.0]
    assert script.moments("b") == [0.0, 2.0]


async def test_without_a_wish_each_refusal_in_a_row_doubles_the_pause():
    refused = Do(0.0, RefusedError())
    script = Script({"a": [refused, refused, refused, Do()]})
    retry = Retry(attempts=9, backoff=0)
    run = await execute_plan(plan(step("a")), script, retry=retry, chance=never)
    assert script.moments("a") == [0.0, 1.0, 3.0, 7.0]
    assert run.outcome == "answered"


async def test_an_answer_ends_the_row_of_refusals():
    refused = Do(0.0, RefusedError())
    script = Script({"a": [refused, refused, Do()], "b": [refused, Do()]})
    graph = plan(step("a"), step("b", "a"))
    retry = Retry(attempts=3, backoff=0)
    run = await execute_plan(graph, script, retry=retry, chance=never)
    assert [event.wait for event in named(run, Throttled)] == [1.0, 2.0, 1.0]


async def test_calls_refused_together_pause_once():
    script = Script({f"s{i}": [Do(1.0, RefusedError()), Do()] for i in range(8)})
    retry = Retry(attempts=2, backoff=0)
    run = await execute_plan(wide(8), script, retry=retry, chance=never)
    assert run.outcome == "answered"
    assert {e.wait for e in named(run, Throttled)} == {1.0}
    assert script.moments("s0") == [0.0, 2.0]


async def test_a_refusal_after_the_pause_makes_few_again():
    steps = {f"s{i}": [Do(1.0)] for i in range(9)}
    refused = Do(1.0, RefusedError(5))
    script = Script(steps | {"s0": [refused, Do(1.0)], "s1": [refused, Do(1.0)]})
    retry = Retry(attempts=3, backoff=0)
    limits = Limits(concurrency=2)
    await execute_plan(wide(9), script, limits=limits, retry=retry, chance=never)
    begun = [at for at, *_ in script.starts]
    assert {at: begun.count(at) for at in begun} == {
        0.0: 2,
        6.0: 1,
        **dict.fromkeys([7.0, 8.0, 9.0, 10.0], 2),
    }


# --- further requests of a step ---------------------------------------------


def asking(count, seconds=0.0):
    asked: list[tuple[float, str]] = []

    async def run_step(call):
        asked.append((anyio.current_time(), call.id))
        for _ in range(count - 1):
            await anyio.sleep(seconds)
            await call.admit()
            asked.append((anyio.current_time(), call.id))
        return call.id

    return run_step, asked


async def test_further_requests_wait_for_the_window():
    run_step, asked = asking(5)
    await execute_plan(wide(1), run_step, limits=Limits(requests_per_minute=2))
    assert [at for at, _ in asked] == pytest.approx([0, 0, MINUTE, MINUTE, 2 * MINUTE])


async def test_further_requests_of_all_runs_keep_to_the_rate():
    run_step, asked = asking(4, seconds=3.0)
    throttle = Throttle(Limits(requests_per_minute=7))
    await run_all(run_step, throttle, wide(5, "x"), wide(5, "y"))
    assert len(asked) == 40
    assert most_in_any_minute([at for at, _ in asked]) == 7
    assert nothing_is_left_of(throttle)


async def test_without_rates_further_requests_go_out_at_once():
    run_step, asked = asking(9)
    await execute_plan(wide(1), run_step, limits=Limits(concurrency=1))
    assert {at for at, _ in asked} == {0.0}


async def test_a_further_request_waits_for_the_pause_of_its_provider():
    run_step, asked = asking(2, seconds=2.0)

    async def first_is_refused(call):
        if call.id == "s0":
            await anyio.sleep(1)
            raise RefusedError(10)
        return await run_step(call)

    await execute_plan(wide(2), first_is_refused, chance=never)
    assert asked == [(0.0, "s1"), (11.0, "s1")]


async def test_a_further_request_does_not_wait_for_its_own_attempt():
    run_step, asked = asking(3)
    refused = [RefusedError(5)]

    async def refused_once(call):
        if refused:
            raise refused.pop()
        return await run_step(call)

    retry = Retry(attempts=2, backoff=0)
    # One call at a time is let through after a pause, and the attempt is that one.
    await execute_plan(wide(1), refused_once, retry=retry, chance=never)
    assert [at for at, _ in asked] == [5.0, 5.0, 5.0]


async def test_whoever_is_cancelled_while_it_waits_leaves_the_queue():
    run_step, asked = asking(2)
    throttle = Throttle(Limits(requests_per_minute=1))
    await run_all(run_step, throttle, wide(1), timeout=Timeout(attempt=5))
    assert asked == [(0.0, "s0")]
    assert nothing_is_left_of(throttle)


# --- what is left -----------------------------------------------------------


async def test_one_throttle_is_refused_in_two_event_loops_at_once():
    throttle = Throttle()

    async def elsewhere():
        with pytest.raises(RuntimeError, match="in use on another event loop; make"):
            await execute_plan(wide(1), Script(), limits=throttle)

    async def run_step(call):
        await anyio.to_thread.run_sync(asyncio.run, elsewhere())

    run = await execute_plan(wide(1), run_step, limits=throttle)
    assert run.results["s0"].error is None
    assert nothing_is_left_of(throttle)


async def test_one_throttle_may_be_used_in_one_event_loop_after_another():
    throttle = Throttle()
    await execute_plan(wide(1), Script(), limits=throttle)

    async def elsewhere():
        return await execute_plan(wide(1), Script(), limits=throttle)

    run = await anyio.to_thread.run_sync(asyncio.run, elsewhere())
    assert run.outcome == "answered"


@pytest.mark.parametrize("clings", [0.0, 3.0])
async def test_a_run_that_is_left_gives_back_what_it_took(clings):
    throttle = Throttle(Limits(2, {"work": 2}, requests_per_minute=50))
    graphs = [wide(9, "x"), wide(9, "y")]
    script = Script({s.id: [Do(9.0, clings=clings)] for g in graphs for s in g.steps})
    with anyio.move_on_after(1) as scope:
        await run_all(script, throttle, *graphs)
    assert scope.cancelled_caught
    assert nothing_is_left_of(throttle)
    (run,) = await run_all(Script(), throttle, wide(9))
    assert run.report.wall == 0.0


def test_a_run_that_leaves_after_it_was_told_of_room_tells_the_next():
    throttle, woken = Throttle(Limits(concurrency=1)), list[str]()
    throttle.runs = 3
    first, second, third = (
        Share(throttle, partial(woken.append, name)) for name in ("a", "b", "c")
    )
    grant = first.take("work", 0.0)
    assert grant is not None
    assert [second.take("work", 0.0), third.take("work", 0.0)] == [None, None]
    first.give_back(grant)
    assert woken == ["b"]
    second.close()
    assert woken == ["b", "c"]


async def test_a_run_whose_waiting_step_is_over_holds_nobody_up():
    throttle = Throttle(Limits(concurrency=1))
    fails = Do(0.0, TimeoutError())
    script = Script({"x0": [fails], "x1": [fails], "y0": [Do(5.0)]})
    retry = Retry(
        per_step={
            "x0": Retry(attempts=2, backoff=1, jitter=0),
            "x1": Retry(attempts=2, backoff=20, jitter=0),
        }
    )
    timeout = Timeout(per_step={"x0": Timeout(step=3)})

    async def run(prefix, begins, count):
        await anyio.sleep(begins)
        graph = wide(count, prefix)
        await execute_plan(graph, script, limits=throttle, retry=retry, timeout=timeout)

    async with anyio.create_task_group() as tasks:
        for prefix, begins, count in [("x", 0.0, 2), ("y", 0.5, 1), ("z", 2.0, 1)]:
            tasks.start_soon(run, prefix, begins, count)
    # x0 queued at 1 and was over at 3; x1 comes back much later.
    assert script.moments("z0") == [5.5]
    assert script.moments("x1") == [0.0, 20.0]


async def test_a_run_that_is_left_hands_its_place_to_another():
    throttle = Throttle(Limits(concurrency=1))
    script = Script({"x0": [FOREVER]})

    async def run(prefix, begins, leaves):
        await anyio.sleep(begins)
        with anyio.CancelScope(deadline=leaves):
            await execute_plan(wide(1, prefix), script, limits=throttle)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run, "x", 0.0, 3.0)
        tasks.start_soon(run, "y", 0.5, 2.0)
        tasks.start_soon(run, "z", 1.0, inf)
    assert script.starts == [(0.0, "x0", 1), (3.0, "z0", 1)]
    assert nothing_is_left_of(throttle)


def random_plan(dice, prefix):
    steps: list[Step] = []
    for index in range(dice.randint(1, 8)):
        before = [s.id for s in steps if dice.random() < 0.3]
        tool = dice.choice(["work", "search", "read"])
        optional = tuple(b for b in before if dice.random() < 0.5)
        steps.append(step(f"{prefix}_{index}", *before, tool=tool, optional=optional))
    return plan(*steps)


def random_line(dice):
    error = dice.choice(
        [None] * 6
        + [TimeoutError(), ValueError(), RefusedError(dice.choice([None, 2]))]
    )
    clings = dice.choice([0.0, 0.0, 0.5, 2.0])
    return Do(dice.choice([0.0, 0.5, 1.0, 4.0]), error, clings, dice.random() < 0.2)


async def test_nothing_is_left_of_a_hundred_runs_however_they_end():
    dice = Random(2026)
    limits = Limits(5, {"search": 1, "read": 3}, requests_per_minute=40)
    throttle = Throttle(limits)
    graphs = [random_plan(dice, f"r{i}") for i in range(100)]
    script = Script(
        {
            s.id: [random_line(dice) for _ in range(3)]
            for graph in graphs
            for s in graph.steps
        }
    )

    async def run(graph, begins, leaves):
        await anyio.sleep(begins)
        with anyio.move_on_after(leaves):
            await execute_plan(
                graph,
                script,
                limits=throttle,
                retry=Retry(attempts=3),
                timeout=Timeout(attempt=3, step=30),
                hedge=Hedge(after=2),
                chance=dice.random,
            )

    async with anyio.create_task_group() as tasks:
        for graph in graphs:
            leaves = dice.choice([None, None, dice.uniform(0, 20)])
            tasks.start_soon(run, graph, dice.uniform(0, 300), leaves)
    assert script.running == 0
    assert script.most == 5
    assert most_in_any_minute([at for at, *_ in script.starts]) <= 40
    assert nothing_is_left_of(throttle)
    assert list(throttle._providers) == ["api.test"]
