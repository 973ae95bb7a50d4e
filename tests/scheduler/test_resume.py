"""A run that was cut off goes on: nothing finished is lost, repeated or mixed up."""

from collections.abc import Sequence
from itertools import accumulate

import anyio
import pytest

from dagplan import Limits, Plan, Retry, Run, execute_plan, stream_plan
from dagplan.errors import JournalError, SettingsError, UnrecordableValueError
from dagplan.events import (
    Event,
    RunFinished,
    RunResumed,
    RunStarted,
    StepFailed,
    StepInDoubt,
    StepPlanned,
    StepStarted,
    StepSucceeded,
)
from dagplan.history import History
from dagplan.journal import MemoryJournal
from dagplan.plan import Step
from dagplan.protocols import Journal, StepCall
from tests.scheduler.plans import plan, step
from tests.scheduler.records import Gated, Noting, holding
from tests.scheduler.script import LATE, Do, Script, named


def add(call: StepCall) -> object:
    """Return what shows which inputs a step was given."""
    return [call.id, call.args, dict(call.inputs)]


class Recorder:
    """Runs steps and keeps what it was asked to run."""

    def __init__(self, failing: Sequence[str] = ()) -> None:
        self.calls: list[StepCall] = []
        self.failing = set(failing)

    async def __call__(self, call: StepCall) -> object:
        self.calls.append(call)
        await anyio.lowlevel.checkpoint()
        if call.id in self.failing:
            raise ValueError(f"no {call.id}")
        return call.args.get("value", add(call))

    @property
    def ids(self) -> list[str]:
        return [call.id for call in self.calls]


CHAIN = plan(
    step("a", args={"value": [1, 2, 2, 3]}),
    step("b", args={"on": "${a}"}),
    Step(id="each", tool="work", for_each="${a}", args={"of": "${item}"}),
    step("c", args={"on": "${b}", "and": "${each.*.value}"}),
    step("d", args={"on": "${c}"}),
)


async def resumed(
    journal: Journal, run_step: Recorder | Script, of: Plan = CHAIN, **options: object
) -> Run:
    return await execute_plan(of, run_step, journal=journal, run_id="r", **options)  # type: ignore[arg-type]


async def test_a_run_that_was_recorded_runs_nothing_again():
    journal, runner = MemoryJournal(), Recorder()
    first = await resumed(journal, runner)
    again = Recorder()
    second = await resumed(journal, again)
    assert again.ids == []
    assert second.results == first.results
    assert second.outcome == "answered"
    assert isinstance(second.events[0], RunStarted)
    assert len(named(second, RunResumed)) == 1


async def test_from_every_commit_on_a_run_ends_as_if_it_had_not_been_cut_off():
    noted, runner = Noting(), Recorder()
    whole = await resumed(noted, runner)
    assert len(noted.batches) > 5
    for events in accumulate(map(tuple, noted.batches)):
        done = {e.step_id for e in events if isinstance(e, StepSucceeded)}
        again = Recorder()
        run = await resumed(await holding(events), again)
        assert {k: r.value for k, r in run.results.items()} == {
            k: r.value for k, r in whole.results.items()
        }
        assert done.isdisjoint(again.ids)
        assert done | set(again.ids) | {"each"} == set(whole.results)
        # A second resume finds all of it.
        assert History.of(run.events).done == len(CHAIN.steps)


async def test_time_in_which_nobody_ran_it_does_not_count():
    journal = MemoryJournal()
    slow = Script({"a": [Do(3.0)], "b": [Do(5.0)]})
    chain = plan(step("a"), step("b", "a"))
    with anyio.move_on_after(4):
        await resumed(journal, slow, chain)
    await anyio.sleep(1000)
    run = await resumed(journal, slow, chain)
    assert slow.order() == ["a", "b", "b"]
    assert run.results["a"].ended == pytest.approx(3)
    assert run.results["b"].started == pytest.approx(4)
    assert run.report.wall == pytest.approx(9)


