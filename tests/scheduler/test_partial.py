"""The items of a `for_each` step each have retries, timeouts and hedges of their own."""

import pytest

from dagplan import Hedge, Limits, Retry, Timeout, execute_plan
from dagplan.events import StepHedged, StepResult, StepRetried, StepStarted
from tests.scheduler.plans import plan, step
from tests.scheduler.script import FOREVER, LATE, Do, Script, named, told

BAD = Do(0.0, ValueError("no"))
EXACT = Retry(attempts=2, backoff=1, jitter=0)


def over(items, *more, partial=True):
    return plan(
        step("list", args={"value": items}),
        step("each", for_each="${list}", args={"value": "${item}"}, partial=partial),
        *more,
    )


# --- what is left out -------------------------------------------------------


async def test_items_that_are_left_out_are_named():
    script = Script({"each[0]": [BAD], "each[2]": [BAD]})
    run = await execute_plan(over(["Oslo", "Rome", {"n": 3}]), script)
    assert run.results["each"].status == "succeeded"
    assert run.results["each"].value == [{"item": "Rome", "value": "Rome"}]
    assert run.results["each"].error == "2 of 3 items left out: 'Oslo', {'n': 3}"


async def test_of_many_that_are_left_out_some_are_named():
    script = Script({f"each[{i}]": [BAD] for i in range(8)})
    run = await execute_plan(over([*range(9)]), script)
    assert run.results["each"].error == (
        "8 of 9 items left out: 0, 1, 2, 3, 4 and 3 more"
    )


async def test_where_nothing_is_left_out_nothing_is_said():
    run = await execute_plan(over([1, 2]), Script())
    assert run.results["each"].error is None


async def test_an_empty_list_leaves_nothing_out():
    run = await execute_plan(over([]), Script())
    assert run.results["each"] == StepResult("succeeded", [], None, 1, 0.0, 0.0)


async def test_where_all_fail_the_step_fails():
    run = await execute_plan(over([1, 2]), Script({"each": [BAD]}))
    assert run.results["each"].status == "failed"
    assert run.results["each"].error == "2 of 2 items failed, first 1: ValueError: no"


async def test_an_item_whose_reference_leads_nowhere_is_left_out():
    graph = plan(
        step("list", args={"value": [{"n": 1}, {}, {"n": 3}]}),
        step("each", for_each="${list}", args={"value": "${item.n}"}, partial=True),
    )
    script = Script()
    run = await execute_plan(graph, script, limits=Limits(concurrency=1))
    assert [v["value"] for v in values(run, "each")] == [1, 3]
    assert run.results["each[1]"].status == "failed"
    assert script.order() == ["list", "each[0]", "each[2]"]


def values(run, step_id):
    value = run.results[step_id].value
    assert isinstance(value, list)
    return value


async def test_a_for_each_over_a_for_each_goes_over_what_is_left():
    second = step(
        "second", for_each="${each}", args={"value": "${item.value}"}, partial=True
    )
    last = step("last", args={"value": "${second.*.value}"})
    script = Script({"each[1]": [BAD], "second[2]": [BAD]})
    run = await execute_plan(over([1, 2, 3, 4], second, last), script)
    assert run.results["second"].error == (
        "1 of 3 items left out: {'item': 4, 'value': 4}"
    )
    assert run.results["last"].value == [1, 3]


async def test_three_for_each_in_a_row_over_items_of_items():
    graph = over(
        [[1, 2], [3]],
        step("rows", for_each="${each.*.value}", args={"value": "${item}"}),
        step("all", args={"value": "${rows.*.value}"}),
    )
    run = await execute_plan(graph, Script())
    assert run.results["all"].value == [[1, 2], [3]]


# --- policies hold per item -------------------------------------------------


