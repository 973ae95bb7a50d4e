"""In which journal runs are recorded, and what is kept with them."""

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import anyio

from dagplan.cli.exits import BadInputError
from dagplan.cli.options import (
    AnswerName,
    ControlFlowName,
    ModeName,
    Options,
    ReplanName,
)
from dagplan.errors import JournalError
from dagplan.journal import SqliteJournal
from dagplan.journal.settle import value_of
from dagplan.protocols import RunRecord
from dagplan.views import printable


def default_journal() -> Path:
    """Return where runs are recorded unless the user says otherwise."""
    from platformdirs import user_state_path

    return user_state_path("dagplan", appauthor=False) / "runs.db"


def journal_of(options: Options) -> SqliteJournal:
    """Return the journal that the options name."""
    return SqliteJournal(options.journal or default_journal())


@asynccontextmanager
async def kept(options: Options) -> AsyncIterator[RunRecord | None]:
    """Own a run in the journal for as long as the block lasts.

    A default journal that cannot be opened is said on stderr and done without: nobody
    has asked for it.

    Raises:
        RunBusy: Somebody else runs that run.
        JournalError: The journal that was asked for cannot be opened.
    """
    record = await _opened(options) if options.keeps else None
    try:
        yield record
    finally:
        if record is not None:
            with anyio.CancelScope(shield=True):
                await record.close()


async def _opened(options: Options) -> RunRecord | None:
    try:
        return await journal_of(options).open(options.run_id or new_run_id())
    except JournalError as error:
        if options.journal is not None or options.run_id is not None:
            raise
        said = f"dagplan: this run is not recorded: {printable(str(error))}\n"
        if sys.stderr is not None:
            sys.stderr.write(said)
        return None


def new_run_id() -> str:
    """Return an id that is short enough to be typed and too long to come twice."""
    return uuid4().hex[:12]


def note_of(options: Options, command: str) -> dict[str, object]:
    """Return what is kept with a run so that it can go on by its id alone."""
    kept_options = {
        "model": options.model,
        "tools": list(options.tools),
        "mode": options.mode.value,
        "replan": options.replan.value,
        "control_flow": options.control_flow.value,
        "max_concurrency": options.max_concurrency,
        "retries": options.retries,
        "timeout": options.timeout,
        "max_calls": options.max_calls,
        "max_tokens": options.max_tokens,
        "max_cost": options.max_cost,
        "deadline": options.deadline,
        "instructions": options.instructions,
        "answer": options.answer.value,
        "approve": list(options.approve),
    }
    return {"command": command, **{k: v for k, v in kept_options.items() if v}}


def with_note(options: Options, note: Mapping[str, object]) -> Options:
    """Return options in which what was not given is as when the run began."""
    kept_options = {key: note[key] for key in _KEPT if key in note}
    for key in ("tools", "approve"):
        if isinstance(value := kept_options.get(key), list):
            kept_options[key] = tuple(map(str, value))
    for key, choice in _CHOICES.items():
        if key in kept_options:
            kept_options[key] = choice(str(kept_options[key]))
    default = Options()
    missing = {
        key: value
        for key, value in kept_options.items()
        if getattr(options, key) == getattr(default, key)
    }
    return replace(options, **missing)  # type: ignore[arg-type]


_CHOICES = {
    "mode": ModeName,
    "replan": ReplanName,
    "control_flow": ControlFlowName,
    "answer": AnswerName,
}
_KEPT = (
    "model",
    "tools",
    "mode",
    "replan",
    "control_flow",
    "max_concurrency",
    "retries",
    "timeout",
    "max_calls",
    "max_tokens",
    "max_cost",
    "deadline",
    "instructions",
    "answer",
    "approve",
)


def accepted(arguments: Sequence[str]) -> dict[str, object]:
    """Read `STEP=VALUE`s.

    Raises:
        BadInputError: One has no `=`, or a step comes twice.
    """
    values: dict[str, object] = {}
    for argument in arguments:
        step_id, equals, text = argument.partition("=")
        if not equals or not step_id:
            raise BadInputError(
                f"--accept {argument!r} names no value; write --accept STEP=VALUE"
            )
        if step_id in values:
            raise BadInputError(f"--accept names {step_id!r} twice; name it once")
        values[step_id] = value_of(text)
    return values
