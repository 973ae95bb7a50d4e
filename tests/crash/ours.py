"""The plans on dagplan, with a journal on disk."""

from dataclasses import replace

from dagplan import Limits, Retry, StepCall, execute_plan
from dagplan.events import Event, StepSucceeded
from dagplan.journal import SqliteJournal
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

    over = await execute_plan(
        case.plan(),
        run_step,
        limits=Limits(concurrency=case.slots),
        retry=RETRY,
        journal=DeadlyJournal(SqliteJournal(order.record), witness, order.kill),
        run_id=RUN_ID,
        side_effects={PAY},
        on_event=see,
    )
    return over.outcome, {id_: (r.status, r.value) for id_, r in over.results.items()}
