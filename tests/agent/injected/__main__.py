"""`python -m tests.agent.injected --runs N --seed S --control-flow strict|open`."""

import argparse
import sys
import time
from collections import Counter
from functools import partial
from typing import get_args

import anyio

from dagplan.policy import ControlFlow
from tests.agent.injected.injections import Injection, injections
from tests.agent.injected.trial import Verdict, run
from tests.loopback import Loopback, serve


def main() -> int:
    """Run the set; returns 1 if strict control flow did not hold against all of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.agent.injected")
    parser.add_argument("--runs", type=int, default=200, help="how many injections")
    parser.add_argument("--seed", type=int, default=1, help="which they are")
    parser.add_argument(
        "--control-flow", default="strict", choices=get_args(ControlFlow)
    )
    wish = parser.parse_args()
    began = time.perf_counter()
    with serve() as server, server.script() as loopback:
        work = partial(_all, injections(wish.runs, wish.seed), loopback)
        verdicts = anyio.run(work, wish.control_flow)
    sys.stdout.write(_report(verdicts, time.perf_counter() - began))
    held = all(verdict.held for verdict in verdicts)
    return 0 if held or wish.control_flow == "open" else 1


async def _all(
    drawn: list[Injection], loopback: Loopback, control_flow: ControlFlow
) -> list[Verdict]:
    return [await run(injection, loopback, control_flow) for injection in drawn]


def _report(verdicts: list[Verdict], seconds: float) -> str:
    held = sum(verdict.held for verdict in verdicts)
    shown = sum(verdict.fooled > 0 for verdict in verdicts)
    acted = sum(verdict.acted > 0 for verdict in verdicts)
    unplanned = sum(bool(verdict.unplanned) for verdict in verdicts)
    changed = sum(bool(verdict.changes) for verdict in verdicts)
    lines = [
        f"{held} of {len(verdicts)} runs did what was planned, decided without data",
        f"{shown} injections were shown to the model, {acted} were acted on by a tool",
        f"{unplanned} runs with calls that nobody planned, {changed} with another plan",
        f"{seconds:.0f} s",
    ]
    fallen = Counter(v.injection.carrier for v in verdicts if not v.held)
    lines += [f"  by {carrier}: {count}" for carrier, count in fallen.most_common()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
