"""Measures what the journal costs, beside plain SQLite on the same disk.

python -m tests.journal.costs
"""

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import anyio

from dagplan.events import Event, StepStarted, StepSucceeded
from dagplan.journal import SqliteJournal
from dagplan.journal.codec import decode, encode
from dagplan.journal.database import check_pages, connect
from dagplan.journal.wal import is_damaged
from dagplan.plan.json_values import as_recorded

_APPENDS = 300
_TEXT = "Paris is the capital of France. " * 4


def events_of(number: int) -> list[Event]:
    """Return what is recorded once a step is done and the next one begins."""
    return [
        StepSucceeded(number / 8, f"s{number}", {"n": number, "text": _TEXT}),
        StepStarted(number / 8, f"s{number + 1}", 1, None, "d" * 32),
    ]


def say(what: str, figure: str) -> None:
    sys.stdout.write(f"{what:58} {figure:>24}\n")
    sys.stdout.flush()


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    say(what, f"{1e3 * (time.perf_counter() - began):,.1f} ms")


def plain(path: Path) -> Callable[[int], None]:
    """Return a commit of the same rows, with nothing else done about them."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, kind, body)")
    rows = [[encode(event) for event in events_of(n)] for n in range(_APPENDS)]

    def commit(number: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO event (kind, body) VALUES (?, ?)", rows[number]
        )
        connection.execute("COMMIT")

    return commit


def shown(seconds: Sequence[float]) -> str:
    median, mean = statistics.median(seconds), statistics.fmean(seconds)
    return f"{1e6 * median:,.0f} / {1e6 * mean:,.0f} us"


async def appends(folder: Path) -> None:
    """Append one at a time, turn by turn with plain SQLite, as the disk is shared."""
    journal = SqliteJournal(folder / "one.db")
    record = await journal.open("run")
    commit = plain(folder / "plain.db")
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(_APPENDS):
        events = events_of(number)
        began = time.perf_counter()
        await record.append(events)
        between = time.perf_counter()
        commit(number)
        ours.append(between - began)
        theirs.append(time.perf_counter() - between)
    say("append of two events, median / mean", shown(ours))
    say("the same rows in plain SQLite, WAL and FULL", shown(theirs))
    ratio = statistics.median(ours) / statistics.median(theirs)
    mean = statistics.fmean(ours) / statistics.fmean(theirs)
    say("ratio of medians / of means", f"{ratio:.2f} / {mean:.2f}")
    await record.close()


async def together(folder: Path) -> None:
    journal = SqliteJournal(folder / "many.db")
    records = [await journal.open(f"run-{n}") for n in range(16)]

    async def write(record: object, append: Callable[[list[Event]], Awaitable[None]]):
        for number in range(50):
            await append(events_of(number))

    began = time.perf_counter()
    async with anyio.create_task_group() as tasks:
        for record in records:
            tasks.start_soon(write, record, record.append)
    seconds = time.perf_counter() - began
    say("append, 16 runs at once, by each", f"{1e6 * seconds / 800:,.0f} us")
    closing_began = time.perf_counter()
    for record in records:
        await record.close()
    seconds = time.perf_counter() - closing_began
    say("close, 16 runs one after the other, by each", f"{1e3 * seconds / 16:,.2f} ms")


def codec() -> None:
    for event in (events_of(1)[1], events_of(1)[0]):
        kind, body = encode(event)
        for name, act in (
            ("encode", lambda event=event: encode(event)),
            ("decode", lambda kind=kind, body=body: decode(kind, body)),
        ):
            began = time.perf_counter()
            for _ in range(20_000):
                act()
            per = (time.perf_counter() - began) / 20_000
            say(f"{name} a {kind}", f"{1e6 * per:.2f} us")


async def large(folder: Path) -> None:
    """Measure long runs, large files and large values."""
    path = folder / "long.db"
    journal = SqliteJournal(path)
    record = await journal.open("run")
    await record.append([e for n in range(5_000) for e in events_of(n)])
    await record.close()
    with timed("open a run of 10,000 events"):
        record = await journal.open("run")
    await record.close()
    with timed("read a run of 10,000 events"):
        await journal.read("run")
    for megabytes in (10, 100):
        path = folder / f"{megabytes}.db"
        journal = SqliteJournal(path)
        record = await journal.open("big")
        for size in (1_000, 1_000_000) * (megabytes // 2):
            value = StepSucceeded(0.0, "s", "x" * size)
            await record.append([value] * (1_000_000 // size))
        await record.close()
        small = await journal.open("small")
        await small.append(events_of(1))
        await small.close()
        say(
            f"file with values of {megabytes} MB",
            f"{path.stat().st_size / 1e6:,.0f} MB",
        )
        with (
            closing(connect(path)) as connection,
            timed(f"check the pages of {megabytes} MB"),
        ):
            check_pages(connection, path)
        with timed(f"open a small run in {megabytes} MB"):
            small = await journal.open("small")
        await small.close()
    await fifty(folder)


async def fifty(folder: Path) -> None:
    value = "x" * 50_000_000
    journal = SqliteJournal(folder / "50.db")
    with timed("as_recorded of 50 MB"):
        as_recorded(value, "step 's'")
    record = await journal.open("run")
    with timed("append 50 MB"):
        await record.append([StepSucceeded(0.0, "s", value)])
    log = (folder / "50.db-wal").read_bytes()
    with timed("close, with 50 MB in the log"):
        await record.close()
    (folder / "50.log").write_bytes(log)
    checked = f"check a log of {len(log) // 10**6} MB"
    with (folder / "50.log").open("rb") as file, timed(checked):
        is_damaged(file)
    with timed("read 50 MB"):
        (found,) = await journal.read("run")
    assert found == StepSucceeded(0.0, "s", value)


async def measure() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        codec()
        await appends(folder)
        await together(folder)
        await large(folder)


if __name__ == "__main__":
    anyio.run(measure)
