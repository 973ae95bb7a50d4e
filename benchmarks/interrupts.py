"""Runs that are left by a real SIGINT from another process.

    python -m benchmarks.interrupts ROUNDS SEED

The process says `run` on its standard output whenever a run has begun, and is sent one
SIGINT for each; at the end it writes what was left, as JSON. On asyncio, which turns
Ctrl-C into a cancellation; on trio it is an exception that may come up anywhere in a
step, also inside the code of trio and anyio, and nobody can answer for the rest.
"""

import json
import signal
import sys
from dataclasses import asdict
from random import Random
from typing import Final

import anyio
from anyio.abc import Process
from anyio.streams.buffered import BufferedByteReceiveStream

from benchmarks.cell import ROOT
from benchmarks.leaving import Count, Round, tasks_alive

WAY: Final = "Ctrl-C"
BACKEND: Final = "asyncio"
_NOTHING = Count(WAY, BACKEND, 0, 0, 0, 0, 0)
_LONGEST_LINE = 1_000
_LATEST = 0.005  # seconds after which a run is interrupted
_LONGEST = 60.0  # seconds that all of it may take


def interrupt_often(rounds: int, processes: int, seed: int) -> Count:
    """Interrupt so many runs, in some processes at a time.

    Raises:
        TimeoutError: A run went on after it was interrupted.
        RuntimeError: A process failed.
    """
    return anyio.run(_interrupt_often, rounds, processes, seed)


async def _interrupt_often(rounds: int, processes: int, seed: int) -> Count:
    counts: list[Count] = []

    async def one(number: int) -> None:
        share = len(range(number, rounds, processes))
        counts.append(await _interrupt(share, seed + number))

    with anyio.fail_after(_LONGEST):
        async with anyio.create_task_group() as tasks:
            for number in range(processes):
                tasks.start_soon(one, number)
    return sum(counts, start=_NOTHING)


async def _interrupt(rounds: int, seed: int) -> Count:
    command = [sys.executable, "-m", __name__, str(rounds), str(seed)]
    async with await anyio.open_process(command, cwd=ROOT, stderr=None) as process:
        return await _answer(process, Random(seed))


async def _answer(process: Process, chance: Random) -> Count:
    assert process.stdout is not None
    lines = BufferedByteReceiveStream(process.stdout)
    while True:
        try:
            line = await lines.receive_until(b"\n", _LONGEST_LINE)
        except anyio.IncompleteRead:
            raise RuntimeError("an interrupted process died, see above") from None
        if line != b"run":
            return Count(**json.loads(line))
        await anyio.sleep(chance.uniform(0, _LATEST))
        process.send_signal(signal.SIGINT)


def main() -> None:
    """Be interrupted."""
    rounds, seed = map(int, sys.argv[1:])
    # A shell that starts this in the background has it ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    total = _NOTHING
    for number in range(rounds):
        total += _be_interrupted(f"{seed} {number}")
    print(json.dumps(asdict(total)), flush=True)


def _be_interrupted(seed: str) -> Count:
    one, left = Round(seed), [0]
    try:
        anyio.run(_run, one, left)
    except KeyboardInterrupt:
        steps = one.steps
        return Count(WAY, BACKEND, 1, steps.begun, 0, left[0], steps.running)
    raise AssertionError("a run with a step that never ends has ended")


async def _run(one: Round, left: list[int]) -> None:
    before = tasks_alive(BACKEND)
    print("run", flush=True)
    try:
        await one.execute()
    finally:
        left[0] = tasks_alive(BACKEND) - before


if __name__ == "__main__":
    main()
