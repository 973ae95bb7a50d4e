"""The plans on dagplan, with a journal on disk."""

from dataclasses import replace
from random import Random

import anyio

from dagplan import Limits, Plan, Retry, StepCall, execute_plan
from dagplan.events import Event, Outcome, StepSucceeded
from dagplan.journal import SqliteJournal
from dagplan.protocols import Journal, Observer, StepRunner
from dagplan.scheduler import RunSettings, open_execution, open_record
from dagplan.scheduler.rules import Rules
from tests.crash.kills import DeadlyJournal
from tests.crash.orders import RUN_ID, Order
from tests.crash.plans import ATTEMPTS, PAY, Case, Result
from tests.crash.steps import Steps
from tests.crash.witness import Witness

_AGAIN = Retry(attempts=ATTEMPTS, backoff=0.001, factor=1.0, jitter=0.0)
# What has side effects is tried again only where that is said of it.
RETRY = replace(_AGAIN, per_tool={PAY: _AGAIN})


async def run(
    order: Order, case: Case, steps: Steps, witness: Witness
) -> tuple[str, dict[str, Result]]:
    """Run a plan, or go on with it; returns the outcome and what became of each step."""

    async def run_step(call: StepCall) -> object:
        for name, value in call.args.items():
            given = call.inputs["item" if name == "i" else name.removeprefix("x_")]
            if value != given:
                witness.write("odd", call.id, value=f"{name} is {value!r}")
        return await steps.perform(call.id, call.inputs, call.idempotency_key)

    def see(event: Event) -> None:
        if isinstance(event, StepSucceeded):
            witness.write("seen", event.step_id, value=event.value)

    journal = DeadlyJournal(SqliteJournal(order.record), witness, order.kill)
    if case.written:
        return await _written(case, run_step, see, journal)
    over = await execute_plan(
        case.plan(),
        run_step,
        limits=Limits(concurrency=case.slots),
        retry=RETRY,
        journal=journal,
        run_id=RUN_ID,
        side_effects={PAY},
        on_event=see,
    )
    return over.outcome, {id_: (r.status, r.value) for id_, r in over.results.items()}


async def _written(
    case: Case, run_step: StepRunner, see: Observer, journal: Journal
) -> tuple[str, dict[str, Result]]:
    """Offer the steps one by one, as a planner does that still writes."""
    steps = [task.step() for task in case.tasks]
    dice = Random()
    rules = Rules(dice.random, RETRY, side_effects=frozenset({PAY}))
    async with open_record(journal, RUN_ID) as record:
        before = () if record is None else record.events
        limits = Limits(concurrency=case.slots)
        settings = RunSettings(limits, "", see, rules, record, before)
        async with open_execution(run_step, settings) as execution:
            history = execution.history
            if history is None or not history.planned:
                for step in steps:
                    await anyio.sleep(dice.choice((0.0, dice.uniform(0.0, 0.004))))
                    execution.offer(step)
            execution.plan(Plan(steps=steps))
            await execution.over()
            machine = execution.machine
            good = machine.have_values(machine.ends())
            outcome: Outcome = "answered" if good else "failed"
            outcome = "paused" if machine.held else outcome
            await execution.finish(outcome)
    found = execution.results().items()
    return outcome, {name: (r.status, r.value) for name, r in found}