async def test_all_attempts_at_a_step_have_one_key_and_one_numbering_over_resumes():
    journal = MemoryJournal()
    script = Script({"a": [LATE, Do(5.0), Do(1.0)]})
    one = plan(step("a"))
    retry = Retry(attempts=2, backoff=0)
    with anyio.move_on_after(3):
        await resumed(journal, script, one, retry=retry)
    run = await resumed(journal, script, one, retry=retry)
    assert [number for _, _, number in script.starts] == [1, 2, 3]
    assert len(script.keys("a")) == 1
    assert run.results["a"].attempts == 3


async def test_attempts_of_before_do_not_count_against_the_retries():
    journal = MemoryJournal()
    script = Script({"a": [Do(5.0), LATE, Do(1.0)]})
    one = plan(step("a"))
    with anyio.move_on_after(1):
        await resumed(journal, script, one)
    run = await resumed(journal, script, one, retry=Retry(attempts=2, backoff=0))
    assert run.results["a"].status == "succeeded"


async def test_failed_steps_run_again_and_what_needs_them():
    journal = MemoryJournal()
    chain = plan(step("a"), step("b"), step("c", "a", "b"))
    first = await resumed(journal, Recorder(failing="b"), chain)
    assert first.results["c"].status == "skipped"
    again = Recorder()
    run = await resumed(journal, again, chain)
    assert again.ids == ["b", "c"]
    assert run.outcome == "answered"


async def test_what_went_on_without_a_step_runs_again_once_that_is_there():
    journal = MemoryJournal()
    some = plan(
        step("a"),
        step("b", args={"a": "${a}"}, optional=["a"]),
        step("c", args={"b": "${b}"}),
        step("other"),
    )
    await resumed(journal, Recorder(failing="a"), some)
    again = Recorder()
    run = await resumed(journal, again, some)
    assert again.ids == ["a", "b", "c"]
    value = run.results["b"].value
    assert isinstance(value, list)
    assert value[1]["a"][0] == "a"


async def test_items_are_known_by_what_they_are_and_not_by_their_place():
    lists = [[1, 2, 2, 3], [0, 2, 3, 2, 1]]
    each = plan(
        step("first", args={"nr": 0}),
        step("some", args={"on": "${first}"}, optional=["first"]),
        Step(id="each", tool="work", for_each="${some}", args={"of": "${item}"}),
    )

    class Lists(Recorder):
        async def __call__(self, call: StepCall) -> object:
            found = await super().__call__(call)
            if call.id == "some":
                return lists[call.args["on"] is not None]
            return found

    journal = MemoryJournal()
    first = await resumed(journal, Lists(failing=["first"]), each)
    assert first.results["each[0]"].value == ["each[0]", {"of": 1}, first_inputs(first)]
    again = Lists()
    run = await resumed(journal, again, each)
    # Only the item that was not there before runs; equal ones are told apart.
    assert again.ids == ["first", "some", "each[0]"]
    values = run.results["each"].value
    assert isinstance(values, list)
    assert [v["item"] for v in values] == lists[1]
    assert [v["value"][0] for v in values] == [
        "each[0]",
        "each[1]",
        "each[3]",
        "each[2]",
        "each[0]",
    ]


def first_inputs(run: Run) -> object:
    value = run.results["each[0]"].value
    assert isinstance(value, list)
    return value[2]


async def test_items_that_were_left_out_stay_left_out():
    some = plan(
        step("a", args={"value": [1, 2, 3]}),
        Step(
            id="each",
            tool="work",
            for_each="${a}",
            args={"of": "${item}"},
            partial=True,
        ),
        step("b", args={"on": "${each}"}),
    )
    journal = MemoryJournal()
    first = await resumed(journal, Recorder(failing=["each[1]"]), some)
    again = Recorder()
    run = await resumed(journal, again, some)
    assert again.ids == []
    assert run.results == first.results


async def test_another_plan_takes_over_what_is_the_same_work():
    journal = MemoryJournal()
    await resumed(journal, Recorder(), plan(step("a"), step("b"), step("gone")))
    again = Recorder()
    changed = plan(step("a"), step("b", args={"x": 1}), step("new"))
    run = await resumed(journal, again, changed)
    assert again.ids == ["b", "new"]
    assert History.of(run.events).plan.steps == changed.steps