async def test_each_item_is_tried_again_by_itself():
    script = Script({"each[1]": [LATE, Do(1.0)]})
    run = await execute_plan(over(["x", "y"]), script, retry=EXACT)
    assert told(run, "each[1]")[:3] == [
        StepStarted(0.0, "each[1]", 1),
        StepRetried(1.0, "each[1]", 1, "TimeoutError: late", "TimeoutError", 1.0),
        StepStarted(2.0, "each[1]", 2),
    ]
    assert run.results["each[0]"].attempts == 1
    assert run.results["each[1]"].attempts == 2
    assert run.results["each"] == StepResult(
        "succeeded",
        [{"item": "x", "value": "x"}, {"item": "y", "value": "y"}],
        None,
        1,
        0.0,
        3.0,
    )


async def test_a_step_policy_holds_for_each_of_its_items():
    script = Script({"each": [LATE]})
    retry = Retry(attempts=1, per_step={"each": Retry(attempts=3, backoff=0)})
    run = await execute_plan(over(["x", "y"]), script, retry=retry)
    assert [run.results[f"each[{i}]"].attempts for i in range(2)] == [3, 3]


async def test_a_waiting_item_holds_no_slot_and_keeps_its_place():
    script = Script({"each": [Do(1.0)], "each[0]": [LATE, Do(1.0)]})
    run = await execute_plan(
        over([1, 2, 3]),
        script,
        limits=Limits(concurrency=1),
        retry=Retry(attempts=2, backoff=0.5, jitter=0),
    )
    assert script.starts[1:] == [
        (0.0, "each[0]", 1),
        (1.0, "each[1]", 1),
        (2.0, "each[0]", 2),
        (3.0, "each[2]", 1),
    ]
    assert run.report.wall == 4.0


async def test_an_item_whose_last_attempt_fails_fails_the_step_after_its_siblings():
    script = Script({"each[0]": [LATE], "each[1]": [Do(9.0)]})
    run = await execute_plan(over([1, 2], partial=False), script, retry=EXACT)
    assert run.results["each[0]"].ended == 3.0
    assert run.results["each"].ended == 9.0
    assert run.results["each"].error == (
        "1 of 2 items failed, first 1: TimeoutError: late"
    )


async def test_each_item_has_its_own_time():
    script = Script({"each": [Do(1.9)], "each[1]": [FOREVER]})
    run = await execute_plan(
        over([1, 2, 3]),
        script,
        timeout=Timeout(attempt=2),
        limits=Limits(concurrency=1),
    )
    assert [run.results[f"each[{i}]"].ended for i in range(3)] == pytest.approx(
        [1.9, 3.9, 5.8]
    )
    assert [v["value"] for v in values(run, "each")] == [1, 3]
    assert run.results["each"].error == "1 of 3 items left out: 2"


async def test_each_item_has_its_own_hedge():
    script = Script({"each[1]": [FOREVER, Do(1.0)]})
    run = await execute_plan(over([1, 2, 3]), script, hedge=Hedge(after=2))
    assert named(run, StepHedged) == [StepHedged(2.0, "each[1]", 2)]
    assert run.results["each"].ended == 3.0
    assert [v["value"] for v in values(run, "each")] == [1, 2, 3]


async def test_items_teach_how_long_their_tool_takes():
    script = Script({"each": [Do(1.0)], "each[11]": [FOREVER, Do(1.0)]})
    run = await execute_plan(over([*range(12)]), script, hedge=Hedge(quantile=0.9))
    hedged = [e.step_id for e in named(run, StepHedged)]
    assert hedged == ["each[11]"]
    assert run.results["each"].ended == 2.0


async def test_ten_thousand_items_are_tried_again():
    script = Script({f"each[{i}]": [LATE, Do(1.0)] for i in range(0, 10_000, 20)})
    run = await execute_plan(over([*range(10_000)]), script, retry=EXACT)
    assert run.report.steps == {"succeeded": 10_001}
    assert len(script.calls) == 1 + 10_000 + 500
    assert script.most <= 16
