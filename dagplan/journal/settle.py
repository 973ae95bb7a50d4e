"""The user's word about steps of which nobody knows whether they were done."""

from collections.abc import Collection, Mapping

from dagplan.errors import SettingsError, UnknownRunError
from dagplan.events import Event, StepFailed, StepSucceeded
from dagplan.history import History
from dagplan.plan.json_values import as_recorded
from dagplan.plan.references import short
from dagplan.protocols import Journal


async def settle(
    journal: Journal,
    run_id: str,
    *,
    retry: Collection[str] = (),
    accept: Mapping[str, object] | None = None,
) -> None:
    """Say of steps in doubt whether to run them again, or what they found.

    The run goes on when it is resumed.

    Args:
        journal: Where the run is recorded.
        run_id: The run.
        retry: Ids of steps that are to be run again.
        accept: Values of steps that were done, by id.

    Raises:
        UnknownRunError: Nothing is recorded of the run.
        SettingsError: A step is not in doubt; then nothing is said about any.
        UnrecordableValueError: A value is not JSON.
        RunBusy: Somebody runs it.
        JournalError: The journal cannot be read or written.
    """
    accept = accept or {}
    record = await journal.open(run_id)
    try:
        if not record.events:
            raise UnknownRunError(f"no run {run_id!r} is recorded", run_id=run_id)
        await record.append(_said(History.of(record.events), retry, accept))
    finally:
        await record.close()


def _said(
    history: History, retry: Collection[str], accept: Mapping[str, object]
) -> list[Event]:
    doubts = {past.step_id: past for past in history.in_doubt()}
    for step_id in (*retry, *accept):
        if step_id not in doubts:
            raise SettingsError(
                f"step {short(step_id)} is not in doubt; "
                f"those in doubt: {', '.join(doubts) or 'none'}"
            )
    if both := [step_id for step_id in retry if step_id in accept]:
        raise SettingsError(
            f"step {both[0]!r} is to be run again and has a value; say one of the two"
        )
    at = history.at
    again = "it was in doubt, and the user has it run again"
    return [
        *(StepFailed(at, step_id, again, "InDoubt") for step_id in retry),
        *(
            StepSucceeded(
                at, step_id, as_recorded(value, step_id), doubts[step_id].attempts
            )
            for step_id, value in accept.items()
        ),
    ]
