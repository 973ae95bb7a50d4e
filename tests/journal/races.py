"""Has two processes open the same run at the same instant.

    python -m tests.journal.races --runs 200

Each round is a new run: one of the two owns it and records an event, the other one is
told who does. Both then leave, in whatever order they come to it.
"""

import argparse
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import anyio

from dagplan.errors import RunBusy
from dagplan.events import RunResumed
from dagplan.journal import SqliteJournal


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _round(journal: SqliteJournal, run_id: str) -> None:
    """Try to own a run once told to, and say what became of it."""
    sys.stdin.readline()
    try:
        record = await journal.open(run_id)
    except RunBusy as busy:
        say(f"busy {busy.pid}")
        sys.stdin.readline()
        return
    await record.append([RunResumed(0.0, run_id)])
    say("own")
    sys.stdin.readline()
    await record.close()


async def _rounds(path: str, rounds: int) -> None:
    for number in range(rounds):
        await _round(SqliteJournal(path), f"run-{number}")


def race(path: Path, rounds: int) -> list[str]:
    """Race two processes; return what went wrong, round by round."""
    command = [
        sys.executable,
        "-m",
        "tests.journal.races",
        "--path",
        str(path),
        "--runs",
    ]
    pipe = subprocess.PIPE
    with ExitStack() as stack:
        racers = [
            stack.enter_context(
                subprocess.Popen(
                    [*command, str(rounds)], stdin=pipe, stdout=pipe, text=True
                )
            )
            for _ in range(2)
        ]
        return [
            f"round {number}: {answers}"
            for number in range(rounds)
            if not _is_right(racers, answers := _turn(racers))
        ]


def _turn(racers: list["subprocess.Popen[str]"]) -> list[str]:
    """Have all try, and once all have been answered, all leave."""
    _tell(racers)
    answers = [racer.stdout.readline().strip() for racer in racers if racer.stdout]
    _tell(racers)
    return answers


def _tell(racers: list["subprocess.Popen[str]"]) -> None:
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()


def _is_right(racers: list["subprocess.Popen[str]"], answers: list[str]) -> bool:
    one, two = racers
    return answers in (["own", f"busy {one.pid}"], [f"busy {two.pid}", "own"])


def main() -> int:
    """Race, or be a racer."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=200)
    options.add_argument("--path")
    chosen = options.parse_args()
    if chosen.path:
        anyio.run(_rounds, chosen.path, chosen.runs)
        return 0
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "runs.db"
        wrong = race(path, chosen.runs)
        recorded = len(anyio.run(SqliteJournal(path).run_ids))
        left = sorted(file.name for file in Path(name).iterdir())
    for finding in wrong:
        say(finding)
    say(
        f"{chosen.runs} races, {len(wrong)} without exactly one owner; "
        f"{recorded} runs recorded; left: {', '.join(left)}"
    )
    return bool(wrong) or recorded != chosen.runs or left != ["runs.db"]


if __name__ == "__main__":
    sys.exit(main())
