"""`for_each`: a step runs once per item of an earlier list."""

from typing import Any

import pytest

from dagplan import Limits, execute_plan
from tests.scheduler.plans import Worker, plan, step


def over(value, **fields):
    return plan(
        step("list", args={"value": value}),
        step("each", for_each="${list}", **fields),
        step("after", args={"all": "${each}", "values": "${each.*.value}"}),
    )


async def test_items_run_side_by_side_and_keep_their_order():
    worker = Worker({"each[0]": 3.0, "each[1]": 1.0, "each[2]": 2.0})
    run = await execute_plan(
        over(["x", "y", "z"], args={"value": "got ${item}"}), worker
    )
    assert run.results["each"].value == [
        {"item": "x", "value": "got x"},
        {"item": "y", "value": "got y"},
        {"item": "z", "value": "got z"},
    ]
    assert worker.call("after").args["values"] == ["got x", "got y", "got z"]
    assert run.report.wall == 3.0
    assert list(run.results) == [
        "list",
        "each",
        "each[0]",
        "each[1]",
        "each[2]",
        "after",
    ]


async def test_items_may_be_objects():
    worker = Worker()
    await execute_plan(over([{"n": {"m": 7}}], args={"value": "${item.n.m}"}), worker)
    assert worker.call("each[0]").args == {"value": 7}
    assert worker.call("each[0]").inputs == {
        "list": [{"n": {"m": 7}}],
        "item": {"n": {"m": 7}},
    }


async def test_each_item_takes_a_slot():
    ids = [f"each[{i}]" for i in range(6)]
    worker = Worker(dict.fromkeys(ids, 1.0))
    run = await execute_plan(over(list(range(6))), worker, limits=Limits(concurrency=2))
    assert worker.most_running == 2
    assert run.report.wall == 3.0


async def test_a_list_may_be_written_out():
    worker = Worker()
    list_of: list[object] = ["x", "${a.n}", {"deep": ["${a}"]}]
    run = await execute_plan(
        plan(
            step("a", args={"value": {"n": 7}}),
            step("each", for_each=list_of, args={"value": "${item}"}),
        ),
        worker,
    )
    items = ["x", 7, {"deep": [{"n": 7}]}]
    value: Any = run.results["each"].value
    assert [entry["item"] for entry in value] == items
    assert worker.call("each[1]").args == {"value": 7}


async def test_a_list_that_needs_nothing_runs_at_once():
    worker = Worker({"a": 1.0, "each[0]": 1.0, "each[1]": 1.0})
    run = await execute_plan(plan(step("a"), step("each", for_each=[1, 2])), worker)
    assert run.report.wall == 1.0


async def test_a_list_that_lacks_a_value_fails_its_step():
    steps = [step("a", args={"value": {"n": 7}}), step("each", for_each=["${a.m}"])]
    run = await execute_plan(plan(*steps), Worker())
    assert run.results["each"].status == "failed"
    assert "${a.m} leads to nothing" in (run.results["each"].error or "")


async def test_an_empty_list_succeeds_at_once():
    run = await execute_plan(over([]), Worker())
    assert run.results["each"].value == []
    assert run.results["after"].status == "succeeded"


async def test_a_long_chain_of_empty_lists_needs_no_stack():
    steps = [step("s0", args={"value": []})]
    steps += [step(f"s{i + 1}", for_each=f"${{s{i}}}") for i in range(2_000)]
    run = await execute_plan(plan(*steps), Worker())
    assert run.results["s2000"].value == []


async def test_a_failed_item_fails_the_step_after_its_siblings_are_done():
    worker = Worker({"each[1]": 2.0}, {"each[0]": ValueError("no x")})
    run = await execute_plan(over(["x", "y"]), worker)
    assert run.results["each[1]"].status == "succeeded"
    assert run.results["each"].status == "failed"
    assert run.results["each"].error == (
        "1 of 2 items failed, first 'x': ValueError: no x"
    )
    assert run.results["after"].status == "skipped"


async def test_with_partial_failed_items_are_left_out():
    worker = Worker(errors={"each[0]": ValueError("no x")})
    run = await execute_plan(over(["x", "y"], partial=True), worker)
    assert run.results["each"].value == [{"item": "y", "value": "each[1]"}]
    assert run.results["each[0]"].status == "failed"
    assert run.results["after"].status == "succeeded"


async def test_with_partial_a_step_without_any_good_item_fails():
    worker = Worker(errors={"each[0]": ValueError("no x")})
    run = await execute_plan(over(["x"], partial=True), worker)
    assert run.results["each"].status == "failed"


@pytest.mark.parametrize("value", ["text", 3, {"a": 1}, None])
async def test_over_what_is_no_list_the_step_fails_with_what_it_is(value):
    run = await execute_plan(over(value), Worker())
    assert run.results["each"].status == "failed"
    assert "for_each wants a list: ${list} is" in (run.results["each"].error or "")


async def test_over_the_items_of_another_for_each():
    worker = Worker()
    nested = plan(
        step("list", args={"value": [1, 2]}),
        step("first", for_each="${list}", args={"value": "${item}"}),
        step("second", for_each="${first}", args={"value": "${item.value}"}),
    )
    run = await execute_plan(nested, worker)
    assert run.results["second"].value == [
        {"item": {"item": 1, "value": 1}, "value": 1},
        {"item": {"item": 2, "value": 2}, "value": 2},
    ]


async def test_ten_thousand_items():
    run = await execute_plan(over(list(range(10_000))), Worker())
    assert run.report.steps == {"succeeded": 10_002}
