"""A campaign of malformed outputs: each is a plan or a `PlanError`, and at once.

`python -m tests.planning.malformed --runs 100000 --seed 1 [--data DIR] [--jobs 2]`.
With `--data` a third of the texts begin as plans that a language model wrote, from
`model_plans.json` in that folder.
"""

import argparse
import multiprocessing
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from types import FrameType

from .corpus import own_text, real_texts
from .extremes import EXTREMES
from .mutations import MUTATIONS
from .verdict import judge

_HANGS = 20.0  # seconds of processor time after which a text counts as one that hangs
_MOST_FAILURES = 5
_PART = 250


@dataclass
class Tally:
    """What some seeds gave.

    Attributes:
        kinds: Texts by what was done to them.
        outcomes: Texts by what became of them, as plans and as revisions.
        offered: Steps that the scanner found.
        slowest: Seconds of processor time, and the seed.
        failures: Tracebacks by seed.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    offered: int = 0
    slowest: tuple[float, int] = (0.0, 0)
    failures: dict[int, str] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Add what other seeds gave."""
        self.kinds += other.kinds
        self.outcomes += other.outcomes
        self.offered += other.offered
        self.slowest = max(self.slowest, other.slowest)
        self.failures |= other.failures


def text_of(seed: int, real: Sequence[str] = ()) -> tuple[list[str], str]:
    """Write the text of a seed; returns with it what was done to it.

    Args:
        seed: The same seed gives the same text.
        real: Plans in the wire format to begin with, beside those of this project.
    """
    chance = Random(seed)
    if seed % 50 == 0:  # the large ones are rare, so that many seeds take little time
        kind = [*EXTREMES][seed // 50 % len(EXTREMES)]
        return [f"extreme: {kind}"], EXTREMES[kind](chance)
    text = chance.choice(real) if real and seed % 3 == 0 else own_text(chance)
    kinds = []
    # Twice, so that a fault hides behind another; but most changes need whole JSON.
    for kind in chance.sample([*MUTATIONS], chance.choice([1, 1, 2])):
        try:
            text = MUTATIONS[kind](text, chance)
        except (ValueError, LookupError, TypeError, AttributeError):
            continue  # the text is no plan any more
        kinds.append(kind)
    return kinds or ["unchanged"], text


def run(seeds: range, real: Sequence[str] = ()) -> Tally:
    """Judge the texts of some seeds."""
    tally = Tally()
    for seed in seeds:
        kinds, text = text_of(seed, real)
        tally.kinds.update(kinds)
        try:
            verdict = judge(text, Random(seed))
        except Exception:  # noqa: BLE001 - whatever it is, it is a finding
            tally.failures[seed] = traceback.format_exc(limit=-4)
            continue
        tally.outcomes[verdict.outcome] += 1
        if verdict.revision:
            tally.outcomes[f"as a revision: {verdict.revision}"] += 1
        tally.offered += verdict.steps
        tally.slowest = max(tally.slowest, (verdict.seconds, seed))
    return tally


def _watched(seeds: range, real: Sequence[str]) -> Tally:
    """As `run`, in a process of its own, which a text that hangs ends."""

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"seeds {seeds} hang")

    signal.signal(signal.SIGPROF, give_up)
    total = Tally()
    for seed in seeds:
        signal.setitimer(signal.ITIMER_PROF, _HANGS)
        total.add(run(range(seed, seed + 1), real))
    signal.setitimer(signal.ITIMER_PROF, 0)
    return total


def _parts(first: int, runs: int) -> Iterator[range]:
    for start in range(first, first + runs, _PART):
        yield range(start, min(start + _PART, first + runs))


def campaign(first: int, runs: int, jobs: int, real: Sequence[str]) -> Tally:
    """Judge so many texts on so many processes, and say how far it is."""
    total, began = Tally(), time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        work = partial(_watched, real=real)
        for done, tally in enumerate(pool.imap_unordered(work, _parts(first, runs)), 1):
            total.add(tally)
            seconds = time.perf_counter() - began
            sys.stderr.write(f"\r{min(done * _PART, runs):,} texts, {seconds:.0f} s ")
            if len(total.failures) >= _MOST_FAILURES:
                break
    sys.stderr.write("\n")
    return total


def report(tally: Tally) -> str:
    """Write what a campaign found."""
    seconds, seed = tally.slowest
    lines = [
        f"{tally.outcomes['plan']:,} plans; {tally.offered:,} steps in the stream",
        f"slowest: {seconds:.3f} s of processor time (seed {seed})",
    ]
    for name, counts in (("became", tally.outcomes), ("done to it", tally.kinds)):
        lines.append(f"{name}:")
        lines += [f"  {count:>8,} {key}" for key, count in counts.most_common()]
    for seed, trace in sorted(tally.failures.items()):
        lines.append(f"seed {seed} fails:\n{trace}")
    return "\n".join(lines)


def main() -> int:
    """Run the campaign; returns 1 if a text failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.planning.malformed")
    parser.add_argument("--runs", type=int, default=10_000, help="how many texts")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    parser.add_argument("--data", help="a folder with model_plans.json")
    wish = parser.parse_args()
    real = real_texts(wish.data) if wish.data else []
    tally = campaign(wish.seed, wish.runs, wish.jobs, real)
    sys.stdout.write(f"{report(tally)}\n")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
