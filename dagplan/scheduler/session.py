"""A run from its opening to its end, however it is left."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import inf
from uuid import uuid4

import anyio

from dagplan.errors import JournalError, SettingsError
from dagplan.events import Outcome
from dagplan.history import check_run_id
from dagplan.protocols import Journal, RunRecord, StepRunner
from dagplan.scheduler.executor import Execution
from dagplan.scheduler.settings import RunSettings


@asynccontextmanager
async def open_record(
    journal: Journal | None, run_id: str | None
) -> AsyncIterator[RunRecord | None]:
    """Open a run in a journal, and give it up at the end of the block.

    Args:
        journal: The journal; None for none.
        run_id: The run; None for a new one.

    Raises:
        SettingsError: The id is none, or there is no journal to find it in.
        RunBusy: Somebody else runs that run.
        JournalError: The journal cannot be read or written.
    """
    if journal is None:
        if run_id is not None:
            raise SettingsError("run_id needs a journal; pass one, or leave it out")
        yield None
        return
    record = await journal.open(check_run_id(run_id or uuid4().hex))
    try:
        yield record
    finally:
        with anyio.CancelScope(shield=True):
            await record.close()


@asynccontextmanager
async def open_execution(
    run_step: StepRunner, settings: RunSettings
) -> AsyncIterator[Execution]:
    """Open a run; leaving the block cancels and awaits every step of it.

    An exception of the block leaves it as it is, in no exception group. A run that
    was not finished by then ends as cancelled.
    """
    raised: BaseException | None = None
    execution: Execution | None = None
    async with anyio.create_task_group() as around:
        try:
            async with anyio.create_task_group() as tasks:
                try:
                    execution = Execution(run_step, settings, tasks)
                    around.start_soon(execution.alarm.run)
                    if execution.budget.deadline < inf:
                        tasks.start_soon(execution.budget.keep_deadline)
                    if execution.outbox is not None:
                        around.start_soon(execution.outbox.run)
                    yield execution
                except anyio.get_cancelled_exc_class():
                    raise
                except BaseException as error:  # noqa: BLE001 - raised again below
                    raised = error
                finally:
                    if execution is not None:
                        execution.stop()
                    tasks.cancel_scope.cancel()
        finally:
            if execution is not None:
                raised = await _end(execution, raised)
    if raised is not None:
        raise raised


async def _end(
    execution: Execution, raised: BaseException | None
) -> BaseException | None:
    """End a run of which nothing runs any more, finished or not; return what to raise."""
    try:
        if not execution.log.closed:
            outcome: Outcome = (
                "failed" if isinstance(raised, Exception) else "cancelled"
            )
            with anyio.CancelScope(shield=True):
                await execution.finish(outcome)
    except JournalError as error:
        # Whoever cancels a run is not told; but the record has no end, as after a
        # crash, and that is what resuming it goes by.
        return raised or error
    finally:
        execution.close()
    return raised or execution.failure
