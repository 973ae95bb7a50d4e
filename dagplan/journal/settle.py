"""The user's word about steps with side effects that were cut off."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import cast

from dagplan.errors import SettingsError, UnknownRunError
from dagplan.events import Event, StepFailed, StepSucceeded
from dagplan.history import History, Past
from dagplan.plan.json_values import as_recorded
from dagplan.plan.references import short
from dagplan.protocols import Journal

_NOTHING: Mapping[str, object] = {}


async def settle(
    journal: Journal,
    run_id: str,
    *,
    retry: Collection[str] = (),
    accept: Mapping[str, object] = _NOTHING,
) -> None:
    """Say of steps in doubt whether to run them again or what they found.

    All of it is recorded or none. The run goes on only when it is resumed.

    Args:
        journal: Where the run is recorded.
        run_id: The run.
        retry: Ids of the steps to run again: what they were to bring about did not
            come about, or may come about twice.
        accept: Values of the steps that were done, by id.

    Raises:
        SettingsError: A step is not in doubt, or is named in both.
        UnrecordableValueError: A value is no plain JSON.
        UnknownRunError: There is no such run.
        RunBusy: Somebody goes on with the run.
        JournalError: The journal cannot be read or written.
    """
    record = await journal.open(run_id)
    try:
        if not record.events:
            raise UnknownRunError(
                f"there is no run {run_id!r} to settle; check the id and the journal",
                run_id=run_id,
            )
        await record.append(_verdicts(run_id, record.events, retry, accept))
    finally:
        await record.close()


def value_of(text: str) -> object:
    """Read what a user says a step found: JSON, or else the text itself."""
    try:
        return cast("object", json.loads(text))
    except (ValueError, RecursionError):
        return text


def _verdicts(
    run_id: str,
    events: Sequence[Event],
    retry: Collection[str],
    accept: Mapping[str, object],
) -> list[Event]:
    history = History.of(events)
    doubtful = {past.step_id: past for past in history.in_doubt()}
    _check(run_id, doubtful, retry, accept)
    again = [
        StepFailed(history.at, step_id, "told to run again", "InDoubt")
        for step_id in dict.fromkeys(retry)
    ]
    done = [
        StepSucceeded(
            history.at,
            step_id,
            as_recorded(value, f"whoever accepted step {step_id!r}"),
            doubtful[step_id].attempts,
        )
        for step_id, value in accept.items()
    ]
    return [*again, *done]


def _check(
    run_id: str,
    doubtful: Mapping[str, Past],
    retry: Collection[str],
    accept: Mapping[str, object],
) -> None:
    if isinstance(retry, str):
        raise SettingsError(f"retry is a list of step ids, got {short(retry)}")
    for step_id in (*retry, *accept):
        if step_id not in doubtful:
            named = ", ".join(map(repr, doubtful)) or "none"
            raise SettingsError(
                f"step {short(step_id)} of run {run_id!r} is not in doubt; "
                f"in doubt: {named}"
            )
    if both := sorted({*retry} & {*accept}):
        raise SettingsError(
            f"step {both[0]!r} is to be run again and to be accepted; name it once"
        )
