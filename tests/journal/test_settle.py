"""The user's word settles what nobody else can know."""

import pytest

from dagplan.errors import (
    RunBusy,
    SettingsError,
    UnknownRunError,
    UnrecordableValueError,
)
from dagplan.events import (
    Event,
    RunStarted,
    StepCancelled,
    StepFailed,
    StepInDoubt,
    StepStarted,
    StepSucceeded,
)
from dagplan.history import History
from dagplan.journal import MemoryJournal, SqliteJournal, settle

CUT_OFF: list[Event] = [
    RunStarted(0.0, "", "", None),
    StepStarted(0.5, "paid", 2, digest="p" * 32, intent=True),
    StepStarted(0.5, "mailed", digest="m" * 32, intent=True),
    StepCancelled(0.75, "mailed"),
    StepStarted(0.5, "posted[0]", digest="o" * 32, intent=True),
    StepInDoubt(1.0, "posted[0]", "o" * 32),
    StepStarted(1.0, "read", digest="r" * 32),
    StepStarted(1.0, "done", digest="d" * 32, intent=True),
    StepSucceeded(1.25, "done", 1),
]


@pytest.fixture(params=["memory", "sqlite"])
async def journal(request, tmp_path):
    made = (
        MemoryJournal() if request.param == "memory" else SqliteJournal(tmp_path / "j")
    )
    record = await made.open("run")
    await record.append(CUT_OFF)
    await record.close()
    return made


async def test_steps_are_run_again_or_taken_as_done(journal):
    await settle(journal, "run", retry=["mailed"], accept={"paid": (1, "x")})
    events = await journal.read("run")
    assert events[len(CUT_OFF) :] == [
        StepFailed(1.25, "mailed", "told to run again", "InDoubt"),
        StepSucceeded(1.25, "paid", [1, "x"], 2),
    ]
    history = History.of(events)
    assert [past.step_id for past in history.in_doubt()] == ["posted[0]"]
    assert history.steps["paid"].value == [1, "x"]
    await settle(journal, "run", accept={"posted[0]": None})
    assert History.of(await journal.read("run")).in_doubt() == []


async def test_nothing_to_settle_changes_nothing(journal):
    await settle(journal, "run")
    assert await journal.read("run") == CUT_OFF


@pytest.mark.parametrize(
    ("verdicts", "message"),
    [
        ({"retry": ["mailed", "nope"]}, "step 'nope' of run 'run' is not in doubt; in"),
        ({"retry": ["read"]}, r"in doubt: 'paid', 'mailed', 'posted\[0\]'$"),
        (
            {"accept": {"paid": 1, "done": 2}},
            "step 'done' of run 'run' is not in doubt",
        ),
        ({"retry": ["paid"], "accept": {"paid": 1}}, "'paid' is to be run again and"),
        ({"retry": "paid"}, "retry is a list of step ids, got 'paid'"),
    ],
)
async def test_what_is_not_in_doubt_is_named_and_nothing_is_recorded(
    journal, verdicts, message
):
    with pytest.raises(SettingsError, match=message):
        await settle(journal, "run", **verdicts)
    assert await journal.read("run") == CUT_OFF
    await (await journal.open("run")).close()


async def test_a_value_that_no_journal_holds_is_refused(journal):
    with pytest.raises(UnrecordableValueError, match="whoever accepted step 'paid'"):
        await settle(journal, "run", retry=["mailed"], accept={"paid": {1}})
    assert await journal.read("run") == CUT_OFF


async def test_a_run_that_goes_on_is_left_alone(journal):
    record = await journal.open("run")
    with pytest.raises(RunBusy):
        await settle(journal, "run", retry=["paid"])
    await record.close()


async def test_a_run_that_is_not_there_is_named(journal):
    with pytest.raises(UnknownRunError, match="no run 'other' to settle"):
        await settle(journal, "other", retry=["paid"])
    assert await journal.run_ids() == ["run"]