async def test_a_step_never_takes_what_another_one_found():
    journal = MemoryJournal()
    await resumed(journal, Recorder(), plan(step("a", args={"x": 1})))
    again = Recorder()
    await resumed(journal, again, plan(step("b", args={"x": 1})))
    assert again.ids == ["b"]


# Side effects


PAY = plan(
    step("a"),
    Step(id="pay", tool="pay", args={"to": "${a}"}),
    step("b", "pay"),
    step("c"),
)


async def cut_off_while_paying() -> Journal:
    noted = Noting()
    script = Script({"pay": [Do(5.0)]})
    with anyio.move_on_after(1):
        await resumed(noted, script, PAY, side_effects={"pay"})
    events = [e for batch in noted.batches for e in batch]
    begun = next(
        i
        for i, e in enumerate(events)
        if isinstance(e, StepStarted) and e.step_id == "pay"
    )
    assert isinstance(events[begun], StepStarted)
    assert events[begun].intent  # type: ignore[union-attr]
    return await holding(events[: begun + 1])


async def test_a_step_with_effects_that_had_begun_is_in_doubt_and_not_run_again():
    journal = await cut_off_while_paying()
    script = Script()
    run = await resumed(journal, script, PAY, side_effects={"pay"})
    assert "pay" not in script.order()
    assert run.results["pay"].status == "in_doubt"
    assert run.results["b"].status == "waiting"
    assert run.results["c"].status == "succeeded"
    assert run.outcome == "paused"
    assert [e.step_id for e in named(run, StepInDoubt)] == ["pay"]
    assert [past.step_id for past in History.of(run.events).in_doubt()] == ["pay"]


async def test_a_step_with_effects_that_was_cancelled_is_in_doubt_as_well():
    journal, script = MemoryJournal(), Script({"pay": [Do(5.0)]})
    with anyio.move_on_after(1):
        await resumed(journal, script, PAY, side_effects={"pay"})
    run = await resumed(journal, script, PAY, side_effects={"pay"})
    assert script.order().count("pay") == 1
    assert run.outcome == "paused"


async def settled(journal: Journal, event: Event) -> None:
    record = await journal.open("r")
    await record.append([event])
    await record.close()


async def test_a_step_in_doubt_may_be_told_what_it_found():
    journal = await cut_off_while_paying()
    await settled(journal, StepSucceeded(1.0, "pay", "receipt", 1))
    script = Script()
    run = await resumed(journal, script, PAY, side_effects={"pay"})
    assert "pay" not in script.order()
    assert run.results["pay"].value == "receipt"
    assert run.outcome == "answered"


async def test_a_step_in_doubt_may_be_run_again_with_the_same_key():
    journal = await cut_off_while_paying()
    await settled(journal, StepFailed(1.0, "pay", "run it again", "InDoubt"))
    script = Script()
    run = await resumed(journal, script, PAY, side_effects={"pay"})
    assert script.order().count("pay") == 1
    assert run.outcome == "answered"
    again = Script()
    other = await execute_plan(
        PAY, again, journal=MemoryJournal(), run_id="r", side_effects={"pay"}
    )
    assert other.outcome == "answered"
    assert script.keys("pay") == again.keys("pay")


async def test_effects_are_not_brought_about_once_more_since_an_input_has_changed():
    some = plan(
        step("a"), Step(id="pay", tool="pay", args={"to": "${a}"}, optional=["a"])
    )
    journal = MemoryJournal()
    await resumed(journal, Recorder(failing="a"), some, side_effects={"pay"})
    again = Recorder()
    run = await resumed(journal, again, some, side_effects={"pay"})
    assert again.ids == ["a"]
    assert run.results["pay"].status == "in_doubt"


async def test_effects_are_tried_again_only_where_a_policy_names_them():
    script = Script({"pay": [LATE, Do()]})
    pay = plan(Step(id="pay", tool="pay"))
    retry = Retry(attempts=3, backoff=0)
    run = await execute_plan(pay, script, retry=retry, side_effects={"pay"})
    assert run.results["pay"].status == "failed"
    named_one = Retry(attempts=1, per_tool={"pay": retry})
    run = await execute_plan(pay, script, retry=named_one, side_effects={"pay"})
    assert run.results["pay"].status == "succeeded"


# What is seen


