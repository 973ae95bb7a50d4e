"""When slots are short, the step with the longest remaining path goes first."""

from collections import Counter
from math import inf, nan

import anyio
import pytest

from dagplan import Limits, Revision, execute_plan
from dagplan.scheduler import open_execution
from dagplan.scheduler.rules import Rules
from dagplan.scheduler.settings import RunSettings
from tests.scheduler.plans import plan, step
from tests.scheduler.script import Do, Script, never

SINGLE = Limits(concurrency=1)
CHAIN = [step("a"), step("b", "a"), step("c", "b")]


async def order_of(*steps, limits=SINGLE, **policies):
    script = Script()
    await execute_plan(plan(*steps), script, limits=limits, **policies)
    return script.order()


async def test_the_longest_chain_of_steps_begins_first():
    assert await order_of(step("x"), step("y"), *CHAIN) == ["a", "b", "x", "y", "c"]


async def test_ties_are_broken_by_the_order_of_the_plan():
    assert await order_of(*map(step, "zmak")) == ["z", "m", "a", "k"]
    assert await order_of(
        step("x2", "x1"), step("y1"), step("x1"), step("y2", "y1")
    ) == [
        "y1",
        "x1",
        "x2",
        "y2",
    ]


async def test_the_longest_of_several_paths_counts():
    graph = [step("x"), step("y", "x"), step("a"), step("s", "a"), *CHAIN[1:]]
    # Behind `a` there is `s`, and the longer `b`, `c`.
    assert (await order_of(*graph))[:2] == ["a", "x"]


async def test_optional_dependencies_are_paths_too():
    graph = [step("x"), step("a"), step("b", optional=("a",))]
    assert await order_of(*graph) == ["a", "x", "b"]


async def test_estimates_count_in_place_of_steps():
    def estimate(s):
        return 10.0 if s.id == "x" else 2.0

    assert await order_of(*CHAIN, step("x"), estimate=estimate) == ["x", "a", "b", "c"]


async def test_estimates_add_up_along_a_path():
    seconds = {"x": 5.0, "a": 3.0, "b": 3.0, "c": 0.0}

    def estimate(s):
        return seconds[s.id]

    assert await order_of(step("x"), *CHAIN, estimate=estimate) == ["a", "x", "b", "c"]


@pytest.mark.parametrize("seconds", [-1.0, nan, inf])
async def test_an_estimate_that_is_no_time_is_refused(seconds):
    with pytest.raises(ValueError, match=r"estimate\('a'\) must be at least 0 seconds"):
        await order_of(step("a"), estimate=lambda s: seconds)


async def test_each_step_is_estimated_once():
    asked: Counter[str] = Counter()

    def estimate(s):
        asked[s.id] += 1
        return 1.0

    await order_of(step("list", args={"value": [1, 2]}), *CHAIN, estimate=estimate)
    assert asked == {"list": 1, "a": 1, "b": 1, "c": 1}


async def test_items_have_the_place_of_their_step_and_go_in_order():
    graph = [
        step("list", args={"value": [0, 0, 0]}),
        step("x", "list"),
        step("each", for_each="${list}"),
        step("after", "each"),
    ]
    items = ["each[0]", "each[1]", "each[2]"]
    assert await order_of(*graph) == ["list", *items, "x", "after"]


async def test_an_item_is_estimated_as_its_step():
    graph = [
        step("list", args={"value": [0, 0]}),
        step("x", "list"),
        step("each", for_each="${list}"),
    ]

    def estimate(s):
        return 9.0 if s.id == "each" else 1.0

    order = await order_of(*graph, estimate=estimate)
    assert order == ["list", "each[0]", "each[1]", "x"]


async def test_the_most_urgent_of_all_tools_goes_first():
    graph = [step("x", tool="one"), *CHAIN, step("y", tool="two")]
    assert await order_of(*graph) == ["a", "b", "x", "c", "y"]


async def test_a_tool_that_has_no_room_lets_the_next_urgent_go():
    graph = [step("x"), step("p", tool="rare"), step("q", "p", tool="rare")]
    graph += [step("r", tool="rare"), step("s", "r", tool="rare")]
    script = Script({key: [Do(1.0)] for key in "xpqrs"})
    limits = Limits(concurrency=2, per_tool={"rare": 1})
    await execute_plan(plan(*graph), script, limits=limits)
    assert sorted(script.starts[:2]) == [(0.0, "p", 1), (0.0, "x", 1)]
    assert script.order()[2:] == ["r", "q", "s"]


async def test_starting_with_the_longest_path_saves_time():
    graph = plan(step("x"), step("y"), *CHAIN)
    script = Script({key: [Do(1.0)] for key in ["x", "y", "a", "b", "c"]})
    run = await execute_plan(graph, script, limits=Limits(concurrency=2))
    assert run.report.wall == 3.0


# --- revisions --------------------------------------------------------------


async def revised_order(script, first, revision, **policies):
    rules = Rules(never, **policies)
    settings = RunSettings(limits=SINGLE, rules=rules)
    async with open_execution(script, settings) as execution:
        execution.plan(first)
        await anyio.sleep(0.5)
        execution.revise(first, revision)
        await execution.idle()
        await execution.finish("answered")
    return script.order()


FIRST = plan(step("p"), step("q"), step("z"))


async def test_a_revision_weighs_anew_what_has_not_begun():
    script = Script({key: [Do(1.0)] for key in ["p", "q", "z"]})
    more = Revision(steps=[step("n1", "z"), step("n2", "n1")])
    order = await revised_order(script, FIRST, more)
    assert order == ["p", "z", "n1", "q", "n2"]


async def test_a_revision_is_weighed_by_estimates():
    script = Script({key: [Do(1.0)] for key in ["p", "q", "z"]})

    def estimate(s):
        return 5.0 if s.id == "new" else 1.0

    more = Revision(steps=[step("new")])
    order = await revised_order(script, FIRST, more, estimate=estimate)
    assert order == ["p", "new", "q", "z"]


async def test_items_that_wait_are_weighed_anew_with_their_step():
    first = plan(
        step("list", args={"value": [0, 0, 0]}),
        step("x"),
        step("y", "x"),
        step("each", for_each="${list}"),
    )
    script = Script({"list": [Do(0.4)], "each": [Do(1.0)], "x": [Do(1.0)]})
    # At first the items come after `y`, by the order of the plan.
    more = Revision(steps=[step("n1", "each"), step("n2", "n1")])
    order = await revised_order(script, first, more)
    assert order == ["list", "x", "each[0]", "each[1]", "each[2]", "n1", "y", "n2"]