async def test_nothing_is_seen_and_nothing_starts_before_it_is_recorded():
    journal, script = Gated(), Script({"a": [Do(1.0)]})
    seen: list[Event] = []
    chain = plan(step("a"), step("b", "a"))
    async with anyio.create_task_group() as tasks:

        async def run() -> None:
            await execute_plan(chain, script, journal=journal, on_event=seen.append)

        tasks.start_soon(run)
        await anyio.sleep(0.5)
        assert script.order() == ["a"]
        told = len(seen)
        journal.shut()
        await anyio.sleep(100)
        assert (script.order(), len(seen)) == (["a"], told)
        journal.gate.set()
    assert script.order() == ["a", "b"]
    assert [e for batch in journal.appended for e in batch] == seen


async def test_what_comes_while_a_commit_is_under_way_goes_into_the_next_together():
    journal, script = Gated(), Script()
    wide = plan(*(step(f"s{i}") for i in range(30)))
    journal.shut()
    async with anyio.create_task_group() as tasks:

        async def run() -> None:
            await execute_plan(
                wide, script, journal=journal, limits=Limits(concurrency=None)
            )

        tasks.start_soon(run)
        await anyio.sleep(1)
        journal.gate.set()
    # The start of the run, then the plan with all starts, then all ends.
    assert len(journal.appended) <= 5


@pytest.mark.parametrize("fails_at", range(5))
async def test_a_journal_that_fails_ends_the_run_with_its_error(fails_at: int):
    journal, script = Gated(fails_at), Script({"slow": [Do(50.0)]})
    seen: list[Event] = []
    chain = plan(step("slow"), step("a"), step("b", "a"))
    with pytest.raises(JournalError, match="disk is full"):
        await execute_plan(chain, script, journal=journal, on_event=seen.append)
    assert script.running == 0
    assert anyio.current_time() < 60
    recorded = [e for batch in journal.appended for e in batch]
    assert [e for e in seen if not isinstance(e, RunFinished)] == [
        e for e in recorded if not isinstance(e, RunFinished)
    ]
    assert named(seen, RunFinished)[-1].outcome == "failed"


@pytest.mark.parametrize("fails_at", range(4))
async def test_a_stream_whose_journal_fails_raises_its_error(fails_at: int):
    journal, script = Gated(fails_at), Script({"slow": [Do(50.0)]})
    chain = plan(step("slow"), step("a"), step("b", "a"))

    async def read() -> None:
        async with stream_plan(chain, script, journal=journal) as events:
            async for _ in events:
                pass

    with pytest.raises(JournalError, match="disk is full"):
        await read()
    assert script.running == 0


async def test_values_are_what_they_would_be_after_a_crash():
    async def run_step(call: StepCall) -> object:
        return (1, {"a": (2,)}) if call.id == "a" else call.args["on"]

    chain = plan(step("a"), step("b", args={"on": "${a}"}))
    run = await execute_plan(chain, run_step, journal=MemoryJournal())
    assert run.results["a"].value == [1, {"a": [2]}]
    assert run.results["b"].value == [1, {"a": [2]}]


async def test_a_value_that_cannot_be_recorded_fails_its_step_only():
    async def run_step(call: StepCall) -> object:
        return float("nan") if call.id == "a" else call.id

    both = plan(step("a"), step("b"))
    run = await execute_plan(both, run_step, journal=MemoryJournal())
    assert run.results["a"].status == "failed"
    assert run.results["b"].status == "succeeded"
    (failed,) = named(run, StepFailed)
    assert failed.kind == UnrecordableValueError.__name__


async def test_a_run_id_without_a_journal_is_refused():
    with pytest.raises(SettingsError, match="needs a journal"):
        await execute_plan(CHAIN, Recorder(), run_id="r")


async def test_a_stream_can_be_resumed_and_tells_of_all_events():
    journal = MemoryJournal()
    first = await resumed(journal, Recorder())
    runner = Recorder()
    async with stream_plan(CHAIN, runner, journal=journal, run_id="r") as events:
        told = [event async for event in events]
    assert runner.ids == []
    assert told[: len(first.events)] == list(first.events)
    assert len([e for e in told if isinstance(e, StepPlanned)]) == len(CHAIN.steps)
